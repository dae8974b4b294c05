// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Diary
package import Foundation
package import Messages
import Storage

// What the desk sees of the mail, and what the owner says in it.
extension Clinic {
    func sendMail(_ job: Job) async throws {
        let id = try job.decode(Outbox.SendJob.self).mail
        guard let mailTransport else { throw MailNotConfigured() }
        guard let mail = try await store.write({ [outbox] in try outbox.beginSending(id, in: $0) }) else { return }
        do {
            try await mailTransport.send(
                MailMessage(
                    sender: settings.mail?.sender ?? "clinic@localhost", senderName: details.name,
                    recipient: mail.recipient, subject: mail.subject, body: mail.body, calendar: mail.calendar,
                    identifier: mail.id.description, date: mail.dueAt, unsubscribeURL: mail.unsubscribeURL))
        } catch SMTPError.bounced(let code) {
            let now = clock.now()
            try await store.write { [outbox] in
                try outbox.markBounced(id, reason: "\(code), said by the mail server at once", at: now, in: $0)
            }
            return
        } catch let error as SMTPError where !error.mayHaveLeft {
            try await store.write { [outbox] in try outbox.markWaiting(id, in: $0) }
            throw error
        }
        let now = clock.now()
        try await store.write { [outbox] in try outbox.mark(id, as: .sent, at: now, in: $0) }
    }

    // MARK: The desk

    package struct MailView: Sendable {
        package struct Line: Sendable {
            package let mail: Outbox.Mail
            package let patient: Patient?
        }
        /// Came back; somebody should call.
        package let bounces: [Line]
        /// May still be taken back.
        package let waiting: [Line]
        package let departed: [Line]
    }

    package func mailView(by actor: Actor) async throws -> MailView {
        let now = clock.now()
        return try await store.write { [outbox, patients, audit] transaction in
            func lines(_ mails: [Outbox.Mail]) throws -> [MailView.Line] {
                try mails.map {
                    .init(mail: $0, patient: try patients.find(email: $0.recipient, in: transaction))
                }
            }
            let view = MailView(
                bounces: try lines(outbox.openBounces(in: transaction)),
                waiting: try lines(outbox.waiting(limit: 100, in: transaction).filter { $0.dueAt > now }),
                departed: try lines(
                    outbox.departed(at: now, limit: 30, in: transaction).filter { $0.about.kind != .signIn }))
            let seen = Set((view.bounces + view.waiting + view.departed).compactMap { $0.patient?.id.description })
            try audit.record(
                "mail.see", patient: nil, subject: "mail", detail: ["patients": seen.sorted().joined(separator: " ")],
                by: actor, at: now, in: transaction)
            return view
        }
    }

    /// How many letters came back and wait for a call.
    package func openBounceCount() async throws -> Int {
        try await store.read { [outbox] in try outbox.bouncedCount(in: $0) }
    }

    /// Takes a letter back that has not left; false where it is too late.
    package func takeBackLetter(_ id: Outbox.Mail.ID, by actor: Actor) async throws -> Bool {
        let now = clock.now()
        return try await store.write { [outbox, audit] transaction in
            guard let mail = try outbox.takeBack(id, in: transaction) else { return false }
            try audit.record(
                "mail.takeBack", patient: mail.about.patient, subject: "mail/\(id)", by: actor, at: now,
                in: transaction)
            return true
        }
    }

    /// The desk reached the person in another way.
    package func settleBounce(_ id: Outbox.Mail.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [outbox, patients, audit] transaction in
            guard let mail = try outbox.find(id, in: transaction),
                try outbox.settleBounce(id, at: now, in: transaction)
            else { return }
            try audit.record(
                "mail.settleBounce", patient: try patients.find(email: mail.recipient, in: transaction)?.id,
                subject: "mail/\(id)", by: actor, at: now, in: transaction)
        }
    }

    /// Takes a mail that came back to the clinic's sender address.
    /// - Returns: whether it was the report of a lasting failure of one of our letters.
    package func receiveBounce(_ message: Data, by actor: Actor) async throws -> Bool {
        guard let report = DeliveryReport(message: message), report.isFailure else { return false }
        let now = clock.now()
        return try await store.write { [outbox, patients, audit] transaction in
            guard let mail = try outbox.find(Outbox.Mail.ID(report.mail), in: transaction) else { return false }
            guard mail.state != .bounced else { return true }
            try outbox.markBounced(mail.id, reason: report.reason, at: now, in: transaction)
            try audit.record(
                "mail.bounce", patient: try patients.find(email: mail.recipient, in: transaction)?.id,
                subject: "mail/\(mail.id)", by: actor, at: now, in: transaction)
            return true
        }
    }

    // MARK: The owner's words

    package struct LetterView: Sendable {
        package let text: LetterText
        package let isEdited: Bool
        package let history: [LetterTemplates.Version]
    }

    package func editedLetters() async throws -> (edited: Set<LetterKind>, rules: LetterRules) {
        try await store.read { transaction in
            (try LetterTemplates().edited(in: transaction), try LetterRules.current(in: transaction))
        }
    }

    package func letterView(_ kind: LetterKind, language: String) async throws -> LetterView {
        try await store.read { transaction in
            let templates = LetterTemplates()
            let history = try templates.history(of: kind, language: language, limit: 20, in: transaction)
            return LetterView(
                text: try templates.current(kind, language: language, in: transaction),
                isEdited: history.first?.text != nil,
                history: history)
        }
    }

    /// Everything that speaks against a text.
    package func faults(of text: LetterText, for kind: LetterKind) async throws -> [LetterTextRefusal] {
        let names = try await store.read { [services] in try services.all(in: $0).map(\.name) }
        return LetterTemplates.faults(of: text, for: kind, services: names)
    }

    package func previewLetter(_ text: LetterText, of kind: LetterKind) -> LetterText {
        letters.preview(text, of: kind, publicURL: settings.publicURL)
    }

    /// - Throws: `LetterTextRefusal`.
    package func saveLetter(
        _ text: LetterText, for kind: LetterKind, language: String, by actor: Actor, named name: String
    ) async throws {
        let now = clock.now()
        try await store.write { [services] transaction in
            try LetterTemplates().save(
                text, for: kind, language: language, services: services.all(in: transaction).map(\.name), by: actor,
                named: name, at: now,
                in: transaction)
        }
    }

    package func resetLetter(
        _ kind: LetterKind, language: String, by actor: Actor, named name: String
    ) async throws {
        let now = clock.now()
        try await store.write {
            try LetterTemplates().reset(kind, language: language, by: actor, named: name, at: now, in: $0)
        }
    }

    package func saveLetterRules(_ rules: LetterRules, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try rules.save(by: actor, at: now, in: $0) }
    }
}

struct MailNotConfigured: Error, CustomStringConvertible {
    let description = "no mail server is set: FASCIA_SMTP_HOST"
}
