// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// A row as one line of JSON; every value says its kind, so that nothing changes on the way.
enum JSONRow {
    private struct Cell: Codable {
        var column: String
        var integer: Int64?
        /// The bits, because text may round.
        var realBits: UInt64?
        var text: String?
        var blob: Data?
    }

    static func encode(_ row: Row) throws -> Data {
        let cells = zip(row.columns, row.values).map { column, value in
            var cell = Cell(column: column)
            switch value {
            case .null: break
            case .integer(let integer): cell.integer = integer
            case .real(let real): cell.realBits = real.bitPattern
            case .text(let text): cell.text = text
            case .blob(let bytes): cell.blob = Data(bytes)
            }
            return cell
        }
        return try JSONEncoder().encode(cells)
    }

    static func decode(_ line: Data) throws -> Row {
        let cells = try JSONDecoder().decode([Cell].self, from: line)
        let values = cells.map { cell -> SQLValue in
            if let integer = cell.integer { return .integer(integer) }
            if let bits = cell.realBits { return .real(Double(bitPattern: bits)) }
            if let text = cell.text { return .text(text) }
            if let blob = cell.blob { return .blob([UInt8](blob)) }
            return .null
        }
        return Row(columns: cells.map(\.column), values: values)
    }
}

func hexadecimalSHA256(_ data: Data) -> String {
    SHA256.hash(data: data).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
