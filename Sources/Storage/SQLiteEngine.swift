// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// SQLite through GRDB: one writer, many readers, write-ahead log, every commit on disk before it is acknowledged.
final class SQLiteEngine: Engine {
    private let pool: DatabasePool
    private let commits: GroupCommit

    init(file: URL) throws {
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 8
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            pool = try DatabasePool(path: file.path, configuration: configuration)
            // After the pool is made, which sets it to NORMAL: with that, a power cut may take back what was acknowledged.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        } catch {
            throw DatabaseError.unavailable("cannot open \(file.path): \(error)")
        }
        commits = GroupCommit(pool: pool)
    }

    let isPostgreSQL = false

    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await pool.read { database in
            try translatingErrors { try body(SQLiteTransaction(database: database)) }
        }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        do {
            return try await commits.write { database in
                try translatingErrors { try body(SQLiteTransaction(database: database)) }
            }
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError(error)
        }
    }

    func close() throws { try pool.close() }
}

private func translatingErrors<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as GRDB.DatabaseError { throw DatabaseError(error) }
}

private struct SQLiteTransaction: Transaction {
    let database: Database

    func run(_ sql: SQL) throws -> Int {
        let (text, values) = sql.rendered(numbered: false)
        return try translatingErrors {
            let statement = try database.cachedStatement(sql: text)
            let before = database.totalChangesCount
            try statement.execute(arguments: StatementArguments(values))
            return database.totalChangesCount - before
        }
    }

    func rows(_ sql: SQL) throws -> [Row] {
        let (text, values) = sql.rendered(numbered: false)
        return try translatingErrors {
            let statement = try database.cachedStatement(sql: text)
            let columns = statement.columnNames
            let cursor = try GRDB.Row.fetchCursor(
                statement, arguments: StatementArguments(values))
            var rows: [Row] = []
            while let row = try cursor.next() {
                rows.append(Row(columns: columns, values: row.databaseValues.map(SQLValue.init)))
            }
            return rows
        }
    }
}

extension StatementArguments {
    /// As existentials, because for one type GRDB makes a key path anew each time, which takes longer than the statement.
    fileprivate init(_ values: [SQLValue]) {
        self.init(values.map { $0.databaseValue as (any DatabaseValueConvertible)? })
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let integer): integer.databaseValue
        case .real(let real): real.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        case .double(let real): self = .real(real)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob([UInt8](data))
        }
    }
}

extension DatabaseError {
    fileprivate init(_ error: GRDB.DatabaseError) {
        let message = error.message ?? "no message"
        self =
            switch error.extendedResultCode {
            case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: .unique(message)
            case .SQLITE_CONSTRAINT_FOREIGNKEY: .foreignKey(message)
            case .SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL: .check(message)
            default:
                switch error.resultCode {
                case .SQLITE_BUSY, .SQLITE_LOCKED: .retry(message)
                case .SQLITE_CANTOPEN, .SQLITE_NOTADB, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CORRUPT:
                    .unavailable(message)
                default: .other(code: "SQLite \(error.extendedResultCode.rawValue)", message: message)
                }
            }
    }
}
