// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Foundation

/// Six digits that change every 30 seconds (TOTP, RFC 6238 over RFC 4226 with SHA-1, as every authenticator app has it).
package struct TimeBasedCode: Sendable {
    static let period: TimeInterval = 30

    private let key: [UInt8]

    /// - Parameter base32: the secret as authenticator apps take it (RFC 4648 §6).
    package init?(base32 text: String) {
        guard let key = Self.decode(text), !key.isEmpty else { return nil }
        self.key = key
    }

    init(key: [UInt8]) { self.key = key }

    /// A new secret of 160 bits, in Base32.
    package static func randomSecret() -> String {
        encode(SymmetricKey(size: .init(bitCount: 160)).withUnsafeBytes { Array($0) })
    }

    /// The step that `code` belongs to: now, the one before or the one after. A step once used must not be used again.
    package func step(of code: String, at now: Date) -> Int64? {
        let current = Int64(now.timeIntervalSince1970 / Self.period)
        return [current, current - 1, current + 1].first { step in
            constantTimeEqual(Array(self.code(step: step).utf8), Array(code.utf8))
        }
    }

    func code(step: Int64, digits: Int = 6) -> String {
        let message = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Data($0) }
        let mac = Array(HMAC<Crypto.Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: key)))
        let offset = Int(mac[19] & 0xF)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        var modulus: UInt32 = 1
        for _ in 0..<digits { modulus *= 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The address that authenticator apps read.
    package static func provisioningURL(secret: String, account: String) -> String {
        let label = account.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "account"
        return "otpauth://totp/Fascia:\(label)?secret=\(secret)&issuer=Fascia"
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    private static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = (buffer & 0xFFFF) << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> UInt32(bits)) & 31])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.uppercased().utf8 where character != UInt8(ascii: "=") && character != UInt8(ascii: " ") {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = (buffer & 0xFFFF) << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return bytes
    }
}
