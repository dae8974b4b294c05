// SPDX-License-Identifier: Apache-2.0

package import Foundation

package import struct Storage.Money
package import protocol Storage.Transaction

/// The clinic's letters. A mail can be read by many on its way, so none carries a clinical word.
package struct Letters: Sendable {
    /// What a letter is about.
    package enum Occasion: Sendable {
        case signIn(name: String, url: String, code: String)
        case receipt(name: String, reference: String, receiptNumber: String, amount: Money, url: String)
        case booked(name: String, when: String, place: String, with: String = "", url: String, calendar: String)
        case moved(
            name: String, before: String, when: String, place: String, with: String = "", url: String, calendar: String)
        case cancelled(name: String, when: String, calendar: String)
        case cancelledByClinic(name: String, when: String, url: String, calendar: String)
        case reminderDay(name: String, when: String, place: String, with: String = "", url: String, stopURL: String)
        case reminderHours(name: String, when: String, place: String, with: String = "", url: String, stopURL: String)
        case followUp(name: String, url: String, stopURL: String)
        case reportReady(name: String, url: String)
        /// Paid after the time had gone to somebody else.
        case timeLost(name: String, when: String, url: String)
        /// Did not come to a visit by video.
        case missed(name: String, when: String, url: String)
        case requestReceived(name: String, url: String)
        case offered(name: String, until: String, url: String)
        case waitlistJoined(name: String, url: String)
        case waitlistOffered(name: String, when: String, until: String, url: String)
        /// The weekly question of an episode.
        case checkIn(name: String, until: String, url: String, stopURL: String)
        /// To staff: something waits for them.
        case deskNews(name: String, url: String)
    }

    private let clinicName: String
    private let phone: String
    private let outbox = Outbox()
    private let templates = LetterTemplates()

    package init(clinicName: String, phone: String = "") {
        self.clinicName = clinicName
        self.phone = phone
    }

    /// Queues the letter, once for its `key`, in the words that the clinic chose.
    package func send(
        _ occasion: Occasion, to recipient: String, language: String = "en", key: String,
        about: Outbox.About = Outbox.About(),
        at now: Date, delay: TimeInterval = 0, in transaction: any Transaction
    ) throws {
        let text = try templates.current(occasion.kind, language: language, in: transaction)
        var letter = letter(occasion, to: recipient, text: text)
        letter.about = about
        letter.about.kind = occasion.kind
        try outbox.queue(letter, key: key, at: now, delay: delay, in: transaction)
    }

    /// - Parameter text: the house's own words where it is nil.
    func letter(_ occasion: Occasion, to recipient: String, text: LetterText? = nil) -> Outbox.Letter {
        let filled = filled(text ?? LetterTexts.text(of: occasion.kind), with: occasion.values)
        return Outbox.Letter(
            recipient: recipient, subject: filled.subject, body: filled.body, calendar: occasion.calendar,
            unsubscribeURL: occasion.values[.stop])
    }

    /// How a text looks with values that are nobody's.
    package func preview(_ text: LetterText, of kind: LetterKind, publicURL: String) -> LetterText {
        filled(
            text,
            with: [
                .name: "Ana Example", .when: "Tuesday, 3 March 2026, 9:45 AM (America/New_York)",
                .before: "Monday, 2 March 2026, 4:00 PM (America/New_York)", .place: "14 Fibre Lane, Example Falls",
                .until: "Wednesday, 4 March 2026, 9:00 AM (America/New_York)",
                .with: "Theo Inkwell", .link: "\(publicURL)/bookings/example", .stop: "\(publicURL)/reminders/example",
                .code: "12345678", .amount: "$280.00", .reference: "7F3K9Q2M", .receipt: "R-000017",
            ])
    }

    private func filled(_ text: LetterText, with values: [LetterKind.Placeholder: String]) -> LetterText {
        text.filled(with: values.merging([.clinic: clinicName, .phone: phone]) { own, _ in own })
    }
}

extension Letters.Occasion {
    package var kind: LetterKind {
        switch self {
        case .signIn: .signIn
        case .receipt: .receipt
        case .booked: .booked
        case .moved: .moved
        case .cancelled: .cancelled
        case .cancelledByClinic: .cancelledByClinic
        case .reminderDay: .reminderDay
        case .reminderHours: .reminderHours
        case .followUp: .followUp
        case .reportReady: .reportReady
        case .timeLost: .timeLost
        case .missed: .missed
        case .requestReceived: .requestReceived
        case .offered: .offered
        case .waitlistJoined: .waitlistJoined
        case .waitlistOffered: .waitlistOffered
        case .checkIn: .checkIn
        case .deskNews: .deskNews
        }
    }

    var values: [LetterKind.Placeholder: String] {
        switch self {
        case .signIn(let name, let url, let code): [.name: name, .link: url, .code: code]
        case .receipt(let name, let reference, let receiptNumber, let amount, let url):
            [.name: name, .reference: reference, .receipt: receiptNumber, .amount: amount.formatted, .link: url]
        case .booked(let name, let when, let place, let with, let url, _):
            [.name: name, .when: when, .place: place, .with: with, .link: url]
        case .moved(let name, let before, let when, let place, let with, let url, _):
            [.name: name, .before: before, .when: when, .place: place, .with: with, .link: url]
        case .cancelled(let name, let when, _): [.name: name, .when: when, .link: ""]
        case .cancelledByClinic(let name, let when, let url, _): [.name: name, .when: when, .link: url]
        case .reminderDay(let name, let when, let place, let with, let url, let stop),
            .reminderHours(let name, let when, let place, let with, let url, let stop):
            [.name: name, .when: when, .place: place, .with: with, .link: url, .stop: stop]
        case .followUp(let name, let url, let stop): [.name: name, .link: url, .stop: stop]
        case .reportReady(let name, let url), .requestReceived(let name, let url),
            .waitlistJoined(let name, let url):
            [.name: name, .link: url]
        case .timeLost(let name, let when, let url), .missed(let name, let when, let url):
            [.name: name, .when: when, .link: url]
        case .offered(let name, let until, let url): [.name: name, .until: until, .link: url]
        case .waitlistOffered(let name, let when, let until, let url):
            [.name: name, .when: when, .until: until, .link: url]
        case .checkIn(let name, let until, let url, let stop):
            [.name: name, .until: until, .link: url, .stop: stop]
        case .deskNews(let name, let url): [.name: name, .link: url]
        }
    }

    var calendar: String? {
        switch self {
        case .booked(_, _, _, _, _, let calendar), .moved(_, _, _, _, _, _, let calendar),
            .cancelled(_, _, let calendar), .cancelledByClinic(_, _, _, let calendar):
            calendar
        default: nil
        }
    }
}
