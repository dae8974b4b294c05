// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A piece of work for later, kept in the database, so that it survives the end of the program at any moment.
///
/// A job is enqueued in the transaction whose effect it is, and done at least once: its work must bear being repeated.
package struct Job: Sendable {
    package typealias ID = Identifier<Job>

    package let id: ID
    package let kind: String
    package let payload: String
    /// How often it was begun, this time included.
    package let attempt: Int

    package func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try JSONDecoder().decode(type, from: Data(payload.utf8))
    }
}

/// The queue's statements.
package enum Jobs {
    package static let migrations = [
        Migration(
            "storage-jobs-1",
            """
            CREATE TABLE job (
                id TEXT PRIMARY KEY,
                kind TEXT NOT NULL,
                key TEXT UNIQUE,
                payload TEXT NOT NULL,
                due_at BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                leased_until BIGINT,
                given_up BOOLEAN NOT NULL,
                last_error TEXT
            );
            CREATE INDEX job_due ON job (due_at) WHERE NOT given_up;
            """,
            sqlite: [], postgresql: [])
    ]

    /// How long a worker may be silent before another takes the job.
    static let lease: TimeInterval = 120
    /// Attempts before a job is given up and shown by `fascia doctor`; with the waits below, about three days.
    static let mostAttempts = 24

    /// Enqueues work for `due`, in the caller's transaction. A `key` that already waits is not enqueued again.
    package static func enqueue(
        _ kind: String, key: String? = nil, payload: some Encodable, at due: Date, in transaction: any Transaction
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(payload), as: UTF8.self)
        try transaction.run(
            """
            INSERT INTO job (id, kind, key, payload, due_at, attempt, leased_until, given_up, last_error)
            VALUES (\(Job.ID.make(at: due)), \(kind), \(key), \(text), \(due), \(0), \(Date?.none), \(false), \(String?.none))
            ON CONFLICT (key) DO NOTHING
            """)
    }

    /// What may be taken up at `now`, by a worker of `lane`.
    private static func isDue(at now: Date, in lane: JobLane) -> SQL {
        """
        NOT given_up AND due_at <= \(now) AND (leased_until IS NULL OR leased_until < \(now)) AND \(lane.condition)
        """
    }

    /// Leases the lane's next due job, if there is one.
    static func claim(at now: Date, for lane: JobLane, in transaction: any Transaction) throws -> Job? {
        let row = try transaction.first(
            """
            UPDATE job SET attempt = attempt + 1, leased_until = \(now.addingTimeInterval(lease))
            WHERE id = (SELECT id FROM job WHERE \(isDue(at: now, in: lane)) ORDER BY due_at LIMIT 1)
            RETURNING id, kind, payload, attempt
            """)
        return try row.map {
            Job(
                id: try $0.get("id"), kind: try $0.get("kind"), payload: try $0.get("payload"),
                attempt: try $0.get("attempt"))
        }
    }

    static func hasDue(at now: Date, for lane: JobLane, in transaction: any Transaction) throws -> Bool {
        try transaction.first("SELECT 1 FROM job WHERE \(isDue(at: now, in: lane)) LIMIT 1") != nil
    }

    /// Says that a worker is still at it. Where the lease was over and another took the job, nothing changes.
    static func renew(_ job: Job, at now: Date, in transaction: any Transaction) throws {
        try transaction.run(
            """
            UPDATE job SET leased_until = \(now.addingTimeInterval(lease))
            WHERE id = \(job.id) AND attempt = \(job.attempt)
            """)
    }

    static func finish(_ job: Job, in transaction: any Transaction) throws {
        try transaction.run("DELETE FROM job WHERE id = \(job.id)")
    }

    /// Puts the job back for later, with a growing wait, or gives it up.
    static func fail(_ job: Job, why: String, at now: Date, in transaction: any Transaction) throws {
        let wait = min(pow(2, Double(job.attempt)) * 2, 6 * 3600)
        try transaction.run(
            """
            UPDATE job SET leased_until = \(Date?.none), due_at = \(now.addingTimeInterval(wait)),
                given_up = \(job.attempt >= mostAttempts), last_error = \(String(why.prefix(500)))
            WHERE id = \(job.id)
            """)
    }

    /// What waits and what was given up, for `fascia doctor`.
    package static func summary(in transaction: any Transaction) throws -> (waiting: Int, givenUp: [String]) {
        let waiting = try transaction.value(Int.self, "SELECT count(*) FROM job WHERE NOT given_up") ?? 0
        let givenUp = try transaction.rows("SELECT kind, last_error FROM job WHERE given_up ORDER BY due_at").map {
            "\(try $0.get("kind", as: String.self)): \(try $0.get("last_error", as: String?.self) ?? "no reason kept")"
        }
        return (waiting, givenUp)
    }
}
