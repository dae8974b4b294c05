// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import Testing

@Suite("Sign-in links and codes, on both engines")
struct SignInLinkTests {
    private let links = SignInLinks()

    private func make(for patient: Patient, in registry: Registry, after seconds: Double = 0) async throws
        -> SignInLinks.Fresh
    {
        try await registry.store.write {
            try links.make(for: patient.id, at: Registry.opening.addingTimeInterval(seconds), in: $0)
        }
    }

    private func use(_ link: Secret, in registry: Registry, after seconds: Double = 1) async throws -> Secret? {
        try await registry.store.write {
            try links.use(link, at: Registry.opening.addingTimeInterval(seconds), in: $0)
        }
    }

    private func use(
        code: String, email: String = "pat@example.org", in registry: Registry, after seconds: Double = 1
    ) async throws -> Secret? {
        try await registry.store.write {
            try links.use(code: code, email: email, at: Registry.opening.addingTimeInterval(seconds), in: $0)
        }
    }

    @Test("a link is good once, and takes its code with it; the session is its patient's")
    func once() async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            let fresh = try await make(for: patient, in: registry)
            let secret = try #require(try await use(fresh.link, in: registry))
            let session = try await registry.store.read {
                try Sessions().find(secret, at: Registry.opening.addingTimeInterval(2), in: $0)
            }
            #expect(session?.actor == .patient(patient.id) && session?.name == patient.name)
            #expect(try await use(fresh.link, in: registry) == nil)
            #expect(try await use(code: fresh.code, in: registry) == nil)
            #expect(try await registry.auditCount("patient.signIn") == 1)
        }
    }

    @Test("used by 16 at once, one is signed in", arguments: [true, false])
    func concurrently(byLink: Bool) async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            let fresh = try await make(for: patient, in: registry)
            let won = try await atOnce(16) { _ in
                byLink ? try await use(fresh.link, in: registry) : try await use(code: fresh.code, in: registry)
            }
            #expect(won.compactMap { $0 }.count == 1)
            #expect(try await registry.auditCount("patient.signIn") == 1)
        }
    }

    @Test("good for fifteen minutes, to the second")
    func expiry() async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            for (seconds, isGood) in [(899.0, true), (900, false), (901, false), (86_400, false)] {
                let byLink = try await make(for: patient, in: registry)
                #expect((try await use(byLink.link, in: registry, after: seconds) != nil) == isGood)
                let byCode = try await make(for: patient, in: registry)
                #expect((try await use(code: byCode.code, in: registry, after: seconds) != nil) == isGood)
            }
        }
    }

    @Test("wrong links are refused, and the database holds neither link nor code")
    func wrong() async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            let fresh = try await make(for: patient, in: registry)
            for link in [
                Secret(""), .random(), Secret(fresh.link.sha256), Secret(fresh.code), Secret(fresh.link.text + "A"),
                Secret(String(fresh.link.text.dropLast())), Secret("' OR 1=1 --"),
            ] {
                #expect(try await use(link, in: registry) == nil)
            }
            #expect(try await !registry.holds(fresh.link.text, in: "sign_in_link"))
            #expect(try await !registry.holds(fresh.code, in: "sign_in_link"))
            #expect(try await use(fresh.link, in: registry) != nil)
        }
    }

    @Test("a code is good only with its own address, typed with any spaces")
    func codeAndAddress() async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            _ = try await registry.addPatient("other@example.org")
            let fresh = try await make(for: patient, in: registry)
            #expect(fresh.code.count == 8 && fresh.code.allSatisfy(\.isNumber))
            #expect(try await use(code: fresh.code, email: "other@example.org", in: registry) == nil)
            #expect(try await use(code: fresh.code, email: "nobody@example.org", in: registry) == nil)
            let typed = " " + fresh.code.prefix(4) + " " + fresh.code.suffix(4) + " "
            #expect(try await use(code: typed, email: " PAT@example.ORG ", in: registry) != nil)
        }
    }

    @Test("five wrong codes void every open code of the address, but no link and no other address")
    func guessing() async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            let other = try await registry.addPatient("other@example.org")
            let first = try await make(for: patient, in: registry)
            let second = try await make(for: patient, in: registry)
            let others = try await make(for: other, in: registry)
            func wrong(_ count: Int) async throws {
                for number in 0..<count {
                    let guess = ["", "1234", "00000000", "99999999", "123456789"][number % 5]
                    guard guess != first.code, guess != second.code else { continue }
                    #expect(try await use(code: guess, in: registry) == nil)
                }
            }
            try await wrong(4)
            #expect(try await use(code: first.code, in: registry) != nil, "the fifth try may be right")
            try await wrong(1)
            #expect(try await use(code: second.code, in: registry) == nil)
            #expect(try await use(code: others.code, email: other.email, in: registry) != nil)
            #expect(try await use(second.link, in: registry) != nil)
        }
    }

    @Test("old links are swept away when a new one is made")
    func swept() async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            for _ in 0..<5 { _ = try await make(for: patient, in: registry) }
            _ = try await make(for: patient, in: registry, after: 1000)
            let left = try await registry.store.read { try $0.value(Int.self, "SELECT count(*) FROM sign_in_link") }
            #expect(left == 1)
        }
    }
}
