// SPDX-License-Identifier: Apache-2.0

/// A value in a document together with the path to it: reading a field either succeeds or says where and why not.
struct LocatedField {
    let json: LocatedJSON
    let path: String

    func fault(_ what: String) -> DocumentError { DocumentError(line: json.line, field: path, what: what) }

    /// A field that may be missing or null.
    func optional(_ name: String) throws(DocumentError) -> LocatedField? {
        guard case .object(let members) = json.value else {
            throw fault("is \(json.kindWords); an object is expected")
        }
        guard let member = members[name] else { return nil }
        if case .null = member.value { return nil }
        return LocatedField(json: member, path: path.isEmpty ? name : "\(path).\(name)")
    }

    /// A field that must be there.
    func required(_ name: String) throws(DocumentError) -> LocatedField {
        if let field = try optional(name) { return field }
        throw DocumentError(line: json.line, field: path.isEmpty ? name : "\(path).\(name)", what: "is missing")
    }

    /// A list's elements; none where the field is missing.
    func elements(_ name: String) throws(DocumentError) -> [LocatedField] {
        guard let field = try optional(name) else { return [] }
        guard case .array(let elements) = field.json.value else {
            throw field.fault("is \(field.json.kindWords); a list is expected")
        }
        return elements.enumerated().map { LocatedField(json: $1, path: "\(field.path)[\($0)]") }
    }

    func text() throws(DocumentError) -> String {
        guard case .text(let text) = json.value else { throw fault("is \(json.kindWords); a text is expected") }
        return text
    }

    func boolean() throws(DocumentError) -> Bool {
        guard case .boolean(let value) = json.value else {
            throw fault("is \(json.kindWords); true or false is expected")
        }
        return value
    }

    func number(in range: ClosedRange<Double>) throws(DocumentError) -> Double {
        guard case .number(let number) = json.value else { throw fault("is \(json.kindWords); a number is expected") }
        guard range.contains(number) else {
            throw fault("is \(plain(number)); \(plain(range.lowerBound)) to \(plain(range.upperBound)) is expected")
        }
        return number
    }

    /// One of an enumeration's words.
    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(DocumentError) -> Choice
    where Choice.RawValue == String {
        let text = try text()
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw fault("is “\(text)”; one of \(known) is expected")
        }
        return choice
    }

    /// A date, or the date of a date and time as it is written there, with the seconds since that day's midnight.
    func moment() throws(DocumentError) -> (day: Day, second: Int) {
        let text = try text()
        let expected = "is “\(text)”; a date like 2026-02-01 is expected (ISO 8601)"
        guard let day = Day(iso: text.prefix(10)) else { throw fault(expected) }
        let rest = Array(text.utf8.dropFirst(10))
        guard !rest.isEmpty else { return (day, 0) }
        guard rest[0] == UInt8(ascii: "T"), let second = Self.second(rest.dropFirst()) else { throw fault(expected) }
        return (day, second)
    }

    func day() throws(DocumentError) -> Day { try moment().day }

    /// The second of `hh:mm[:ss[.fraction]]` with an optional zone behind it.
    private static func second(_ bytes: ArraySlice<UInt8>) -> Int? {
        let text = String(decoding: bytes, as: UTF8.self)
        let clock = text.prefix { $0 != "Z" && $0 != "+" && $0 != "-" }
        let zone = text.dropFirst(clock.count)
        guard zone.isEmpty || zone == "Z" || isClock(zone.dropFirst()) else { return nil }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = pair(parts[0]), hour < 24, let minute = pair(parts[1]),
            minute < 60
        else { return nil }
        guard parts.count == 3 else { return hour * 3600 + minute * 60 }
        let whole = parts[2].prefix { $0 != "." }, fraction = parts[2].dropFirst(whole.count)
        guard let second = pair(whole), second <= 60,
            fraction.isEmpty || (fraction.count > 1 && fraction.dropFirst().allSatisfy { $0.isASCII && $0.isNumber })
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func isClock(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1, text.count == 4 { return pair(text.prefix(2)) != nil && pair(text.suffix(2)) != nil }
        return (1...2).contains(parts.count) && parts.allSatisfy { pair($0) != nil }
    }

    private static func pair(_ text: Substring) -> Int? {
        text.utf8.count == 2 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
