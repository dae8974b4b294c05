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
        guard let digits = digits(booking) else { return nil }
        // Nibble 12 is the version and the upper half of nibble 16 the variant: the same in all.
        var bits = digits[0..<12].flatMap(bits) + digits[13..<16].flatMap(bits)
        bits += Self.bits(digits[16]).suffix(2) + digits[17..<21].flatMap(Self.bits) + [false, false]
        return String(
            (0..<16).map { part in
                letters[bits[5 * part..<5 * part + 5].reduce(0) { $0 * 2 + ($1 ? 1 : 0) }]
            })
    }

    /// The beginning of the identifiers that have this number; nothing for what is none.
    static func identifierPrefix(_ number: String) -> String? {
        let number = number.trimmingPrefix(while: { $0 == " " }).uppercased()
        guard number.count == 16 else { return nil }
        var bits: [Bool] = []
        for letter in number {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            bits += (0..<5).map { value >> (4 - $0) & 1 == 1 }
        }
        func nibble(_ bits: some Collection<Bool>) -> Int { bits.reduce(0) { $0 * 2 + ($1 ? 1 : 0) } }
        var nibbles = (0..<15).map { nibble(bits[4 * $0..<4 * $0 + 4]) }
        nibbles.insert(7, at: 12)
        nibbles.append(8 + nibble(bits[60..<62]))
        nibbles += (0..<4).map { nibble(bits[62 + 4 * $0..<66 + 4 * $0]) }
        var text = ""
        for (index, nibble) in nibbles.enumerated() {
            if [8, 12, 16, 20].contains(index) { text += "-" }
            text += String(nibble, radix: 16)
        }
        return text
    }

    /// "2.25." and the identifier as a decimal number (PS3.5 B.2).
    static func studyInstance(_ booking: Booking.ID) -> String? { uniqueIdentifier(booking.description) }

    /// The same of any of the clinic's identifiers.
    static func uniqueIdentifier(_ identifier: String) -> String? { digits(identifier).map(decimal) }

    /// The same of any text: always the same for the same (a UUID of version 8, RFC 9562).
    static func uniqueIdentifier(hashing text: String) -> String {
        var bytes = Array(SHA256.hash(data: Data(text.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return decimal(bytes.flatMap { [Int($0 >> 4), Int($0 & 15)] })
    }

    private static func decimal(_ hexadecimal: [Int]) -> String {
        var digits = hexadecimal
        var decimal = ""
        while digits.contains(where: { $0 != 0 }) {
            var rest = 0
            for index in digits.indices {
                let value = rest * 16 + digits[index]
                digits[index] = value / 10
                rest = value % 10
            }
            decimal = "\(rest)" + decimal
        }
        return "2.25.\(decimal.isEmpty ? "0" : decimal)"
    }

    private static func digits(_ booking: Booking.ID) -> [Int]? { digits(booking.description) }

    private static func digits(_ identifier: String) -> [Int]? {
        let digits = identifier.filter { $0 != "-" }.map(\.hexDigitValue)
        guard digits.count == 32 else { return nil }
        let known = digits.compactMap(\.self)
        return known.count == 32 ? known : nil
    }

    private static func bits(_ nibble: Int) -> [Bool] { (0..<4).map { nibble >> (3 - $0) & 1 == 1 } }
}
