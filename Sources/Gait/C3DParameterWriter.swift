// SPDX-License-Identifier: Apache-2.0

/// Builds the parameter section of a C3D file.
struct C3DParameterWriter {
    let encoding: NumberEncoding
    private var records: [UInt8] = []
    private var groupNumber: UInt8 = 0

    init(encoding: NumberEncoding) { self.encoding = encoding }

    mutating func group(_ name: String) {
        groupNumber += 1
        let text = Array(name.utf8.prefix(127))
        records += [UInt8(text.count), UInt8(bitPattern: -Int8(groupNumber))] + text
        records += encoding.bytes(of: UInt16(3)) + [0]
    }

    mutating func word(_ name: String, _ value: Int) {
        parameter(name, size: 2, dimensions: [], encoding.bytes(of: UInt16(clamping: value)))
    }

    mutating func words(_ name: String, _ values: [Int], dimensions: [Int]? = nil) {
        for (part, chunk) in chunks(values, dimensions).enumerated() {
            parameter(
                continued(name, part), size: 2, dimensions: dimensions ?? [chunk.count],
                chunk.flatMap { encoding.bytes(of: UInt16(truncatingIfNeeded: $0)) })
        }
    }

    mutating func float(_ name: String, _ value: Double) {
        parameter(name, size: 4, dimensions: [], encoding.bytes(of: Float(value)))
    }

    mutating func floats(_ name: String, _ values: [Double], dimensions: [Int]) {
        for (part, chunk) in chunks(values, dimensions.count == 1 ? nil : dimensions).enumerated() {
            parameter(
                continued(name, part), size: 4, dimensions: dimensions.count == 1 ? [chunk.count] : dimensions,
                chunk.flatMap { encoding.bytes(of: Float($0)) })
        }
    }

    mutating func texts(_ name: String, _ texts: [String]) {
        let cells = texts.map { Array($0.utf8.prefix(255)) }
        for (part, chunk) in chunks(cells, nil).enumerated() {
            let width = max(1, chunk.map(\.count).max() ?? 1)
            let padded = chunk.flatMap { $0 + [UInt8](repeating: 32, count: width - $0.count) }
            parameter(continued(name, part), size: -1, dimensions: [width, chunk.count], padded)
        }
    }

    /// The section, filled to whole blocks of 512 bytes.
    func section() -> [UInt8] {
        var bytes: [UInt8] = [1, 0x50, 0, encoding.rawValue] + records + [0, 0]
        while bytes.count % 512 != 0 { bytes.append(0) }
        // The byte holds up to 255 blocks; readers find the samples by the header.
        bytes[2] = UInt8(clamping: bytes.count / 512)
        return bytes
    }

    /// One dimension holds 255 elements: more go to further parameters.
    private func chunks<T>(_ values: [T], _ dimensions: [Int]?) -> [[T]] {
        guard dimensions == nil, values.count > 255 else { return [values] }
        return Swift.stride(from: 0, to: values.count, by: 255).map {
            Array(values[$0..<min(values.count, $0 + 255)])
        }
    }

    private func continued(_ name: String, _ part: Int) -> String { part == 0 ? name : "\(name)\(part + 1)" }

    private mutating func parameter(_ name: String, size: Int8, dimensions: [Int], _ data: [UInt8]) {
        let text = Array(name.utf8.prefix(127))
        records += [UInt8(text.count), groupNumber] + text
        let body =
            [UInt8(bitPattern: size), UInt8(clamping: dimensions.count)] + dimensions.map { UInt8(clamping: $0) } + data
            + [0]
        records += encoding.bytes(of: UInt16(clamping: body.count + 2)) + body
    }
}
