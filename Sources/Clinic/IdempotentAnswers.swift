// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// What was answered under each `Idempotency-Key`, kept for a day and written in the transaction of the effect itself, so
/// that a request sent again after any failure gets the first answer and does nothing twice.
package enum IdempotentAnswers {
    package static let migrations = [
        Migration(
            "clinic-idempotency-1",
            """
            CREATE TABLE idempotent_answer (
                key TEXT PRIMARY KEY,
                request_sha256 TEXT NOT NULL,
                status BIGINT NOT NULL,
                body TEXT NOT NULL,
                answered_at BIGINT NOT NULL
            );
            CREATE INDEX idempotent_answer_age ON idempotent_answer (answered_at);
            """)
    ]

    static let lifetime: TimeInterval = 24 * 3600

    package struct Answer: Sendable {
        package let status: Int
        package let body: String

        package init(status: Int, body: String) {
            self.status = status
            self.body = body
        }
    }

    /// The same key came with another request.
    package struct OtherRequest: Error {}

    package static func find(
        key: String, requestSHA256: String, at now: Date, in transaction: any Transaction
    ) throws -> Answer? {
        guard
            let row = try transaction.first(
                """
                SELECT request_sha256, status, body FROM idempotent_answer
                WHERE key = \(key) AND answered_at > \(now.addingTimeInterval(-lifetime))
                """)
        else { return nil }
        guard try row.get("request_sha256", as: String.self) == requestSHA256 else { throw OtherRequest() }
        return Answer(status: try row.get("status"), body: try row.get("body"))
    }

    package static func keep(
        _ answer: Answer, key: String, requestSHA256: String, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO idempotent_answer (key, request_sha256, status, body, answered_at)
            VALUES (\(key), \(requestSHA256), \(answer.status), \(answer.body), \(now))
            ON CONFLICT (key) DO UPDATE SET request_sha256 = excluded.request_sha256, status = excluded.status,
                body = excluded.body, answered_at = excluded.answered_at
            """)
    }

    static func forgetOld(at now: Date, in transaction: any Transaction) throws {
        try transaction.run(
            "DELETE FROM idempotent_answer WHERE answered_at < \(now.addingTimeInterval(-lifetime))")
    }
}
