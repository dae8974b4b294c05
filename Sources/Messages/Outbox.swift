// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// Mails on their way out: written in the transaction whose news they bring, sent by a job afterwards.
package struct Outbox: Sendable {
    package static let jobKind = "mail.send"

    package struct Letter: Sendable, Hashable {
        package let recipient: String
        package let subject: String
        package let body: String
        package let calendar: String?

        package init(recipient: String, subject: String, body: String, calendar: String? = nil) {
            self.recipient = recipient
            self.subject = subject
            self.body = body
            self.calendar = calendar
        }
    }

    package struct Mail: Sendable {
        package typealias ID = Identifier<Mail>
        package enum State: String, Sendable, Bindable { case queued, sent, bounced }
        package let id: ID
        package let recipient: String
        package let subject: String
        package let body: String
        package let calendar: String?
        package let state: State
        package let queuedAt: Date
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
        let isNew = try transaction.run(
            """
            INSERT INTO mail (id, key, recipient, subject, body, calendar, state, queued_at, sent_at)
            VALUES (\(id), \(key), \(letter.recipient), \(letter.subject), \(letter.body), \(letter.calendar),
                \(Mail.State.queued), \(now), \(Date?.none))
            ON CONFLICT (key) DO NOTHING
            """)
        guard isNew == 1 else { return }
        try Jobs.enqueue(
            Self.jobKind, key: "mail:\(id)", payload: SendJob(mail: id), at: now.addingTimeInterval(delay),
            in: transaction)
    }

    package func find(_ id: Mail.ID, in transaction: any Transaction) throws -> Mail? {
        try transaction.first("SELECT * FROM mail WHERE id = \(id)").map(Mail.init)
    }

    /// The newest first, for the demo's practice mailbox.
    package func list(limit: Int, in transaction: any Transaction) throws -> [Mail] {
        try transaction.rows("SELECT * FROM mail ORDER BY queued_at DESC, id DESC LIMIT \(limit)").map(Mail.init)
    }

    package func mark(_ id: Mail.ID, as state: Mail.State, at now: Date, in transaction: any Transaction) throws {
        try transaction.run("UPDATE mail SET state = \(state), sent_at = \(now) WHERE id = \(id)")
    }

    package func bouncedCount(in transaction: any Transaction) throws -> Int {
        try transaction.value(Int.self, "SELECT count(*) FROM mail WHERE state = \(Mail.State.bounced)") ?? 0
    }
}

extension Outbox.Mail {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), recipient: try row.get("recipient"), subject: try row.get("subject"),
            body: try row.get("body"), calendar: try row.get("calendar"), state: try row.get("state"),
            queuedAt: try row.get("queued_at"))
    }
}

package enum MessagesSchema {
    package static let migrations = [
        Migration(
            "messages-1",
            """
            CREATE TABLE mail (
                id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, subject TEXT NOT NULL,
                body TEXT NOT NULL, calendar TEXT, state TEXT NOT NULL, queued_at BIGINT NOT NULL, sent_at BIGINT);
            CREATE INDEX mail_queued ON mail (queued_at);
            """)
    ]
}
