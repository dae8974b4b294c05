// SPDX-License-Identifier: Apache-2.0

/// A JSON value that knows its line, so that whoever typed it can be told where a mistake is.
///
/// RFC 8259, UTF-8, at most `deepest` levels deep. The last of two equal keys would silently win elsewhere; here it is refused.
struct LocatedJSON: Sendable {
    let line: Int
    let value: Value

    enum Value: Sendable {
        case null
        case boolean(Bool)
        case number(Double)
        case text(String)
        case array([LocatedJSON])
        case object([String: LocatedJSON])
    }

    /// What a person calls this kind of value.
    var kindWords: String {
        switch value {
        case .null: "null"
        case .boolean: "true or false"
        case .number: "a number"
        case .text: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    static func parse(_ bytes: [UInt8]) throws(DocumentError) -> LocatedJSON {
        var reader = Reader(bytes: bytes)
        reader.skipByteOrderMark()
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.isAtEnd else { throw reader.fault("there is something after the end of the document") }
        return value
    }

    private static let deepest = 64

    private struct Reader {
        let bytes: [UInt8]
        var position = 0
        var line = 1

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position >= bytes.count }
        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        func fault(_ what: String) -> DocumentError {
            DocumentError(line: line, field: "", what: "not valid JSON: \(what)")
        }

        mutating func skipByteOrderMark() {
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                if byte == 0x0A { line += 1 }
                position += 1
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            position += 1
            return true
        }

        mutating func value(depth: Int) throws(DocumentError) -> LocatedJSON {
            guard depth < LocatedJSON.deepest else { throw fault("more than \(LocatedJSON.deepest) levels deep") }
            skipSpace()
            let begun = line
            guard let byte = next else { throw fault("it ends too early") }
            switch byte {
            case UInt8(ascii: "{"): return LocatedJSON(line: begun, value: .object(try object(depth)))
            case UInt8(ascii: "["): return LocatedJSON(line: begun, value: .array(try array(depth)))
            case UInt8(ascii: "\""): return LocatedJSON(line: begun, value: .text(try text()))
            case UInt8(ascii: "t"): return LocatedJSON(line: begun, value: try word("true", .boolean(true)))
            case UInt8(ascii: "f"): return LocatedJSON(line: begun, value: try word("false", .boolean(false)))
            case UInt8(ascii: "n"): return LocatedJSON(line: begun, value: try word("null", .null))
            default: return LocatedJSON(line: begun, value: .number(try number()))
            }
        }

        mutating func word(_ word: String, _ value: Value) throws(DocumentError) -> Value {
            guard bytes[position...].starts(with: word.utf8) else { throw fault("an unknown word") }
            position += word.utf8.count
            return value
        }

        mutating func object(_ depth: Int) throws(DocumentError) -> [String: LocatedJSON] {
            position += 1
            var members: [String: LocatedJSON] = [:]
            skipSpace()
            if take(UInt8(ascii: "}")) { return members }
            while true {
                skipSpace()
                guard next == UInt8(ascii: "\"") else { throw fault("a field's name in quotation marks is missing") }
                let name = try text()
                guard members[name] == nil else { throw fault("the field \(name) stands there twice") }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw fault("a colon is missing after \(name)") }
                members[name] = try value(depth: depth + 1)
                skipSpace()
                if take(UInt8(ascii: "}")) { return members }
                guard take(UInt8(ascii: ",")) else { throw fault("a comma or } is missing after \(name)") }
            }
        }

        mutating func array(_ depth: Int) throws(DocumentError) -> [LocatedJSON] {
            position += 1
            var elements: [LocatedJSON] = []
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            while true {
                elements.append(try value(depth: depth + 1))
                skipSpace()
                if take(UInt8(ascii: "]")) { return elements }
                guard take(UInt8(ascii: ",")) else { throw fault("a comma or ] is missing") }
            }
        }

        mutating func number() throws(DocumentError) -> Double {
            let begun = position
            func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
            _ = take(UInt8(ascii: "-"))
            guard isDigit(next) else { throw fault("a value is missing or has an unknown form") }
            if take(UInt8(ascii: "0")) {
                guard !isDigit(next) else { throw fault("a number begins with 0") }
            }
            while isDigit(next) { position += 1 }
            if take(UInt8(ascii: ".")) {
                guard isDigit(next) else { throw fault("digits are missing after the decimal point") }
                while isDigit(next) { position += 1 }
            }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
                guard isDigit(next) else { throw fault("digits are missing in the exponent") }
                while isDigit(next) { position += 1 }
            }
            guard let number = Double(String(decoding: bytes[begun..<position], as: UTF8.self)), number.isFinite else {
                throw fault("a number is too large")
            }
            return number
        }

        mutating func text() throws(DocumentError) -> String {
            position += 1
            var units: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let text = String(validating: units, as: UTF8.self) else {
                        throw fault("a text is not UTF-8")
                    }
                    return text
                case UInt8(ascii: "\\"): units += Array(String(try escape()).utf8)
                case 0..<0x20: throw fault("a text is not closed on its line")
                default: units.append(byte)
                }
            }
            throw fault("a text is not closed")
        }

        mutating func escape() throws(DocumentError) -> Character {
            guard let byte = next else { throw fault("a text is not closed") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(UnicodeScalar(byte))
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{c}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"):
                let first = try hexadecimal()
                guard (0xD800..<0xDC00).contains(first) else {
                    guard let scalar = UnicodeScalar(first) else { throw fault("half a surrogate pair") }
                    return Character(scalar)
                }
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault("half a surrogate pair") }
                let second = try hexadecimal()
                guard (0xDC00..<0xE000).contains(second),
                    let scalar = UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
                else { throw fault("half a surrogate pair") }
                return Character(scalar)
            default: throw fault("an unknown escape in a text")
            }
        }

        mutating func hexadecimal() throws(DocumentError) -> UInt32 {
            guard position + 4 <= bytes.count,
                let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
            else { throw fault("four hexadecimal digits are missing after \\u") }
            position += 4
            return value
        }
    }
}

/// What is wrong in a document, and where.
public struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    public let line: Int
    /// The field's path, like `entries[3].value`; empty where the document cannot be read at all.
    public let field: String
    /// What is wrong, and what is expected.
    public let what: String

    /// `line 12: entries[3].value: …`
    public var description: String { "line \(line): \(field.isEmpty ? "" : "\(field): ")\(what)" }
}
