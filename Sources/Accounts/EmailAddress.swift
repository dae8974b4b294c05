// SPDX-License-Identifier: Apache-2.0

import Foundation

extension String {
    /// Addresses that differ in capitals, outer space or the way an accent is written (Unicode NFC, RFC 6532 §3.1) are one.
    var normalizedAsEmail: String {
        trimmingCharacters(in: .whitespacesAndNewlines).lowercased().precomposedStringWithCanonicalMapping
    }
}
