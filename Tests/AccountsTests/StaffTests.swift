// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import Testing

@testable import Accounts

@Suite("Staff, on both engines")
struct StaffTests {
    private let staff = Staff()

    private func signIn(
        _ member: StaffMember, code: String, in registry: Registry, after seconds: Double = 0
    ) async throws -> Secret {
        try await registry.store.write {
            try staff.signIn(member, code: code, at: Registry.opening.addingTimeInterval(seconds), in: $0)
        }
    }

    /// A member whose authenticator app is set up, as the sign-in reads them, and the app.
    private func memberWithCode(_ registry: Registry) async throws -> (StaffMember, TimeBasedCode) {
        let secret = TimeBasedCode.randomSecret()
        let member = try await registry.addStaff()
        return try await registry.store.write { transaction in
            try staff.setTimeBasedCode(
                secret: secret, for: member.id, by: member.actor, at: Registry.opening, in: transaction)
            return (
                try #require(try staff.find(member.id, in: transaction)), try #require(TimeBasedCode(base32: secret))
            )
        }
    }

    @Test("an address is found however it was typed, when added as when looked for")
    func addresses() async throws {
        try await Registry.onEachEngine { registry in
            let member = try await registry.addStaff(" Dee.Example@Example.ORG\n")
            #expect(member.email == "dee.example@example.org")
            for typed in ["dee.example@example.org", "\tDEE.EXAMPLE@EXAMPLE.ORG ", "Dee.Example@example.org"] {
                let found = try await registry.store.read { try staff.find(email: typed, in: $0) }
                #expect(found?.id == member.id, "\(typed)")
            }
            await #expect(throws: DatabaseError.self) { try await registry.addStaff("DEE.example@example.org ") }
        }
    }

    @Test("without an app a password is enough here; with one, the code is asked for and must be right")
    func codes() async throws {
        try await Registry.onEachEngine { registry in
            let plain = try await registry.addStaff("plain@example.org")
            _ = try await signIn(plain, code: "", in: registry)
            let (member, app) = try await memberWithCode(registry)
            let step = Int64(Registry.opening.timeIntervalSince1970 / 30)
            await #expect(throws: SignInRefusal.codeNeeded) { try await signIn(member, code: "", in: registry) }
            for code in [
                "000000", "12345", "1234567", "abcdef", "१२३४५६", app.code(step: step - 2), app.code(step: step + 2),
            ]
            where ![step - 1, step, step + 1].map({ app.code(step: $0) }).contains(code) {
                await #expect(throws: SignInRefusal.wrong) { try await signIn(member, code: code, in: registry) }
            }
            let code = app.code(step: step)
            _ = try await signIn(member, code: "\(code.prefix(3)) \(code.suffix(3))", in: registry)
        }
    }

    @Test("a code is good once, also for 12 at the same moment, and no older one after it")
    func codeOnce() async throws {
        try await Registry.onEachEngine { registry in
            let (member, app) = try await memberWithCode(registry)
            let step = Int64(Registry.opening.timeIntervalSince1970 / 30)
            let won = try await atOnce(12) { _ in
                do {
                    return try await signIn(member, code: app.code(step: step), in: registry) as Secret?
                } catch SignInRefusal.wrong { return nil }
            }
            #expect(won.compactMap { $0 }.count == 1)
            for old in [step - 1, step] where app.code(step: old) != app.code(step: step + 1) {
                await #expect(throws: SignInRefusal.wrong) {
                    try await signIn(member, code: app.code(step: old), in: registry, after: 5)
                }
            }
            _ = try await signIn(member, code: app.code(step: step + 1), in: registry, after: 30)
        }
    }

    @Test("a stored secret that can't be read refuses, it does not let in")
    func unreadableSecret() async throws {
        try await Registry.onEachEngine { registry in
            for broken in ["", "not base 32!", "0189"] {
                let member = try await registry.addStaff("\(broken.count)@example.org")
                let read = try await registry.store.write { transaction in
                    try transaction.run("UPDATE staff_member SET totp_secret = \(broken) WHERE id = \(member.id)")
                    return try #require(try staff.find(member.id, in: transaction))
                }
                #expect(read.hasTimeBasedCode)
                for code in ["", "000000"] {
                    await #expect(throws: SignInRefusal.self) { try await signIn(read, code: code, in: registry) }
                }
            }
        }
    }

    @Test("what was set up between the password and the sign-in counts: an app, a disabling")
    func meanwhile() async throws {
        try await Registry.onEachEngine { registry in
            let before = try await registry.addStaff("before@example.org")
            try await registry.store.write { transaction in
                try staff.setTimeBasedCode(
                    secret: TimeBasedCode.randomSecret(), for: before.id, by: before.actor, at: Registry.opening,
                    in: transaction)
            }
            await #expect(throws: SignInRefusal.codeNeeded) { try await signIn(before, code: "", in: registry) }
            let (member, app) = try await memberWithCode(registry)
            try await registry.store.write {
                try staff.disable(member.id, by: .system("test"), at: Registry.opening, in: $0)
            }
            let code = app.code(step: Int64(Registry.opening.timeIntervalSince1970 / 30))
            await #expect(throws: SignInRefusal.wrong) { try await signIn(member, code: code, in: registry) }
            #expect(try await registry.auditCount("staff.signIn") == 0)
        }
    }

    @Test("a disabled account is gone at once: its sessions, its sign-in, its name")
    func disabled() async throws {
        try await Registry.onEachEngine { registry in
            let member = try await registry.addStaff()
            let other = try await registry.addStaff("other@example.org")
            let secrets = [
                try await signIn(member, code: "", in: registry), try await signIn(member, code: "", in: registry),
            ]
            let others = try await signIn(other, code: "", in: registry)
            try await registry.store.write {
                try staff.disable(member.id, by: other.actor, at: Registry.opening, in: $0)
            }
            try await registry.store.read { (transaction: any Transaction) throws in
                for secret in secrets {
                    #expect(try Sessions().find(secret, at: Registry.opening, in: transaction) == nil)
                }
                #expect(try Sessions().find(others, at: Registry.opening, in: transaction) != nil)
                #expect(try staff.find(member.id, in: transaction) == nil)
                #expect(try staff.find(email: member.email, in: transaction) == nil)
            }
            // Even a session that a racing sign-in leaves behind is none.
            let late = try await registry.store.write {
                try Sessions().begin(for: member.actor, at: Registry.opening, in: $0)
            }
            let found = try await registry.store.read { try Sessions().find(late, at: Registry.opening, in: $0) }
            #expect(found == nil)
            #expect(try await registry.auditCount("staff.disable") == 1)
        }
    }

    @Test("random failures: an address is closed exactly while ten lie within fifteen minutes, and says for how long")
    func failures() async throws {
        try await Registry.onEachEngine { registry in
            var generator = SeededGenerator(seed: 21)
            var list: [(account: String, at: Date)] = []
            var now = Registry.opening
            var closedOnce = false
            func isClosed(_ account: String, at now: Date) -> Bool {
                list.filter { $0.account == account && now.timeIntervalSince($0.at) < 900 }.count >= 10
            }
            for step in 0..<trials(250, full: 2500) {
                now += [0, 1, 7.5, 30, 60, 90, 200].randomElement(using: &generator) ?? 1
                let account = ["a@example.org", "b@example.org"].randomElement(using: &generator) ?? ""
                let typed = Bool.random(using: &generator) ? account : " \(account.uppercased())"
                // In bursts more than ten: requests that were checked before the tenth was noted.
                let times = Int.random(in: 0..<8, using: &generator) == 0 ? 12 : 1
                for _ in 0..<times {
                    try await registry.store.write { [now] in try staff.noteFailure(email: typed, at: now, in: $0) }
                    list.append((account, now))
                }
                do {
                    try await registry.store.read { [now] in try staff.checkFailures(email: typed, at: now, in: $0) }
                    #expect(!isClosed(account, at: now), "step \(step)")
                } catch SignInRefusal.tooManyFailures(let wait) {
                    closedOnce = true
                    #expect(isClosed(account, at: now), "step \(step)")
                    #expect(!isClosed(account, at: now.addingTimeInterval(Double(wait))), "step \(step)")
                    if wait > 1 {
                        #expect(isClosed(account, at: now.addingTimeInterval(Double(wait - 1))), "step \(step)")
                    }
                    let later = now.addingTimeInterval(Double(wait))
                    try await registry.store.read { try staff.checkFailures(email: typed, at: later, in: $0) }
                }
            }
            #expect(closedOnce)
            // The answer for an address that nobody has is the same as for one that somebody has.
            try await registry.store.read {
                try staff.checkFailures(email: "c@example.org", at: Registry.opening, in: $0)
            }
        }
    }
}
