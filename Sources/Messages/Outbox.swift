// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Mails on their way out: written in the transaction whose news they bring, sent by a job afterwards.
package struct Outbox: Sendable {
    package static let jobKind = "mail.send"

    /// Whom and what a letter is about.
    package struct About: Sendable, Hashable {
        package var kind: LetterKind?
        package var patient: Patient.ID?
        package var booking: String?
        /// What the reader knows of the booking after this letter, in a form that only compares.
        package var told: String?

        package init(patient: Patient.ID? = nil, booking: String? = nil, told: String? = nil) {
            self.patient = patient
            self.booking = booking
            self.told = told
        }
    }

    package struct Letter: Sendable, Hashable {
        package let recipient: String
        package let subject: String
        package let body: String
        package let calendar: String?
        /// Where a mail program may ask, in the reader's name, for no more of these.
        package let unsubscribeURL: String?
        package var about = About()

        package init(
            recipient: String, subject: String, body: String, calendar: String? = nil, unsubscribeURL: String? = nil
        ) {
            self.recipient = recipient
            self.subject = subject
            self.body = body
            self.calendar = calendar
            self.unsubscribeURL = unsubscribeURL
        }
    }

    package struct Mail: Sendable {
        package typealias ID = Identifier<Mail>
        /// `sending` from the moment in which it may have left the house: it can't be taken back any more.
        package enum State: String, Sendable, Bindable { case queued, sending, sent, bounced }
        package let id: ID
        package let recipient: String
        package let subject: String
        package let body: String
        package let calendar: String?
        package let state: State
        package let queuedAt: Date
        /// Not sent before.
        package let dueAt: Date
        package let sentAt: Date?
        package let unsubscribeURL: String?
        package let about: About
        package let bounceReason: String?
    }

    package struct SendJob: Codable, Sendable {
        package let mail: Mail.ID
    }

    package init() {}

    /// Queues a letter once for its `key`, to go out after `delay`.
    package func queue(
        _ letter: Letter, key: String, at now: Date, delay: TimeInterval = 0, in transaction: any Transaction
    ) throws {
        let id = Mail.ID.make(at: now)
        let due = now.addingTimeInterval(delay)
        let isNew = try transaction.run(
            """
            INSERT INTO mail (id, key, recipient, subject, body, calendar, state, queued_at, sent_at, kind, patient,
                booking, told, due_at, unsubscribe_url)
            VALUES (\(id), \(key), \(letter.recipient), \(letter.subject), \(letter.body), \(letter.calendar),
                \(Mail.State.queued), \(now), \(Date?.none), \(letter.about.kind), \(letter.about.patient),
                \(letter.about.booking), \(letter.about.told), \(due), \(letter.unsubscribeURL))
            ON CONFLICT (key) DO NOTHING
            """)
        guard isNew == 1 else { return }
        try Jobs.enqueue(Self.jobKind, key: "mail:\(id)", payload: SendJob(mail: id), at: due, in: transaction)
    }

    package func find(_ id: Mail.ID, in transaction: any Transaction) throws -> Mail? {
        try transaction.first("SELECT * FROM mail WHERE id = \(id)").map(Mail.init)
    }

    /// The newest first, for the demo's practice mailbox.
    package func list(limit: Int, in transaction: any Transaction) throws -> [Mail] {
        try transaction.rows("SELECT * FROM mail ORDER BY queued_at DESC, id DESC LIMIT \(limit)").map(Mail.init)
    }

    /// What has left, or is about to leave, by `now`; the newest first.
    package func departed(at now: Date, limit: Int, in transaction: any Transaction) throws -> [Mail] {
        try transaction.rows(
            """
            SELECT * FROM mail WHERE due_at <= \(now) OR state <> \(Mail.State.queued)
            ORDER BY due_at DESC, id DESC LIMIT \(limit)
            """
        ).map(Mail.init)
    }

    /// What is still here and may be taken back; the next to leave first.
    package func waiting(limit: Int, in transaction: any Transaction) throws -> [Mail] {
        try transaction.rows(
            "SELECT * FROM mail WHERE state = \(Mail.State.queued) ORDER BY due_at, id LIMIT \(limit)"
        ).map(Mail.init)
    }

    /// Takes a letter for sending; nil where it was sent or taken back. From here on it can't be taken back.
    package func beginSending(_ id: Mail.ID, in transaction: any Transaction) throws -> Mail? {
        try transaction.first(
            """
            UPDATE mail SET state = \(Mail.State.sending)
            WHERE id = \(id) AND state IN (\(Mail.State.queued), \(Mail.State.sending)) RETURNING *
            """
        ).map(Mail.init)
    }

    package func mark(_ id: Mail.ID, as state: Mail.State, at now: Date, in transaction: any Transaction) throws {
        try transaction.run("UPDATE mail SET state = \(state), sent_at = \(now) WHERE id = \(id)")
    }

    /// The server said "later": the letter is certainly still here.
    package func markWaiting(_ id: Mail.ID, in transaction: any Transaction) throws {
        try transaction.run(
            "UPDATE mail SET state = \(Mail.State.queued) WHERE id = \(id) AND state = \(Mail.State.sending)")
    }

    // MARK: Taking back

    /// Removes a letter that has not left; nil where it is too late.
    package func takeBack(_ id: Mail.ID, in transaction: any Transaction) throws -> Mail? {
        try transaction.first("DELETE FROM mail WHERE id = \(id) AND state = \(Mail.State.queued) RETURNING *")
            .map(Mail.init)
    }

    /// Removes the news about a booking that has not left.
    package func takeBackNews(of booking: String, in transaction: any Transaction) throws {
        try transaction.run(
            """
            DELETE FROM mail WHERE booking = \(booking) AND state = \(Mail.State.queued)
                AND kind IN \(SQL.list(LetterKind.news))
            """)
    }

    /// The latest news about a booking that was not taken back: how its patient believes it to stand.
    package func lastNews(of booking: String, in transaction: any Transaction) throws -> About? {
        try transaction.first(
            """
            SELECT * FROM mail WHERE booking = \(booking) AND kind IN \(SQL.list(LetterKind.news))
            ORDER BY queued_at DESC, id DESC LIMIT 1
            """
        ).map { try Mail($0).about }
    }

    // MARK: Letters that came back

    package func markBounced(_ id: Mail.ID, reason: String, at now: Date, in transaction: any Transaction) throws {
        try transaction.run(
            """
            UPDATE mail SET state = \(Mail.State.bounced), sent_at = \(now), bounce_reason = \(String(reason.prefix(300)))
            WHERE id = \(id) AND state <> \(Mail.State.bounced)
            """)
    }

    /// Letters that came back and that nobody has answered for yet, the oldest first.
    package func openBounces(in transaction: any Transaction) throws -> [Mail] {
        try transaction.rows(
            """
            SELECT * FROM mail WHERE state = 'bounced' AND bounce_settled_at IS NULL ORDER BY sent_at, id LIMIT 200
            """
        ).map(Mail.init)
    }

    /// Somebody called, or found another way; false where it was settled before.
    package func settleBounce(_ id: Mail.ID, at now: Date, in transaction: any Transaction) throws -> Bool {
        try transaction.run(
            """
            UPDATE mail SET bounce_settled_at = \(now)
            WHERE id = \(id) AND state = \(Mail.State.bounced) AND bounce_settled_at IS NULL
            """) == 1
    }

    package func bouncedCount(in transaction: any Transaction) throws -> Int {
        try transaction.value(
            Int.self,
            "SELECT count(*) FROM mail WHERE state = \(Mail.State.bounced) AND bounce_settled_at IS NULL") ?? 0
    }
}

extension Outbox.Mail {
    init(_ row: Row) throws {
        let queuedAt: Date = try row.get("queued_at")
        var about = Outbox.About(
            patient: try row.get("patient"), booking: try row.get("booking"), told: try row.get("told"))
        about.kind = try row.get("kind")
        self.init(
            id: try row.get("id"), recipient: try row.get("recipient"), subject: try row.get("subject"),
            body: try row.get("body"), calendar: try row.get("calendar"), state: try row.get("state"),
            queuedAt: queuedAt, dueAt: try row.get("due_at", as: Date?.self) ?? queuedAt,
            sentAt: try row.get("sent_at"), unsubscribeURL: try row.get("unsubscribe_url"), about: about,
            bounceReason: try row.get("bounce_reason"))
    }
}
