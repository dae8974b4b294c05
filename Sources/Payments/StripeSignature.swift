// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Foundation

/// Whether a webhook's body comes from Stripe: HMAC-SHA256 over `t.body` with the endpoint's secret, in the header
/// `Stripe-Signature: t=…,v1=…` (Stripe, "Verify webhook signatures manually").
package enum StripeSignature {
    package enum Refusal: Error, Sendable, Equatable {
        case malformed
        /// No `v1` matches under any of the secrets.
        case wrong
        /// Further from now than the tolerance, either way: an old body sent again.
        case outsideTolerance
    }

    package static let tolerance: TimeInterval = 300

    /// - Parameter secrets: during a rotation several; one that matches is enough.
    package static func verify(
        header: String, body: some DataProtocol, secrets: [String], at now: Date
    ) throws(Refusal) {
        var timestamp: Int64?
        var signatures: [[UInt8]] = []
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2 else { throw .malformed }
            switch pair[0] {
            case "t":
                guard timestamp == nil, let number = Int64(pair[1]), String(number) == pair[1], number >= 0 else {
                    throw .malformed
                }
                timestamp = number
            case "v1":
                if let bytes = bytes(hexadecimal: pair[1]) { signatures.append(bytes) }
            default: break
            }
        }
        guard let timestamp, !signatures.isEmpty else { throw .malformed }
        let signed = Data("\(timestamp).".utf8) + Data(body)
        // Anybody can sign with an empty secret.
        let matches = secrets.contains { secret in
            guard !secret.isEmpty else { return false }
            let key = SymmetricKey(data: Data(secret.utf8))
            // `isValidAuthenticationCode` compares in constant time.
            return signatures.contains {
                HMAC<SHA256>.isValidAuthenticationCode($0, authenticating: signed, using: key)
            }
        }
        guard matches else { throw .wrong }
        guard abs(now.timeIntervalSince1970 - Double(timestamp)) <= tolerance else { throw .outsideTolerance }
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
