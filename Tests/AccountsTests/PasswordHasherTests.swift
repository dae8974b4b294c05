// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Testing

@Suite("Passwords")
struct PasswordHasherTests {
    private let hasher = PasswordHasher()

    /// The first 32 bytes of a derived key do not depend on how many are asked for (PBKDF2 with SHA-256).
    @Test("RFC 7914 §12: scrypt (\"pleaseletmein\", \"SodiumChloride\", N = 16384, r = 8, p = 1)")
    func rfc7914() async throws {
        let key: [UInt8] = [
            0x70, 0x23, 0xBD, 0xCB, 0x3A, 0xFD, 0x73, 0x48, 0x46, 0x1C, 0x06, 0xCD, 0x81, 0xFD, 0x38, 0xEB,
            0xFD, 0xA8, 0xFB, 0xBA, 0x90, 0x4F, 0x8E, 0x3E, 0xA9, 0xB5, 0x43, 0xF6, 0x54, 0x5D, 0xA1, 0xF2,
        ]
        let salt = Data("SodiumChloride".utf8).base64EncodedString()
        let hash = "scrypt:16384:8:\(salt):\(Data(key).base64EncodedString())"
        #expect(try await hasher.verify("pleaseletmein", against: hash))
        #expect(try await !hasher.verify("pleaseletmeIn", against: hash))
        #expect(try await !hasher.verify("pleaseletmein", against: hash.replacing("16384", with: "8192")))
        #expect(try await !hasher.verify("pleaseletmein", against: hash.replacing(":8:", with: ":4:")))
    }

    @Test("a password fits its own hash only; each hash has a salt of its own")
    func ownHash() async throws {
        let first = try await hasher.hash("correct horse 🐴")
        let second = try await hasher.hash("correct horse 🐴")
        #expect(first != second && first.hasPrefix("scrypt:32768:8:"))
        #expect(try await hasher.verify("correct horse 🐴", against: first))
        #expect(try await hasher.verify("correct horse 🐴", against: second))
        for wrong in ["", "correct horse", "correct horse 🐴 ", "Correct horse 🐴"] {
            #expect(try await !hasher.verify(wrong, against: first))
        }
    }

    @Test(
        "what is no hash fits nothing",
        arguments: [
            nil, "", "scrypt", "plain:1:1:AA==:AA==", "scrypt:32768:8:AA==", "scrypt:x:8:AA==:AA==",
            "scrypt:32768:8:*:AA==", "scrypt:32768:8:AA==:", "scrypt:32768:8:AA==:AA==",
        ] as [String?])
    func noHash(hash: String?) async throws { #expect(try await !hasher.verify("", against: hash)) }
}
