// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A copy of a whole clinic in a folder: one consistent state of the database as JSON lines, and every file it names.
///
/// The form is the same for both engines, so a backup of one restores into the other.
///
///     backup/manifest.json     tables with their row counts, schema steps
///     backup/tables/NAME.jsonl one row a line
///     backup/files/KEY
package struct Backup: Sendable {
    private struct Manifest: Codable {
        var format = "fascia.backup/1"
        var tables: [Table] = []
        struct Table: Codable {
            let name: String
            let rowCount: Int
            let sha256: String
        }
        var files: [StoredFile.Line] = []
    }

    /// What a person is told when it is done.
    package struct Summary: Sendable {
        package let tableCount: Int
        package let rowCount: Int
        package let fileCount: Int
    }

    package enum Failure: Error, Sendable, CustomStringConvertible {
        case folderNotEmpty(String)
        case notABackup(String)
        case damaged(String)
        case databaseNotEmpty

        package var description: String {
            switch self {
            case .folderNotEmpty(let path): "\(path) is not empty; name a new folder."
            case .notABackup(let path): "\(path) holds no manifest.json that Fascia wrote."
            case .damaged(let what): "The backup is damaged: \(what). Take another copy of it."
            case .databaseNotEmpty: "The database to restore into already has data; restore into an empty folder."
            }
        }
    }

    private let store: Store
    private let files: any Files

    package init(store: Store, files: any Files) {
        self.store = store
        self.files = files
    }

    /// Writes the backup while the clinic goes on. Files are only ever added, so those copied after the database's state
    /// was read contain every one that it names.
    package func write(to folder: URL) async throws -> Summary {
        let manager = FileManager.default
        if let inside = try? manager.contentsOfDirectory(atPath: folder.path), !inside.isEmpty {
            throw Failure.folderNotEmpty(folder.path)
        }
        try manager.createDirectory(
            at: folder.appendingPathComponent("tables"), withIntermediateDirectories: true)
        let postgresql = store.isPostgreSQL
        let tables = try await store.read { transaction in
            try Catalogue.tables(in: transaction, postgresql: postgresql).map { name in
                (name: name, rows: try transaction.rows("SELECT * FROM \(SQL(trustedWords: "\"\(name)\""))"))
            }
        }
        var manifest = Manifest()
        for table in tables {
            var text = Data()
            for row in table.rows {
                text += try JSONRow.encode(row)
                text.append(UInt8(ascii: "\n"))
            }
            try text.write(to: folder.appendingPathComponent("tables/\(table.name).jsonl"), options: .atomic)
            manifest.tables.append(.init(name: table.name, rowCount: table.rows.count, sha256: hexadecimalSHA256(text)))
        }
        for key in try await files.keys() {
            let bytes = Data(try await files.readAll(key))
            let target = folder.appendingPathComponent("files").appendingPathComponent(key)
            try manager.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try bytes.write(to: target, options: .atomic)
            manifest.files.append(.init(key: key, sha256: hexadecimalSHA256(bytes)))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // Last, so that a backup with a manifest is a whole one.
        try encoder.encode(manifest).write(to: folder.appendingPathComponent("manifest.json"), options: .atomic)
        return Summary(
            tableCount: tables.count, rowCount: tables.reduce(0) { $0 + $1.rows.count },
            fileCount: manifest.files.count)
    }

    /// Puts a backup into this store, which must have the same schema and no rows yet.
    package func restore(from folder: URL) async throws -> Summary {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("manifest.json")),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data), manifest.format == "fascia.backup/1"
        else { throw Failure.notABackup(folder.path) }
        var tables: [(name: String, rows: [Row])] = []
        for table in manifest.tables {
            let text = try Data(contentsOf: folder.appendingPathComponent("tables/\(table.name).jsonl"))
            guard hexadecimalSHA256(text) == table.sha256 else { throw Failure.damaged("tables/\(table.name).jsonl") }
            tables.append((table.name, try text.split(separator: UInt8(ascii: "\n")).map { try JSONRow.decode($0) }))
        }
        for file in manifest.files {
            let bytes = [UInt8](
                try Data(contentsOf: folder.appendingPathComponent("files").appendingPathComponent(file.key)))
            guard hexadecimalSHA256(Data(bytes)) == file.sha256 else { throw Failure.damaged("files/\(file.key)") }
            let upload = "restore-" + UUID().uuidString
            _ = try await files.append(bytes, toUpload: upload, at: 0)
            _ = try await files.seal(upload: upload, as: file.key, expectedSHA256: file.sha256)
        }
        let postgresql = store.isPostgreSQL
        let loaded = tables
        try await store.write { transaction in
            let known = try Catalogue.tables(in: transaction, postgresql: postgresql)
            // Rows that migrations themselves wrote (such as a version row) give way to the backup's.
            for name in known.reversed() where name != "schema_step" {
                let count = try transaction.value(Int.self, "SELECT count(*) FROM \(SQL(trustedWords: "\"\(name)\""))")
                if let count, count > 1 { throw Failure.databaseNotEmpty }
                if count == 1 { try transaction.run("DELETE FROM \(SQL(trustedWords: "\"\(name)\""))") }
            }
            for name in known {
                guard let table = loaded.first(where: { $0.name == name }), name != "schema_step" else { continue }
                for row in table.rows { try transaction.run(Self.insertion(of: row, into: name)) }
            }
        }
        return Summary(
            tableCount: tables.count, rowCount: tables.reduce(0) { $0 + $1.rows.count },
            fileCount: manifest.files.count)
    }

    private static func insertion(of row: Row, into table: String) -> SQL {
        let columns = row.columns.map { "\"\($0)\"" }.joined(separator: ", ")
        return SQL(trustedWords: "INSERT INTO \"\(table)\" (\(columns)) VALUES ") + SQL.list(row.values)
    }
}

extension StoredFile {
    fileprivate struct Line: Codable {
        let key: String
        let sha256: String
    }
}

/// The tables in the order in which they were made, so that a row's references exist before it.
enum Catalogue {
    static func tables(in transaction: any Transaction, postgresql: Bool) throws -> [String] {
        let sql: SQL =
            postgresql
            ? """
            SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname <> 'writer_turn'
                AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) ORDER BY oid
            """
            : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        return try transaction.rows(sql).map { try $0.get("name") }
    }
}
