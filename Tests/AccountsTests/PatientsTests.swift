// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import Testing

@Suite("Patients and API tokens, on both engines")
struct PatientsTests {
    @Test(
        "addresses that differ in capitals, outer space or the way an accent is written are one",
        arguments: [
            ("pat@example.org", "pat@example.org"), (" Pat@Example.ORG\n", "pat@example.org"),
            ("\t\u{A0}PAT@EXAMPLE.ORG\r\n", "pat@example.org"), ("p at@example.org", "p at@example.org"),
            ("zoe\u{301}@example.org", "zo\u{E9}@example.org"), ("ZO\u{C9}@example.org", "zo\u{E9}@example.org"),
            ("", ""), ("   ", ""),
        ])
    func normalized(typed: String, expected: String) {
        func normalize(_ text: String) -> String {
            ContactDetails(name: "", email: text, phone: nil).normalizedEmail
        }
        // Compared by their bytes, as the database does.
        #expect(Array(normalize(typed).utf8) == Array(expected.utf8))
        #expect(Array(normalize(normalize(typed)).utf8) == Array(normalize(typed).utf8))
    }

    @Test("32 at once with one address, typed in every way, find or make one patient")
    func concurrently() async throws {
        try await Registry.onEachEngine { registry in
            let typed = ["pAT@example.org", "PAT@EXAMPLE.ORG", " Pat@example.org", "pat@Example.org\n"]
            let found = try await atOnce(32) { try await registry.addPatient(typed[$0 % 4]) }
            #expect(Set(found.map(\.id)).count == 1 && Set(found.map(\.email)) == ["pat@example.org"])
            #expect(try await registry.auditCount("patient.add") == 1)
            let count = try await registry.store.read { try $0.value(Int.self, "SELECT count(*) FROM patient") }
            #expect(count == 1)
        }
    }

    @Test("who types a known address changes nothing that is known")
    func known() async throws {
        try await Registry.onEachEngine { registry in
            let patient = try await registry.addPatient()
            let again = try await registry.store.write { transaction in
                try Patients().findOrAdd(
                    ContactDetails(name: "Mallory", email: patient.email, phone: "1"), by: .visitor,
                    at: Registry.opening, in: transaction)
            }
            #expect(again == patient)
            try await registry.store.read { (transaction: any Transaction) throws in
                #expect(try Patients().find(patient.id, in: transaction) == patient)
                #expect(try Patients().find(email: "%", in: transaction) == nil)
                #expect(try Patients().find(.init("nobody"), in: transaction) == nil)
            }
        }
    }

    @Test("a token stands for its role until it is revoked; the database holds only its hash", arguments: Role.allCases)
    func tokens(role: Role) async throws {
        try await Registry.onEachEngine { registry in
            let tokens = APITokens()
            let secret = try await registry.store.write {
                try tokens.make(role: role, by: .system("command"), at: Registry.opening, in: $0)
            }
            let other = try await registry.store.write {
                try tokens.make(role: .desk, by: .system("command"), at: Registry.opening, in: $0)
            }
            let found = try await registry.store.read { try tokens.find(secret, in: $0) }
            guard case .staff(let id, role) = found else {
                Issue.record("the token stands for \(String(describing: found))")
                return
            }
            #expect(try await !registry.holds(secret.text, in: "api_token"))
            #expect(try await !registry.holds(secret.text, in: "audit_entry"))
            #expect(try await registry.auditCount("token.make") == 2)
            for wrong in [Secret(""), .random(), Secret(secret.sha256), Secret(id.description)] {
                #expect(try await registry.store.read { try tokens.find(wrong, in: $0) } == nil)
            }
            try await registry.store.write { transaction in
                _ = try transaction.run("UPDATE api_token SET revoked = \(true) WHERE id = \(id)")
            }
            #expect(try await registry.store.read { try tokens.find(secret, in: $0) } == nil)
            #expect(try await registry.store.read { try tokens.find(other, in: $0) } != nil)
        }
    }
}
