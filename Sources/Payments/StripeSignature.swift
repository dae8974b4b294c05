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
                guard timestamp == nil, let number = Int64(pair[1]), number >= 0 else { throw .malformed }
                timestamp = number
            case "v1":
                if let bytes = bytes(hexadecimal: pair[1]) { signatures.append(bytes) }
            default: break
            }
        }
        guard let timestamp, !signatures.isEmpty else { throw .malformed }
        let signed = Data("\(timestamp).".utf8) + Data(body)
        let matches = secrets.contains { secret in
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
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
