// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes attributes as a data set in explicit little endian: what a machine is answered.
package enum DataSetWriter {
    /// Explicit little endian.
    package static let transferSyntax = "1.2.840.10008.1.2.1"

    package static func bytes(_ attributes: Attributes) -> [UInt8] {
        var out: [UInt8] = []
        write(attributes, to: &out)
        return out
    }

    /// The same as a file of its own (PS3.10), for what the clinic makes itself.
    package static func file(_ attributes: Attributes, sopClass: String, sopInstance: String) -> [UInt8] {
        var meta = Attributes()
        meta[DICOMTag(0x0002_0001)] = .init("OB", [], inlineBinary: Data([0, 1]).base64EncodedString())
        meta.set(DICOMTag(0x0002_0002), "UI", sopClass)
        meta.set(DICOMTag(0x0002_0003), "UI", sopInstance)
        meta.set(DICOMTag(0x0002_0010), "UI", transferSyntax)
        meta.set(DICOMTag(0x0002_0012), "UI", "2.25.260432614285943391417432361327829561433")
        let body = bytes(meta)
        var length = Attributes()
        length.set(DICOMTag(0x0002_0000), "UL", number: Double(body.count))
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + bytes(length) + body + bytes(attributes)
    }

    private static let longForms: Set<String> = [
        "OB", "OW", "OF", "OD", "OL", "OV", "SQ", "UC", "UR", "UT", "UN", "SV", "UV",
    ]

    private static func write(_ attributes: Attributes, to out: inout [UInt8]) {
        for tag in attributes.elements.keys.sorted() {
            guard let element = attributes[tag] else { continue }
            var value = element.vr == "SQ" ? sequence(element) : plain(element)
            if value.count % 2 == 1 { value.append(["UI", "OB", "UN"].contains(element.vr) ? 0 : 32) }
            append(UInt16(truncatingIfNeeded: tag.number >> 16), to: &out)
            append(UInt16(truncatingIfNeeded: tag.number), to: &out)
            out += Array(element.vr.utf8.prefix(2))
            if longForms.contains(element.vr) {
                out += [0, 0]
                append(UInt32(truncatingIfNeeded: value.count), to: &out)
            } else {
                value = Array(value.prefix(65534))
                append(UInt16(truncatingIfNeeded: value.count), to: &out)
            }
            out += value
        }
    }

    private static func sequence(_ element: Attributes.Element) -> [UInt8] {
        var out: [UInt8] = []
        for case .item(let item) in element.values {
            let body = bytes(item)
            append(UInt16(0xFFFE), to: &out)
            append(UInt16(0xE000), to: &out)
            append(UInt32(truncatingIfNeeded: body.count), to: &out)
            out += body
        }
        return out
    }

    private static func plain(_ element: Attributes.Element) -> [UInt8] {
        if let text = element.inlineBinary { return Data(base64Encoded: text).map { [UInt8]($0) } ?? [] }
        var out: [UInt8] = []
        let numbers: [Double] = element.values.compactMap { if case .number(let number) = $0 { number } else { nil } }
        switch element.vr {
        case "US", "SS": for number in numbers { append(UInt16(truncatingIfNeeded: Int64(number)), to: &out) }
        case "UL", "SL": for number in numbers { append(UInt32(truncatingIfNeeded: Int64(number)), to: &out) }
        case "FL": for number in numbers { append(Float(number).bitPattern, to: &out) }
        case "FD":
            for number in numbers {
                let bits = number.bitPattern
                append(UInt32(truncatingIfNeeded: bits), to: &out)
                append(UInt32(truncatingIfNeeded: bits >> 32), to: &out)
            }
        default:
            out = Array(element.values.map { Attributes.text($0) ?? "" }.joined(separator: "\\").utf8)
        }
        return out
    }

    private static func append(_ value: UInt16, to out: inout [UInt8]) {
        out.append(UInt8(truncatingIfNeeded: value))
        out.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    private static func append(_ value: UInt32, to out: inout [UInt8]) {
        append(UInt16(truncatingIfNeeded: value), to: &out)
        append(UInt16(truncatingIfNeeded: value >> 16), to: &out)
    }
}
