// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The body of `POST /api/v1/bookings`, read so that one answer names every fault in it.
struct BookingRequest: Sendable, Equatable {
    var service: String
    var start: Date
    var clinician: String?
    var name: String
    var email: String
    var phone: String?

    /// What is wrong with a body, and what of it can still be looked up, so that the answer names that, too.
    enum Refusal: Error {
        case unreadable
        case faults([Fault.Field], service: String?)
    }

    init(json data: Data) throws(Refusal) {
        guard let document = try? JSONDecoder().decode(Document.self, from: data) else { throw .unreadable }
        var faults: [Fault.Field] = []
        func text(_ value: Loose?, _ field: String, required: Bool, most: Int) -> String? {
            switch value {
            case .text(let text):
                let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
                if trimmed.isEmpty {
                    if required { faults.append(.init(name: field, detail: "\(field) is empty.")) }
                    return nil
                }
                if trimmed.count > most {
                    faults.append(.init(name: field, detail: "\(field) is longer than \(most) characters."))
                    return nil
                }
                if trimmed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                    faults.append(.init(name: field, detail: "\(field) has a control character in it."))
                    return nil
                }
                return trimmed
            case .other:
                faults.append(.init(name: field, detail: "\(field) must be text."))
                return nil
            case nil:
                if required { faults.append(.init(name: field, detail: "\(field) is missing.")) }
                return nil
            }
        }
        let service = text(document.service, "service", required: true, most: 200)
        let startText = text(document.start, "start", required: true, most: 40)
        let clinician = text(document.clinician, "clinician", required: false, most: 64)
        let name = text(document.patient?.name, "patient.name", required: true, most: 200)
        let email = text(document.patient?.email, "patient.email", required: true, most: 254)
        let phone = text(document.patient?.phone, "patient.phone", required: false, most: 40)
        var start: Date?
        if let startText {
            start = try? Date(startText, strategy: .iso8601)
            if start == nil {
                faults.append(
                    .init(
                        name: "start",
                        detail: "start is no RFC 3339 time with an offset, such as 2026-12-01T09:00:00-05:00."))
            }
        }
        if let email, !ContactRules.isEmail(email) {
            faults.append(.init(name: "patient.email", detail: "patient.email is no e-mail address."))
        }
        guard faults.isEmpty, let service, let start, let name, let email else {
            throw .faults(faults, service: service)
        }
        self.service = service
        self.start = start
        self.clinician = clinician
        self.name = name
        self.email = email
        self.phone = phone
    }

    /// A field that may hold anything, so that a number where text belongs is one named fault among others.
    private enum Loose: Decodable {
        case text(String)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = (try? container.decode(String.self)).map(Loose.text) ?? .other
        }
    }

    private struct Document: Decodable {
        struct Patient: Decodable {
            var name: Loose?
            var email: Loose?
            var phone: Loose?
        }
        var service: Loose?
        var start: Loose?
        var clinician: Loose?
        var patient: Patient?
    }
}

/// What a typed contact must look like. The mail that follows is the real test, so the rule is kept simple.
enum ContactRules {
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), text.utf8.count <= 254 else { return false }
        guard !parts[1].hasPrefix("."), !parts[1].hasSuffix("."), !parts[1].contains("..") else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 32 && scalar.value != 127 && !"<>()[],;:\\\"".unicodeScalars.contains(scalar)
        }
    }
}
