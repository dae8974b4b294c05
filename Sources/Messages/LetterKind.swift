// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage

/// The letters that the clinic writes. Each has a text of the house (`LetterTexts`) that the owner may replace.
package enum LetterKind: String, Sendable, Hashable, Codable, CaseIterable, Bindable {
    case booked, moved, cancelled, cancelledByClinic, reminderDay, reminderHours, followUp, receipt, reportReady, signIn
    case timeLost, requestReceived, offered, waitlistJoined, waitlistOffered, missed, checkIn
    /// To staff.
    case deskNews

    /// A word in braces that stands for something known only when the letter is written.
    package enum Placeholder: String, Sendable, Hashable, CaseIterable {
        case name, when, before, until, place, with, link, stop, code, amount, reference, receipt, clinic, phone

        package var meaning: String {
            switch self {
            case .name: "the name as it was typed with the booking"
            case .when: "the time, with its zone"
            case .before: "the time that held before"
            case .until: "until when a time is kept"
            case .place: "the clinic's address, or that it is by video"
            case .with: "who the appointment is with"
            case .link: "the private link to the page that the letter is about"
            case .stop: "the link by which the reader ends reminders"
            case .code: "the code to type instead of following the link"
            case .amount: "the amount with its currency"
            case .reference: "the number of the order"
            case .receipt: "the number of the receipt"
            case .clinic: "the clinic's name"
            case .phone: "the clinic's phone number"
            }
        }
    }

    package var placeholders: [Placeholder] {
        let own: [Placeholder] =
            switch self {
            case .booked: [.name, .when, .place, .with, .link]
            case .moved: [.name, .before, .when, .place, .with, .link]
            case .cancelled, .cancelledByClinic: [.name, .when, .link]
            case .reminderDay, .reminderHours: [.name, .when, .place, .with, .link, .stop]
            case .followUp: [.name, .link, .stop]
            case .receipt: [.name, .amount, .reference, .receipt, .link]
            case .reportReady: [.name, .link]
            case .signIn: [.name, .link, .code]
            case .timeLost, .missed: [.name, .when, .link]
            case .requestReceived, .waitlistJoined: [.name, .link]
            case .offered: [.name, .until, .link]
            case .waitlistOffered: [.name, .when, .until, .link]
            case .checkIn: [.name, .until, .link, .stop]
            case .deskNews: [.name, .link]
            }
        return own + [.clinic, .phone]
    }

    /// Without these the letter would be of no use, or could not be stopped.
    package var required: [Placeholder] {
        switch self {
        case .booked, .moved, .reminderDay, .reminderHours: stoppable ? [.when, .link, .stop] : [.when, .link]
        case .cancelled, .cancelledByClinic: [.when]
        case .followUp: [.stop]
        case .checkIn: [.link, .stop]
        case .deskNews: [.link]
        case .receipt: [.amount, .receipt]
        case .reportReady, .requestReceived, .waitlistJoined: [.link]
        case .signIn: [.link, .code]
        case .timeLost, .missed: [.when, .link]
        case .offered, .waitlistOffered: [.until, .link]
        }
    }

    /// What may stand in a subject, which more people see than the letter: times and numbers, no name.
    package var subjectPlaceholders: [Placeholder] {
        placeholders.filter { [.when, .before, .reference, .receipt, .clinic].contains($0) }
    }

    /// Whether a patient may ask to get no more of these.
    package var stoppable: Bool {
        self == .reminderDay || self == .reminderHours || self == .followUp || self == .checkIn
    }

    /// The letters that tell how a booking stands. What was told last is known from them.
    package static let news: [LetterKind] = [.booked, .moved, .cancelled, .cancelledByClinic]

    package var title: String {
        switch self {
        case .booked: "Appointment confirmed"
        case .moved: "Appointment moved"
        case .cancelled: "Cancelled by the patient"
        case .cancelledByClinic: "Cancelled by the clinic"
        case .reminderDay: "Reminder, 24 hours before"
        case .reminderHours: "Reminder, 2 hours before"
        case .followUp: "After the visit"
        case .receipt: "Receipt"
        case .reportReady: "Something new to read"
        case .signIn: "Sign-in link"
        case .timeLost: "Paid too late for the time"
        case .missed: "Missed a visit by video"
        case .requestReceived: "Request received"
        case .offered: "Times offered"
        case .waitlistJoined: "Waitlist joined"
        case .waitlistOffered: "Waitlist: a free time"
        case .checkIn: "The weekly question"
        case .deskNews: "To staff: something waits at the desk"
        }
    }
}

/// A letter's subject and body, with placeholders in braces.
package struct LetterText: Sendable, Hashable {
    package var subject: String
    package var body: String

    package init(subject: String, body: String) {
        self.subject = subject
        self.body = body
    }

    /// Puts the values in their places, in one pass, so that no value is read as a placeholder. A line of the body that
    /// holds only placeholders without value is left out, with the empty line after it.
    package func filled(with values: [LetterKind.Placeholder: String]) -> LetterText {
        let paragraphs = body.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
        let kept = paragraphs.filter { paragraph in
            let names = Self.names(in: paragraph)
            guard !names.isEmpty else { return true }
            return names.contains {
                LetterKind.Placeholder(rawValue: $0).flatMap { values[$0] }.map { !$0.isEmpty } ?? true
            }
        }
        return LetterText(
            subject: Self.filled(subject, with: values).replacingOccurrences(of: "\n", with: " "),
            body: kept.map { Self.filled($0, with: values) }.joined(separator: "\n\n"))
    }

    /// The words in braces, in their order.
    package static func names(in text: String) -> [String] {
        parts(of: text).compactMap { if case .name(let name, _) = $0 { name } else { nil } }
    }

    private static func filled(_ text: String, with values: [LetterKind.Placeholder: String]) -> String {
        parts(of: text).map { part in
            switch part {
            case .words(let words): String(words)
            case .name(let name, let written):
                LetterKind.Placeholder(rawValue: name).flatMap { values[$0] } ?? String(written)
            }
        }.joined()
    }

    private enum Part {
        case words(Substring)
        /// What stands between the braces, and with them.
        case name(String, Substring)
    }

    /// Cuts a text at its braces. Written by hand, because a letter is written in the transaction of every booking.
    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            let inside = rest[rest.index(after: open)...].prefix { !"{}\n".contains($0) }
            guard !inside.isEmpty, inside.count <= 40, inside.endIndex < rest.endIndex, rest[inside.endIndex] == "}"
            else {
                let next = rest.index(after: open)
                parts.append(.words(rest[..<next]))
                rest = rest[next...]
                continue
            }
            let end = rest.index(after: inside.endIndex)
            parts.append(.words(rest[..<open]))
            parts.append(.name(inside.trimmingCharacters(in: .whitespaces), rest[open..<end]))
            rest = rest[end...]
        }
        parts.append(.words(rest))
        return parts
    }
}
