// SPDX-License-Identifier: Apache-2.0

/// What a unit of work may do to the database. It lives only inside `Store.read` or `Store.write`, on one thread.
package protocol Transaction {
    /// Runs one statement; the number of rows that it changed.
    @discardableResult
    func run(_ sql: SQL) throws -> Int
    /// Runs one statement and gives all its rows.
    func rows(_ sql: SQL) throws -> [Row]
}

extension Transaction {
    package func first(_ sql: SQL) throws -> Row? { try rows(sql).first }

    /// The first column of the first row, or nil where there is no row.
    package func value<T: Bindable>(_ type: T.Type = T.self, _ sql: SQL) throws -> T? {
        guard let row = try first(sql) else { return nil }
        return try row.get(at: 0, as: type)
    }
}

/// One row of an answer; columns are read by their name.
package struct Row: Sendable {
    package let columns: [String]
    package let values: [SQLValue]

    package init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    package func get<T: Bindable>(_ column: String, as type: T.Type = T.self) throws -> T {
        guard let index = columns.firstIndex(of: column) else {
            throw DatabaseError.column("no column \(column); there are \(columns.joined(separator: ", "))")
        }
        return try get(at: index, as: type)
    }

    package func get<T: Bindable>(at index: Int, as type: T.Type = T.self) throws -> T {
        guard values.indices.contains(index) else { throw DatabaseError.column("no column \(index)") }
        guard let value = T.decode(values[index]) else {
            let kind =
                switch values[index] {
                case .null: "NULL"
                case .integer: "an integer"
                case .real: "a real number"
                case .text: "text"
                case .blob: "bytes"
                }
            throw DatabaseError.column("column \(columns[index]) holds \(kind), which is no \(T.self)")
        }
        return value
    }
}

/// What a database refuses, in words both engines share. No case carries a bound value, so none can leak into a log.
package enum DatabaseError: Error, Sendable, Equatable {
    case unique(String)
    case foreignKey(String)
    case check(String)
    /// The transaction met another; `Store` runs it again by itself and gives this up only after many tries.
    case retry(String)
    /// A row does not have the shape that the code expects.
    case column(String)
    /// The database can't be reached or opened.
    case unavailable(String)
    /// The stored schema is not the one this program knows.
    case schema(String)
    case other(code: String, message: String)
}
