// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Foundation
package import Storage

/// The web sites that may show the booking widget. No other page of the clinic is ever shown inside another site.
package enum Embedding {
    package static let migrations = [
        Migration(
            "clinic-embedding-1",
            "CREATE TABLE embedding_origin (origin TEXT PRIMARY KEY, added_at BIGINT NOT NULL)")
    ]

    package struct NotAnOrigin: Error, Sendable, Hashable {
        package let text: String
    }

    static func all(in transaction: any Transaction) throws -> [String] {
        try transaction.rows("SELECT origin FROM embedding_origin ORDER BY origin").map { try $0.get("origin") }
    }

    /// "https://www.example.org" out of what people paste: an address with a path, or without its scheme.
    static func origin(of typed: String) throws(NotAnOrigin) -> String {
        let text = typed.contains("://") ? typed : "https://" + typed
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = parts.host?.lowercased(), !host.isEmpty,
            parts.user == nil, host.wholeMatch(of: #/[a-z0-9.-]+|\[[0-9a-f:]+\]/#) != nil
        else { throw NotAnOrigin(text: typed) }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
}

extension Clinic {
    package func embeddingOrigins() async throws -> [String] {
        try await store.read { try Embedding.all(in: $0) }
    }

    /// Replaces the list by the sites that are named, one a line.
    /// - Throws: `Embedding.NotAnOrigin` for the first that is none.
    package func setEmbeddingOrigins(_ typed: String, by actor: Actor) async throws {
        let origins = try typed.split(whereSeparator: \.isWhitespace).map { try Embedding.origin(of: String($0)) }
        let now = clock.now()
        try await store.write { [audit] transaction in
            try transaction.run("DELETE FROM embedding_origin")
            for origin in Set(origins) {
                try transaction.run("INSERT INTO embedding_origin (origin, added_at) VALUES (\(origin), \(now))")
            }
            try audit.record(
                "embedding.configure", patient: nil, subject: "embedding",
                detail: ["origins": Set(origins).sorted().joined(separator: " ")], by: actor, at: now, in: transaction)
        }
    }
}
