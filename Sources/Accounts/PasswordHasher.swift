// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Dispatch
import Foundation

/// Hashes passwords with scrypt (RFC 7914), two at a time at most, on threads of its own: each takes some 32 MB and a
/// tenth of a second, which must never be a lever to stop the clinic.
package struct PasswordHasher: Sendable {
    /// Parameters are part of each hash, so that they can rise.
    static let rounds = 1 << 15
    static let blockSize = 8

    package init() {}

    /// "scrypt:32768:8:SALT:KEY", the last two in Base64.
    package func hash(_ password: String) async throws -> String {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
        let key = try await derive(password, salt: salt, rounds: Self.rounds, blockSize: Self.blockSize)
        return "scrypt:\(Self.rounds):\(Self.blockSize):\(salt.base64EncodedString()):\(key.base64EncodedString())"
    }

    /// Whether the password belongs to the hash. Without a hash it does the same work and says no, so that the time of
    /// an answer does not tell which accounts exist.
    package func verify(_ password: String, against hash: String?) async throws -> Bool {
        let parts = (hash ?? "").split(separator: ":").map(String.init)
        guard parts.count == 5, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let salt = Data(base64Encoded: parts[3]), let key = Data(base64Encoded: parts[4])
        else {
            _ = try await derive(password, salt: Data(count: 16), rounds: Self.rounds, blockSize: Self.blockSize)
            return false
        }
        return constantTimeEqual(try await derive(password, salt: salt, rounds: rounds, blockSize: blockSize), key)
    }

    private func derive(_ password: String, salt: Data, rounds: Int, blockSize: Int) async throws -> Data {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.addOperation {
                continuation.resume(
                    with: Result {
                        try KDF.Scrypt.deriveKey(
                            from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: rounds,
                            blockSize: blockSize, parallelism: 1
                        ).withUnsafeBytes { Data($0) }
                    })
            }
        }
    }

    private static let queue: OperationQueue = {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 2
        return queue
    }()
}
