// SPDX-License-Identifier: Apache-2.0

import CPostgreSQL
import Dispatch
import Foundation

/// One libpq connection with a serial queue of its own, because a libpq call blocks its thread.
///
/// `@unchecked Sendable`: the pointer and the statement names are touched only by code running on `queue`
/// (`perform` is the only way in), and libpq allows a connection to be used from one thread at a time.
@safe final class PostgreSQLConnection: @unchecked Sendable {
    private let queue = DispatchQueue(label: "fascia.postgresql")
    private let url: String
    private var connection: OpaquePointer?
    private var prepared: [String: String] = [:]

    init(url: String) { self.url = url }

    deinit { unsafe PQfinish(connection) }

    func perform<T: Sendable>(_ body: @escaping @Sendable (PostgreSQLConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        try self.connectIfNeeded()
                        return try body(self)
                    })
            }
        }
    }

    private func connectIfNeeded() throws {
        if let connection = unsafe connection, unsafe PQstatus(connection) == CONNECTION_OK { return }
        unsafe PQfinish(connection)
        unsafe connection = nil
        prepared = [:]
        let fresh = unsafe PQconnectdb(url)
        guard unsafe PQstatus(fresh) == CONNECTION_OK else {
            let message = unsafe String(cString: PQerrorMessage(fresh))
            unsafe PQfinish(fresh)
            throw DatabaseError.unavailable("PostgreSQL does not answer: \(message)")
        }
        unsafe connection = fresh
        // Notices (such as "relation already exists, skipping") are no one's news.
        _ = unsafe PQsetNoticeProcessor(fresh, { _, _ in }, nil)
    }

    /// Runs words without parameters, several statements allowed.
    func command(_ words: String) throws {
        let result = unsafe PQexec(connection, words)
        defer { unsafe PQclear(result) }
        try unsafe check(result)
    }

    func execute(_ sql: SQL) throws -> (changed: Int, rows: [Row]) {
        let (text, values) = sql.rendered(numbered: true)
        let name = try preparedName(text, parameterCount: values.count)
        let parameters = values.map(\.postgreSQLText)
        let result = unsafe withCStrings(parameters) { pointers in
            unsafe PQexecPrepared(connection, name, Int32(values.count), pointers, nil, nil, 0)
        }
        defer { unsafe PQclear(result) }
        try unsafe check(result)
        let changed = unsafe Int(String(cString: PQcmdTuples(result))) ?? 0
        return (changed, unsafe rows(of: result))
    }

    private func preparedName(_ text: String, parameterCount: Int) throws -> String {
        if let name = prepared[text] { return name }
        if prepared.count >= 500 {
            try command("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        let result = unsafe PQprepare(connection, name, text, Int32(parameterCount), nil)
        defer { unsafe PQclear(result) }
        try unsafe check(result)
        prepared[text] = name
        return name
    }

    private func check(_ result: OpaquePointer?) throws {
        let status = unsafe PQresultStatus(result)
        guard status != PGRES_COMMAND_OK, status != PGRES_TUPLES_OK else { return }
        let message = unsafe String(cString: PQresultErrorMessage(result))
        // PG_DIAG_SQLSTATE is the character C; PG_DIAG_MESSAGE_PRIMARY, M, holds no bound value.
        let state = unsafe PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { unsafe String(cString: $0) }
        let primary = unsafe PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { unsafe String(cString: $0) }
        switch state {
        case "23505": throw DatabaseError.unique(primary ?? message)
        case "23503": throw DatabaseError.foreignKey(primary ?? message)
        case "23514", "23502": throw DatabaseError.check(primary ?? message)
        case "40001", "40P01": throw DatabaseError.retry(primary ?? message)
        case .some(let code): throw DatabaseError.other(code: code, message: primary ?? message)
        case nil: throw DatabaseError.unavailable("PostgreSQL went away: \(message)")
        }
    }

    private func rows(of result: OpaquePointer?) -> [Row] {
        let columnCount = unsafe PQnfields(result)
        guard columnCount > 0 else { return [] }
        let columns = (0..<columnCount).map { unsafe String(cString: PQfname(result, $0)) }
        let types = (0..<columnCount).map { unsafe PQftype(result, $0) }
        return (0..<(unsafe PQntuples(result))).map { row in
            let values = (0..<columnCount).map { column in
                if unsafe PQgetisnull(result, row, column) == 1 { return SQLValue.null }
                let text = unsafe String(cString: PQgetvalue(result, row, column))
                return SQLValue(postgreSQLText: text, type: types[Int(column)])
            }
            return Row(columns: columns, values: values)
        }
    }
}

/// Calls `body` with an array of C strings (or nulls) that live for the length of the call.
private func withCStrings<T>(
    _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> T
) rethrows -> T {
    let copies = unsafe texts.map { text in unsafe text.flatMap { unsafe strdup($0) } }
    defer { unsafe copies.forEach { copy in unsafe free(copy) } }
    let pointers = unsafe copies.map { copy in unsafe copy.map { unsafe UnsafePointer($0) } }
    return try unsafe pointers.withUnsafeBufferPointer { try unsafe body($0.baseAddress) }
}

extension SQLValue {
    fileprivate var postgreSQLText: String? {
        switch self {
        case .null: nil
        case .integer(let integer): String(integer)
        case .real(let real): String(real)
        // PostgreSQL text cannot hold a zero character; SQLite's can, so it is dropped on both ways in.
        case .text(let text): text.utf8.contains(0) ? text.filter { $0 != "\0" } : text
        case .blob(let bytes):
            "\\x" + bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
    }

    /// Type numbers are those of PostgreSQL's `pg_type.dat`.
    fileprivate init(postgreSQLText text: String, type: Oid) {
        switch type {
        case 16: self = .integer(text == "t" ? 1 : 0)
        case 20, 21, 23, 26: self = Int64(text).map { .integer($0) } ?? .text(text)
        case 700, 701: self = Double(text).map { .real($0) } ?? .text(text)
        case 1700: self = Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        case 17: self = .blob(Self.bytes(hexadecimal: text.dropFirst(2)))
        default: self = .text(text)
        }
    }

    private static func bytes(hexadecimal text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            let digit = character < 58 ? character &- 48 : (character | 32) &- 87
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
