// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Payments
import Testing

/// HMAC-SHA256 as RFC 2104 writes it, from the hash alone.
private func plainHMAC(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var block = key.count > 64 ? Array(SHA256.hash(data: key)) : key
    block += Array(repeating: 0, count: 64 - block.count)
    let inner = SHA256.hash(data: block.map { $0 ^ 0x36 } + message)
    return Array(SHA256.hash(data: block.map { $0 ^ 0x5C } + Array(inner)))
}

private func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

/// What Stripe puts into `v1`.
private func signature(_ body: [UInt8], secret: String, timestamp: Int64) -> String {
    hexadecimal(plainHMAC(key: Array(secret.utf8), Array("\(timestamp).".utf8) + body))
}

@Suite("Stripe's signatures")
struct StripeSignatureTests {
    private static let secret = "whsec_theOnlySecret"
    private static let now = Date(timeIntervalSince1970: 1_772_452_800)
    private static let seconds: Int64 = 1_772_452_800
    private static let body = Array(#"{"id": "evt_1", "type": "checkout.session.completed", "ü": "🦵"}"#.utf8)

    private func refusal(
        _ header: String, body: [UInt8] = body, secrets: [String] = [secret], at now: Date = now
    ) -> StripeSignature.Refusal? {
        do {
            try StripeSignature.verify(header: header, body: body, secrets: secrets, at: now)
            return nil
        } catch { return error }
    }

    private var header: String {
        "t=\(Self.seconds),v1=\(signature(Self.body, secret: Self.secret, timestamp: Self.seconds))"
    }

    @Test("the oracle is right: RFC 4231, test cases 1, 2, 3, 6 and 7")
    func oracle() {
        #expect(
            hexadecimal(plainHMAC(key: Array(repeating: 0x0B, count: 20), Array("Hi There".utf8)))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            hexadecimal(plainHMAC(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            hexadecimal(plainHMAC(key: Array(repeating: 0xAA, count: 20), Array(repeating: 0xDD, count: 50)))
                == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
        let long = [UInt8](repeating: 0xAA, count: 131)
        #expect(
            hexadecimal(plainHMAC(key: long, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        let text =
            "This is a test using a larger than block-size key and a larger than block-size data. "
            + "The key needs to be hashed before being used by the HMAC algorithm."
        #expect(
            hexadecimal(plainHMAC(key: long, Array(text.utf8)))
                == "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")
    }

    @Test("random bodies, secrets and times: what the oracle signed is taken")
    func valid() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            let body = (0..<Int.random(in: 0...3000, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let secrets = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                "whsec_\(UInt64.random(in: 0...UInt64.max, using: &generator))"
            }
            let timestamp = Int64.random(in: 0...4_000_000_000, using: &generator)
            let signed = signature(body, secret: secrets.randomElement(using: &generator) ?? "", timestamp: timestamp)
            let other = signature(body, secret: "whsec_another", timestamp: timestamp)
            var parts = ["t=\(timestamp)", "v1=\(signed)", "v0=\(other)", "v1=\(other)"]
            parts.shuffle(using: &generator)
            let skew = Double.random(in: -300...300, using: &generator).rounded(.towardZero)
            #expect(
                refusal(
                    parts.joined(separator: Bool.random(using: &generator) ? "," : ", "), body: body, secrets: secrets,
                    at: Date(timeIntervalSince1970: Double(timestamp) + skew)) == nil)
        }
    }

    @Test("any bit of the body, the time or the signature changed: refused")
    func bitFlips() {
        #expect(refusal(header) == nil)
        for bit in 0..<Self.body.count * 8 {
            var body = Self.body
            body[bit / 8] ^= 1 << (bit % 8)
            #expect(refusal(header, body: body) == .wrong)
        }
        let signed = signature(Self.body, secret: Self.secret, timestamp: Self.seconds)
        for index in 0..<64 {
            var digits = Array(signed)
            digits[index] = digits[index] == "0" ? "1" : "0"
            #expect(refusal("t=\(Self.seconds),v1=\(String(digits))") == .wrong)
        }
        for second in Self.seconds - 200...Self.seconds + 200 where second != Self.seconds {
            #expect(refusal("t=\(second),v1=\(signed)") == .wrong)
        }
        for count in 0..<Self.body.count { #expect(refusal(header, body: Array(Self.body.prefix(count))) == .wrong) }
        #expect(refusal(header, body: Self.body + [0x20]) == .wrong)
    }

    @Test("any header cut short is refused")
    func truncated() {
        for count in 0..<header.count { #expect(refusal(String(header.prefix(count))) != nil) }
    }

    @Test("five minutes either way, to the second")
    func tolerance() {
        for (skew, refused) in [(-301, true), (-300, false), (0, false), (300, false), (301, true), (86_400, true)] {
            let now = Self.now.addingTimeInterval(Double(skew))
            #expect(refusal(header, at: now) == (refused ? .outsideTolerance : nil), "\(skew) s")
        }
    }

    @Test("forged under other secrets, none, or an empty one: refused")
    func forged() {
        for secret in ["whsec_another", "theOnlySecret", "", " ", Self.secret + " "] {
            let signed = signature(Self.body, secret: secret, timestamp: Self.seconds)
            #expect(refusal("t=\(Self.seconds),v1=\(signed)") == .wrong)
        }
        #expect(refusal(header, secrets: []) == .wrong)
        #expect(refusal(header, secrets: ["whsec_another"]) == .wrong)
        let unkeyed = signature(Self.body, secret: "", timestamp: Self.seconds)
        #expect(refusal("t=\(Self.seconds),v1=\(unkeyed)", secrets: [""]) == .wrong)
        let future = Self.seconds + 400
        let signed = signature(Self.body, secret: Self.secret, timestamp: future)
        #expect(refusal("t=\(future),v1=\(signed)") == .outsideTolerance)
        #expect(
            refusal("t=\(Self.seconds),v0=\(signature(Self.body, secret: Self.secret, timestamp: Self.seconds))") != nil
        )
    }

    @Test(
        "malformed headers are refused",
        arguments: [
            "", " ", ",", "=", "t", "t=", "v1=", "garbage", "t=now,v1=SIGNED", "t=-1,v1=SIGNED", "t=NOW", "v1=SIGNED",
            "t=NOW,v1=", "t=NOW,v1=SIGNE", "t=NOW,v1=SIGNED0", "t=NOW,t=NOW,v1=SIGNED", "t=NOW,v1=SIGNED,rubbish",
            "t=NOW;v1=SIGNED", "t=+NOW,v1=SIGNED", "t=0NOW,v1=SIGNED", "t=NOW.0,v1=SIGNED", "t=0xNOW,v1=SIGNED",
            "t=99999999999999999999,v1=SIGNED", "T=NOW,v1=SIGNED", "t=NOW,V1=SIGNED", "t=NOW,v2=SIGNED",
            "t==NOW,v1=SIGNED", "t=NOW,v1==SIGNED", "t=NOW,v1=\u{FF10}SIGNED", "t=NOW\u{0},v1=SIGNED",
        ])
    func malformed(template: String) {
        let signed = signature(Self.body, secret: Self.secret, timestamp: Self.seconds)
        let header = template.replacingOccurrences(of: "NOW", with: String(Self.seconds))
            .replacingOccurrences(of: "SIGNED", with: signed)
            .replacingOccurrences(of: "SIGNE", with: String(signed.dropLast()))
        #expect(refusal(header) == .malformed, "\(header)")
    }

    @Test("a digit with a sign before it is no hexadecimal")
    func signedDigits() throws {
        // A body whose signature has a byte below 16: "+f" would be read as "0f" by a careless reader.
        for number in 0..<1000 {
            let body = Array("\(number)".utf8)
            let signed = Array(signature(body, secret: Self.secret, timestamp: Self.seconds))
            guard let index = stride(from: 0, to: 64, by: 2).first(where: { signed[$0] == "0" }) else { continue }
            var changed = signed
            changed[index] = "+"
            #expect(refusal("t=\(Self.seconds),v1=\(String(signed))", body: body) == nil)
            #expect(refusal("t=\(Self.seconds),v1=\(String(changed))", body: body) != nil)
            return
        }
        Issue.record("no signature had a small byte")
    }

    @Test("random rubbish is refused and stops nothing")
    func rubbish() {
        var generator = SeededGenerator(seed: 9)
        let pieces = ["t", "v1", "=", ",", " ", "0", "f", String(Self.seconds), "é", "\u{0}", header, "-", "+"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            let hasWhole = text.contains(header)
            if !hasWhole { #expect(refusal(text) != nil, "\(text)") }
        }
    }
}
