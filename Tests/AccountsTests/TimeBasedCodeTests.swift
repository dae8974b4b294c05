// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Accounts

@Suite("Time-based codes")
struct TimeBasedCodeTests {
    private let app = TimeBasedCode(key: Array("12345678901234567890".utf8))

    @Test(
        "RFC 6238, appendix B (SHA-1, eight digits)",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func rfc6238(second: Int64, code: String) {
        #expect(app.code(step: second / 30, digits: 8) == code)
        #expect(app.step(of: String(code.suffix(6)), at: Date(timeIntervalSince1970: Double(second))) == second / 30)
    }

    @Test("RFC 4226, appendix D")
    func rfc4226() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        #expect((0..<10).map { app.code(step: $0) } == codes)
    }

    @Test(
        "secrets are read as RFC 4648 §10 writes them, with and without padding, in any case, with spaces",
        arguments: [
            ("MY======", "f"), ("MZXQ====", "fo"), ("MZXW6===", "foo"), ("MZXW6YQ=", "foob"), ("MZXW6YTB", "fooba"),
            ("MZXW6YTBOI======", "foobar"), ("mzxw 6ytb oi", "foobar"),
        ])
    func base32(text: String, key: String) throws {
        let read = try #require(TimeBasedCode(base32: text))
        #expect(read.code(step: 7, digits: 9) == TimeBasedCode(key: Array(key.utf8)).code(step: 7, digits: 9))
    }

    @Test(
        "what is no Base32 is no secret",
        arguments: ["", "=", " ", "0", "1", "8", "9", "MZXW-6YTB", "MZ\u{0}", "é", "A"])
    func notBase32(text: String) { #expect(TimeBasedCode(base32: text) == nil) }

    @Test("random secrets have 160 bits and are read back")
    func randomSecrets() {
        let many = (0..<200).map { _ in TimeBasedCode.randomSecret() }
        #expect(Set(many).count == 200)
        #expect(many.allSatisfy { $0.count == 32 && TimeBasedCode(base32: $0) != nil })
    }

    @Test("one step either way is taken, two are not, at every second of a minute")
    func window() {
        for second in 0..<60 {
            let now = Date(timeIntervalSince1970: 1_772_452_800 + Double(second))
            let current = Int64(1_772_452_800 + second) / 30
            for offset in -4...4 as ClosedRange<Int64> {
                let step = app.step(of: app.code(step: current + offset), at: now)
                #expect(step == (abs(offset) <= 1 ? current + offset : nil), "\(second) \(offset)")
            }
        }
    }

    @Test("the app's address carries the secret and nothing that breaks it")
    func provisioning() throws {
        let address = TimeBasedCode.provisioningURL(secret: "ABC234", account: "dee & co?#@example.org")
        let parts = try #require(URLComponents(string: address))
        #expect(parts.scheme == "otpauth" && parts.host == "totp")
        #expect(parts.queryItems?.first { $0.name == "secret" }?.value == "ABC234")
        #expect(parts.path == "/Fascia:dee & co?#@example.org")
    }
}
