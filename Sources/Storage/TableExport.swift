// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Everything that the clinic knows, as tables that any spreadsheet opens, for an owner who leaves or asks questions of their
/// own. Keys and passwords stay here: they are worth nothing elsewhere. To move a clinic, use `Backup`.
package struct TableExport: Sendable {
    package struct Table: Sendable {
        package let name: String
        package let rowCount: Int
        /// CSV in UTF-8, the first line names the columns; times are ISO 8601 in UTC, bytes base64.
        package let text: Data
    }

    private static let leftOut: Set<String> = [
        "schema_step", "session", "sign_in_link", "sign_in_failure", "api_token", "staff_invitation", "job",
        "idempotent_answer", "busy_day",
    ]
    private static let secretWords = ["sha256", "secret", "password", "token"]

    /// All tables as they stand at one moment.
    package static func tables(of store: Store) async throws -> [Table] {
        let postgresql = store.isPostgreSQL
        return try await store.read { transaction in
            try Catalogue.tables(in: transaction, postgresql: postgresql).filter { !leftOut.contains($0) }.map { name in
                let rows = try transaction.rows("SELECT * FROM \(SQL(trustedWords: "\"\(name)\""))")
                return Table(name: name, rowCount: rows.count, text: text(of: rows))
            }
        }
    }

    private static func text(of rows: [Row]) -> Data {
        guard let first = rows.first else { return Data() }
        let kept = first.columns.indices.filter { index in
            !secretWords.contains { first.columns[index].contains($0) }
        }
        var text = CommaSeparated.line(kept.map { first.columns[$0] })
        for row in rows {
            text += CommaSeparated.line(kept.map { field(row.values[$0], column: row.columns[$0]) })
        }
        return Data(text.utf8)
    }

    private static func field(_ value: SQLValue, column: String) -> String {
        switch value {
        case .null: return ""
        case .integer(let number):
            let isTime = column == "at" || column.hasSuffix("_at") || column.hasSuffix("_until")
            return isTime
                ? Date(microsecondsSince1970: number).formatted(.iso8601)
                : String(number)
        case .real(let number): return String(number)
        case .text(let text): return text
        case .blob(let bytes): return Data(bytes).base64EncodedString()
        }
    }
}
