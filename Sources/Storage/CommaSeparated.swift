// SPDX-License-Identifier: Apache-2.0

/// Tables as text (RFC 4180): read as spreadsheets write them, written as spreadsheets read them.
package enum CommaSeparated {
    /// One record with the number of the line on which it begins, counted from 1.
    package struct Record: Sendable, Hashable {
        package let line: Int
        package let fields: [String]
    }

    package enum Fault: Error, Sendable, Hashable {
        /// A quotation mark that opens on this line is never closed.
        case openQuote(line: Int)
        /// Something follows a closing quotation mark on this line.
        case textAfterQuote(line: Int)
    }

    /// Reads records. The separator is the comma, or the semicolon or tab where the first line has more of them. A byte order
    /// mark is left out, line ends may be CRLF, LF or CR, and lines without any text are skipped.
    /// - Throws: `Fault`.
    package static func read(_ text: String) throws(Fault) -> [Record] {
        let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        let separator = separator(of: text)
        var records: [Record] = []
        var fields: [String] = []
        var field = ""
        var (line, begun, quoteLine) = (1, 1, 0)
        var (isQuoted, wasQuoted) = (false, false)
        var characters = text.makeIterator()
        var next = characters.next()
        func isBlank() -> Bool { fields.isEmpty && field.allSatisfy(\.isWhitespace) && !wasQuoted }
        while let character = next {
            next = characters.next()
            if isQuoted {
                if character == "\"" {
                    if next == "\"" {
                        field.append("\"")
                        next = characters.next()
                    } else {
                        isQuoted = false
                    }
                } else {
                    if character.isNewline { line += 1 }
                    field.append(character)
                }
            } else if character == separator {
                fields.append(field)
                (field, wasQuoted) = ("", false)
            } else if character.isNewline {
                if !isBlank() { records.append(Record(line: begun, fields: fields + [field])) }
                (fields, field, wasQuoted) = ([], "", false)
                line += 1
                begun = line
            } else if character == "\"", field.isEmpty, !wasQuoted {
                (isQuoted, wasQuoted, quoteLine) = (true, true, line)
            } else {
                guard !wasQuoted || character == " " else { throw .textAfterQuote(line: line) }
                if !wasQuoted { field.append(character) }
            }
        }
        guard !isQuoted else { throw .openQuote(line: quoteLine) }
        if !isBlank() { records.append(Record(line: begun, fields: fields + [field])) }
        return records
    }

    private static func separator(of text: String) -> Character {
        let first = text.prefix { !$0.isNewline }
        return ([",", ";", "\t"] as [Character]).max { a, b in
            first.count { $0 == a } < first.count { $0 == b }
        } ?? ","
    }

    /// One record with its line end. A field that a spreadsheet would take for a formula is kept from being one.
    package static func line(_ fields: [String]) -> String {
        fields.map { field in
            let safe = field.first.map { "=+@\t\r".contains($0) } ?? false ? "'" + field : field
            guard safe.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return safe }
            return "\"" + safe.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",") + "\r\n"
    }
}
