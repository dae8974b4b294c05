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
        case booked(name: String, when: String, place: String, url: String, calendar: String)
        case moved(name: String, when: String, place: String, url: String, calendar: String)
        /// Paid after the time had gone to somebody else.
        case timeLost(name: String, when: String, url: String)
        case requestReceived(name: String, url: String)
        case offered(name: String, count: Int, until: String, url: String)
        case waitlistJoined(name: String, url: String)
        case waitlistOffered(name: String, when: String, until: String, url: String)
        case cancelledByClinic(name: String, when: String, calendar: String)
        case cancelled(name: String, when: String, calendar: String)
        case reportReady(name: String, url: String)
    }

    private let clinicName: String
    private let outbox = Outbox()

    package init(clinicName: String) { self.clinicName = clinicName }

    /// Queues the letter, once for its `key`.
    package func send(
        _ occasion: Occasion, to recipient: String, key: String, at now: Date, in transaction: any Transaction
    ) throws {
        try outbox.queue(letter(occasion, to: recipient), key: key, at: now, in: transaction)
    }

    func letter(_ occasion: Occasion, to recipient: String) -> Outbox.Letter {
        let subject: String
        let paragraphs: [String]
        var attachment: String?
        switch occasion {
        case .signIn(let name, let url, let code):
            subject = "Your sign-in link"
            paragraphs = [
                "Hello \(name),", "open this link to sign in:", url,
                "Or type this code where you asked for it: \(code)",
                "Both work once, for 15 minutes. If you did not ask for them, you need do nothing.",
            ]
        case .receipt(let name, let reference, let receiptNumber, let amount, let url):
            subject = "Receipt \(receiptNumber)"
            paragraphs = [
                "Hello \(name),", "thank you. We received \(amount.formatted) for your order \(reference).",
                "Your receipt, and what comes next:", url,
            ]
        case .booked(let name, let when, let place, let url, let calendar):
            subject = "Your appointment: \(when)"
            attachment = calendar
            paragraphs = [
                "Hello \(name),", "your appointment is confirmed.", when, place,
                "A calendar file is attached. To see, move or cancel the appointment:", url,
            ]
        case .moved(let name, let when, let place, let url, let calendar):
            subject = "Your appointment has a new time: \(when)"
            attachment = calendar
            paragraphs = [
                "Hello \(name),", "your appointment has a new time.", when, place,
                "A calendar file is attached; it replaces the earlier one. To see, move or cancel the appointment:",
                url,
            ]
        case .timeLost(let name, let when, let url):
            subject = "Please choose another time"
            paragraphs = [
                "Hello \(name),",
                "your payment arrived, but after the ten minutes for which we could keep \(when) for you; somebody else has "
                    + "that time now. Your payment is safe: choose another time with it, or tell us and we send it back.",
                url,
            ]
        case .requestReceived(let name, let url):
            subject = "We have your request"
            paragraphs = [
                "Hello \(name),", "thank you for asking us. We answer within one working day, usually sooner.",
                "This page shows how far we are:", url,
            ]
        case .offered(let name, let count, let until, let url):
            subject = count == 1 ? "We have a time for you" : "We have \(count) times for you"
            paragraphs = [
                "Hello \(name),", "here is our answer. We keep what we offer for you until \(until).",
                "Look at it, and take what suits you, by one button:", url,
            ]
        case .waitlistJoined(let name, let url):
            subject = "You are on our waitlist"
            paragraphs = [
                "Hello \(name),", "we write to you as soon as a time becomes free that suits you.",
                "To see or leave the list:", url,
            ]
        case .waitlistOffered(let name, let when, let until, let url):
            subject = "A time has become free"
            paragraphs = [
                "Hello \(name),", "this time is free, and kept for you alone until \(until):", when,
                "To take it, or let it go:", url,
            ]
        case .cancelledByClinic(let name, let when, let calendar):
            subject = "Cancelled: your appointment on \(when)"
            attachment = calendar
            paragraphs = [
                "Hello \(name),", "we are sorry: your appointment on \(when) can't take place.",
                "Please call us, or choose another time on our site.",
            ]
        case .cancelled(let name, let when, let calendar):
            subject = "Cancelled: your appointment on \(when)"
            attachment = calendar
            paragraphs = ["Hello \(name),", "your appointment on \(when) is cancelled, as you asked."]
        case .reportReady(let name, let url):
            subject = "Something new for you"
            paragraphs = [
                "Hello \(name),", "there is something new for you to read. Please sign in:", url,
            ]
        }
        return Outbox.Letter(
            recipient: recipient, subject: subject,
            body: (paragraphs + [clinicName]).joined(separator: "\n\n") + "\n", calendar: attachment)
    }
}
