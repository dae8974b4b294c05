// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Recovery
package import Storage

/// A visit as a clinician wrote it down: a draft until it is signed, unchangeable afterwards.
package struct CareNote: Sendable, Hashable {
    package typealias ID = Identifier<CareNote>

    package let id: ID
    package let episode: Episode.ID
    package let day: Day
    package let fields: NoteFields
    package let copiedFrom: ID?
    package let begunBy: String
    package let signedAt: Date?
    package let signedBy: String?
    /// SHA-256 of the signed fields.
    package let sha256: String?

    package var isSigned: Bool { signedAt != nil }

    init(_ row: Row) throws {
        id = try row.get("id")
        episode = try row.get("episode")
        day = Day(number: try row.get("on_day"))
        fields = NoteFields(try JSONText.value([String: String].self, row.get("fields")))
        copiedFrom = try row.get("copied_from")
        begunBy = try row.get("begun_by")
        signedAt = try row.get("signed_at")
        signedBy = try row.get("signed_by")
        sha256 = try row.get("sha256")
    }

    package struct Addendum: Sendable, Hashable {
        package let words: String
        package let signedAt: Date
        package let signedBy: String
    }
}

/// The fields of a note by their names, as typed. Numbers are checked where the note is signed.
package struct NoteFields: Sendable, Hashable {
    package var values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values.filter { !$0.value.isEmpty } }

    package subscript(name: String) -> String { values[name] ?? "" }

    /// Free texts, in the order of the page.
    package static let texts = ["said", "palpation", "assessment", "plan"]
    /// Numbers, each of both sides: strength 0 to 5, girth in centimetres, range of movement in degrees.
    package static let pairs = ["strength", "girth", "motion"]

    package static let allNames: [String] =
        texts + pairs.flatMap { ["\($0)-injured", "\($0)-other"] }
        + ["movement", "treatment", "diagnosis", "status"]
        + TearSigns.Sign.allCases.map { "sign-\($0.rawValue)" } + Flag.allCases.map { "flag-\($0.rawValue)" }

    package func number(_ name: String) -> Double? {
        Double(self[name].replacingOccurrences(of: ",", with: "."))
    }

    /// Injured side minus the other.
    package func difference(_ pair: String) -> Double? {
        guard let injured = number("\(pair)-injured"), let other = number("\(pair)-other") else { return nil }
        return injured - other
    }

    package func answer(_ name: String) -> Answer { Answer(rawValue: self[name]) ?? .notAsked }

    /// The examination for a tear: six signs, strength, girth.
    package var tearSigns: TearSigns {
        TearSigns(
            Dictionary(
                uniqueKeysWithValues: TearSigns.Sign.allCases.compactMap { sign in
                    let answer = answer("sign-\(sign.rawValue)")
                    return answer == .notAsked ? nil : (sign, answer)
                }), strengthGrade: number("strength-injured"), girthDifferenceCentimetres: difference("girth"))
    }

    package var hasTearSigns: Bool {
        !tearSigns.answers.isEmpty || tearSigns.strengthGrade != nil || tearSigns.girthDifferenceCentimetres != nil
    }

    package var treatment: Treatment { Treatment(rawValue: self["treatment"]) ?? .other }

    /// What is impossible in the numbers: the field and what to do.
    package var faults: [(field: String, words: String)] {
        let ranges: [(String, ClosedRange<Double>, String)] = [
            ("strength", 0...5, "Strength is 0 to 5."), ("girth", 5...150, "Girth is in centimetres, 5 to 150."),
            ("motion", -90...360, "Range of movement is in degrees, −90 to 360."),
        ]
        return ranges.flatMap { pair, range, words in
            ["\(pair)-injured", "\(pair)-other"].compactMap { name in
                self[name].isEmpty || number(name).map(range.contains) == true ? nil : (name, words)
            }
        }
    }
}
