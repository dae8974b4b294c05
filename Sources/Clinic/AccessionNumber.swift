// SPDX-License-Identifier: Apache-2.0

import Crypto
import Diary
import Foundation
import Storage

/// What a booking is called towards machines. Both names are computed from the booking's identifier, so that they need no
/// table and can't disagree with it.
enum AccessionNumber {
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Sixteen letters and digits, the most that an accession number has: the identifier's time and 30 of its random bits.
    static func text(_ booking: Booking.ID) -> String? {
        guard let value = number(booking.description) else { return nil }
        // The four bits of the version and the two of the variant are the same in all.
        let (time, random, more) = (value >> 80, value >> 64 & 0xFFF, value >> 44 & 0x3FFFF)
        let bits = ((time << 12 | random) << 18 | more) << 2
        return String((1...16).map { letters[Int(bits >> (80 - 5 * $0) & 31)] })
    }

    /// The beginning of the identifiers that have this number; nothing for what is none.
    static func identifierPrefix(_ number: String) -> String? {
        let number = number.trimmingPrefix(while: { $0 == " " }).uppercased()
        guard number.count == 16 else { return nil }
        var bits: UInt128 = 0
        for letter in number {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            bits = bits << 5 | UInt128(value)
        }
        bits >>= 2
        let (time, random, more) = (bits >> 30, bits >> 18 & 0xFFF, bits & 0x3FFFF)
        // 21 of its 32 digits: with version 7 and the variant of RFC 9562.
        let known = String(((time << 4 | 7) << 12 | random) << 20 | 2 << 18 | more, radix: 16)
        let digits = Array(String(repeating: "0", count: 21 - known.count) + known)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<21].map { String(digits[$0]) }.joined(separator: "-")
    }

    /// "2.25." and the identifier as a decimal number (PS3.5 B.2).
    static func studyInstance(_ booking: Booking.ID) -> String? { uniqueIdentifier(booking.description) }

    /// The same of any of the clinic's identifiers.
    static func uniqueIdentifier(_ identifier: String) -> String? { number(identifier).map { "2.25.\($0)" } }

    /// The same of any text: always the same for the same (a UUID of version 8, RFC 9562).
    static func uniqueIdentifier(hashing text: String) -> String {
        var bytes = Array(SHA256.hash(data: Data(text.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return "2.25.\(bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })"
    }

    /// An identifier as a number.
    private static func number(_ identifier: String) -> UInt128? {
        let digits = identifier.filter { $0 != "-" }
        guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt128(digits, radix: 16)
    }
}
