// SPDX-License-Identifier: Apache-2.0

/// A statement whose interpolated values are always bound, never spliced.
///
///     let name = "O'Hara"
///     try transaction.rows("SELECT id FROM patient WHERE name = \(name)")
///
/// An interpolated `SQL` nests as a fragment. Write the subset both engines speak (`Storage.md`).
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    enum Piece: Sendable {
        case words(String)
        case value(SQLValue)
    }

    private(set) var pieces: [Piece]

    package init(stringLiteral words: String) { pieces = [.words(words)] }

    package init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

    /// Words that the program itself made, such as a table name out of the catalogue; never anything that a person typed.
    package init(trustedWords words: String) { pieces = [.words(words)] }

    /// `(a, b, c)` of bound values, for `IN`; an empty list matches nothing.
    package static func list<T: Bindable>(_ values: some Sequence<T>) -> SQL {
        var sql: SQL = "("
        var first = true
        for value in values {
            if !first { sql.pieces.append(.words(", ")) }
            sql.pieces.append(.value(value.sqlValue))
            first = false
        }
        if first { sql.pieces.append(.words("NULL")) }
        sql.pieces.append(.words(")"))
        return sql
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.pieces += right.pieces
        return sum
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { pieces.append(.words(literal)) }
        }

        package mutating func appendInterpolation<T: Bindable>(_ value: T) { pieces.append(.value(value.sqlValue)) }
        package mutating func appendInterpolation<T: Bindable>(_ value: T?) {
            pieces.append(.value(value?.sqlValue ?? .null))
        }
        package mutating func appendInterpolation(_ fragment: SQL) { pieces += fragment.pieces }
    }

    /// The text with its place holders, and the values in their order.
    func rendered(numbered: Bool) -> (text: String, values: [SQLValue]) {
        var text = ""
        var values: [SQLValue] = []
        for piece in pieces {
            switch piece {
            case .words(let words): text += words
            case .value(let value):
                values.append(value)
                if numbered { text += "$\(values.count)" } else { text += "?" }
            }
        }
        return (text, values)
    }
}
