// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// One forward step of the schema. Once released, a step never changes; a new step follows it.
package struct Migration: Sendable {
    package let name: String
    let sqlite: [String]
    let postgresql: [String]

    /// - Parameters:
    ///   - sql: statements both engines take, each ended by `;` and a line break, with PostgreSQL's type names
    ///     (TEXT, BIGINT, DOUBLE PRECISION, BYTEA, JSONB, BOOLEAN).
    ///   - sqlite: whole statements for SQLite only, run after `sql`.
    ///   - postgresql: whole statements for PostgreSQL only, run after `sql`.
    package init(_ name: String, _ sql: String, sqlite: [String] = [], postgresql: [String] = []) {
        self.name = name
        let shared = (sql + "\n").components(separatedBy: ";\n")
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
        self.sqlite = shared.map(Self.inSQLite) + sqlite
        self.postgresql = shared + postgresql
    }

    /// Told from the PostgreSQL text, so a database that moved between engines still knows its steps.
    var checksum: String {
        let digest = SHA256.hash(data: Data(postgresql.joined(separator: ";\n").utf8))
        return digest.prefix(12).map { String(format: "%02x", $0) }.joined()
    }

    private static func inSQLite(_ statement: String) -> String {
        var text = statement
        for (word, type) in [
            ("DOUBLE PRECISION", "REAL"), ("BIGINT", "INTEGER"), ("BYTEA", "BLOB"), ("JSONB", "TEXT"),
            ("BOOLEAN", "INTEGER"),
        ] {
            text = text.replacingOccurrences(of: "\\b\(word)\\b", with: type, options: .regularExpression)
        }
        return text.hasPrefix("CREATE TABLE") ? text + " STRICT" : text
    }
}

/// Brings a database to the program's schema, and refuses one that a newer or other program made.
struct Migrator {
    let migrations: [Migration]
    let postgresql: Bool

    func migrate(in transaction: any Transaction) throws {
        try transaction.run(
            """
            CREATE TABLE IF NOT EXISTS schema_step (name TEXT PRIMARY KEY, checksum TEXT NOT NULL)
            """)
        var applied: [String: String] = [:]
        for row in try transaction.rows("SELECT name, checksum FROM schema_step") {
            applied[try row.get("name")] = try row.get("checksum", as: String.self)
        }
        for step in migrations {
            if let checksum = applied.removeValue(forKey: step.name) {
                guard checksum == step.checksum else {
                    throw DatabaseError.schema(
                        "step \(step.name) was applied in another form; restore the program version that made this "
                            + "database, or restore a backup")
                }
                continue
            }
            for statement in postgresql ? step.postgresql : step.sqlite {
                try transaction.run(SQL(trustedWords: statement))
            }
            try transaction.run("INSERT INTO schema_step (name, checksum) VALUES (\(step.name), \(step.checksum))")
        }
        guard applied.isEmpty else {
            throw DatabaseError.schema(
                "this database was made by a newer Fascia (unknown steps: "
                    + "\(applied.keys.sorted().joined(separator: ", "))); start that version instead")
        }
    }
}
