// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Foundation

/// A random text of 256 bits that is the key to something. The database holds only its SHA-256.
package struct Secret: Sendable, Hashable {
    /// 43 characters, safe in an address.
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func random() -> Secret {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return Secret(
            bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: ""))
    }

    /// What is stored and looked up. Equal secrets have equal hashes; the hash gives nothing away.
    package var sha256: String { hexadecimalSHA256(of: Data(text.utf8)) }
}

package func hexadecimalSHA256(of data: Data) -> String {
    SHA256.hash(data: data).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Compares without telling by its duration where the texts differ.
func constantTimeEqual(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
    let left = Array(left)
    let right = Array(right)
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(left, right) { difference |= a ^ b }
    return difference == 0
}
