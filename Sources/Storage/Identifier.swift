// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A typed identifier, `Identifier<Booking>`: a UUID version 7 (RFC 9562 §5.7) in its text form, opaque outside.
package struct Identifier<Entity>: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    /// An identifier that came from outside; whether it names anything is the database's to say.
    package init(_ text: String) { description = text }

    package init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// A new identifier; those made later sort later.
    package static func make(at instant: Date) -> Identifier {
        var random = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, instant.timeIntervalSince1970 * 1000))
        let high = (milliseconds << 16) | 0x7000 | (random.next() & 0x0FFF)
        let low = (random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
            let word = nibble < 16 ? high : low
            text.append(digits[Int((word >> UInt64(60 - 4 * (nibble % 16))) & 0xF)])
        }
        return Identifier(String(decoding: text, as: UTF8.self))
    }
}

extension Identifier: Bindable {
    package var sqlValue: SQLValue { .text(description) }
    package static func decode(_ value: SQLValue) -> Identifier? { String.decode(value).map { Identifier($0) } }
}
