// SPDX-License-Identifier: Apache-2.0

/// The parameter section of a C3D file: named arrays in named groups.
struct C3DParameters: Sendable {
    /// One array with its dimensions, the first running fastest.
    struct Parameter: Sendable {
        enum Values: Sendable {
            case text([String])
            case bytes([UInt8])
            /// As written, without a sign: files use the sign bit for counts beyond 32767.
            case integers([UInt16])
            case reals([Float])
        }
        var dimensions: [Int]
        var values: Values
        var byteOffset: Int
    }

    private var byName: [String: Parameter] = [:]

    var isEmpty: Bool { byName.isEmpty }

    /// Every parameter by "GROUP:NAME".
    var all: [(name: String, parameter: Parameter)] { byName.map { ($0.key, $0.value) } }

    subscript(_ group: String, _ name: String) -> Parameter? { byName["\(group):\(name)"] }

    /// The texts of a parameter and of its continuations: LABELS, LABELS2, LABELS3, …
    func texts(_ group: String, _ name: String) -> [String] {
        continued(group, name) { parameter -> [String]? in
            if case .text(let texts) = parameter.values { texts } else { nil }
        }
    }

    /// The numbers of a parameter and of its continuations; integers with their sign.
    func numbers(_ group: String, _ name: String) -> [Double] {
        continued(group, name) { $0.numbers }
    }

    /// The first number of a parameter, as it is.
    func number(_ group: String, _ name: String) -> Double? {
        self[group, name]?.numbers.first
    }

    /// A count: an integer without sign, or a float where the count is beyond 65535.
    func count(_ group: String, _ name: String) -> Int? {
        guard let parameter = self[group, name] else { return nil }
        switch parameter.values {
        case .integers(let values): return values.first.map(Int.init)
        case .bytes(let values): return values.first.map(Int.init)
        case .reals(let values): return values.first.flatMap { Int(exactly: $0.rounded()) }
        case .text: return nil
        }
    }

    /// A frame number in two 16-bit words, low first, or in one number.
    func frameNumber(_ group: String, _ name: String) -> Int? {
        guard let parameter = self[group, name] else { return nil }
        if case .integers(let words) = parameter.values, words.count >= 2 {
            return Int(words[0]) | (Int(words[1]) << 16)
        }
        return count(group, name)
    }

    /// All numbers of a group's single-valued parameters.
    func singleNumbers(ofGroup group: String) -> [String: Double] {
        var found: [String: Double] = [:]
        for (name, parameter) in byName where name.hasPrefix("\(group):") {
            let numbers = parameter.numbers
            guard numbers.count == 1, let number = numbers.first, number.isFinite else { continue }
            found[parameterNames[name] ?? String(name.dropFirst(group.count + 1))] = number
        }
        return found
    }

    /// The spelling in the file; look-up ignores case.
    private var parameterNames: [String: String] = [:]

    private func continued<T>(_ group: String, _ name: String, _ values: (Parameter) -> [T]?) -> [T] {
        guard let first = self[group, name].flatMap(values) else { return [] }
        var all = first
        var part = 2
        while let next = self[group, "\(name)\(part)"].flatMap(values) {
            all += next
            part += 1
        }
        return all
    }
}

extension C3DParameters.Parameter {
    /// As numbers, integers with their sign; empty for text.
    var numbers: [Double] {
        switch values {
        case .text: []
        case .bytes(let values): values.map { Double($0) }
        case .integers(let values): values.map { Double(Int16(bitPattern: $0)) }
        case .reals(let values): values.map(Double.init)
        }
    }
}

extension C3DParameters {
    /// Reads the section from `start` (its four-byte head) up to `end`.
    ///
    /// Each record names the place of the next. A record whose own data reaches beyond that place, or a section that
    /// runs into the samples, is refused: which of the two is wrong cannot be known.
    init(_ reader: ByteReader, start: Int, end: Int) throws(RecordingError) {
        struct Raw {
            var group: Int
            var name: String
            var parameter: Parameter
        }
        var groups: [Int: String] = [:]
        var raw: [Raw] = []
        var position = start + 4
        while position < end {
            let nameLength = abs(try reader.signedByte(at: position))
            guard nameLength > 0 else { break }
            let group = try reader.signedByte(at: position + 1)
            let nameEnd = position + 2 + nameLength
            let name = recordedText(try reader.slice((position + 2)..<nameEnd))
            let step = try reader.unsigned16(at: nameEnd)
            var next = step == 0 ? end : nameEnd + step
            if next > end, group > 0, try Self.isLast(reader, recordBodyAt: nameEnd + 2, end: end) { next = end }
            guard next <= end, nameEnd + 2 <= next else {
                throw RecordingError(
                    .damagedDescription, "The parameter “\(name)” points outside of the parameter section",
                    at: position)
            }
            if group < 0 {
                groups[-group] = name
            } else {
                let parameter = try Self.parameter(reader, at: nameEnd + 2, end: next, name: name)
                raw.append(Raw(group: group, name: name, parameter: parameter))
            }
            if step == 0 { break }
            position = next
        }
        for entry in raw {
            guard let group = groups[entry.group] else { continue }
            let key = "\(group.uppercased()):\(entry.name.uppercased())"
            guard byName[key] == nil else { continue }
            byName[key] = entry.parameter
            parameterNames[key] = entry.name
        }
    }

    /// Whether nothing but zeros follows a parameter: one program wrote the last record's step in the wrong byte order.
    private static func isLast(_ reader: ByteReader, recordBodyAt offset: Int, end: Int) throws(RecordingError) -> Bool
    {
        let (_, dataStart, byteCount) = try extent(reader, at: offset, end: end, name: "")
        let remark = dataStart + byteCount
        let recordEnd = remark + 1 + Int(try reader.byte(at: remark))
        guard recordEnd <= end else { return false }
        return try reader.slice(recordEnd..<end).allSatisfy { $0 == 0 }
    }

    private static func parameter(
        _ reader: ByteReader, at offset: Int, end: Int, name: String
    ) throws(RecordingError) -> Parameter {
        let size = try reader.signedByte(at: offset)
        let (dimensions, dataStart, byteCount) = try extent(reader, at: offset, end: end, name: name)
        return Parameter(
            dimensions: dimensions,
            values: try values(
                reader, size: size, dimensions: dimensions, elementCount: byteCount / abs(size), at: dataStart),
            byteOffset: offset)
    }

    /// A parameter's dimensions and where its data lies, which is within the section or refused.
    private static func extent(
        _ reader: ByteReader, at offset: Int, end: Int, name: String
    ) throws(RecordingError) -> (dimensions: [Int], dataStart: Int, byteCount: Int) {
        let size = try reader.signedByte(at: offset)
        guard [-1, 1, 2, 4].contains(size) else {
            throw RecordingError(
                .damagedDescription, "The parameter “\(name)” has the unknown type \(size)", at: offset)
        }
        let dimensionCount = Int(try reader.byte(at: offset + 1))
        var dimensions: [Int] = []
        // No overflow: the product stops at the file's length, and one more factor is at most 255.
        var elementCount = 1
        for index in 0..<dimensionCount {
            let dimension = Int(try reader.byte(at: offset + 2 + index))
            dimensions.append(dimension)
            elementCount = min(elementCount, reader.count + 1) * dimension
        }
        let byteCount = min(elementCount, reader.count + 1) * abs(size)
        let dataStart = offset + 2 + dimensionCount
        guard dataStart + byteCount <= end else {
            throw RecordingError(
                .damagedDescription,
                "The parameter “\(name)” claims \(byteCount) bytes, more than the file has for it", at: offset)
        }
        return (dimensions, dataStart, byteCount)
    }

    private static func values(
        _ reader: ByteReader, size: Int, dimensions: [Int], elementCount: Int, at start: Int
    ) throws(RecordingError) -> Parameter.Values {
        switch size {
        case -1:
            let width = dimensions.first ?? 1
            guard width > 0 else { return .text([]) }
            var texts: [String] = []
            for index in 0..<(elementCount / width) {
                let first = start + index * width
                texts.append(recordedText(try reader.slice(first..<(first + width))))
            }
            return .text(texts)
        case 1:
            return .bytes(Array(try reader.slice(start..<(start + elementCount))))
        case 2:
            _ = try reader.slice(start..<(start + 2 * elementCount))
            return .integers((0..<elementCount).map { reader.unchecked16(at: start + 2 * $0) })
        default:
            _ = try reader.slice(start..<(start + 4 * elementCount))
            return .reals((0..<elementCount).map { reader.uncheckedFloat(at: start + 4 * $0) })
        }
    }
}
