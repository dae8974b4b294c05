// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import Testing

/// A session as the plainest list would keep it.
private struct NaiveSession {
    let secret: Secret
    let actor: Actor
    let begun: Date
    var seen: Date
    var isEnded = false

    func isLive(at now: Date) -> Bool {
        let idle: Double = if case .staff = actor { 900 } else { 1800 }
        return !isEnded && now.timeIntervalSince(begun) < 43_200 && now.timeIntervalSince(seen) < idle
    }
}

@Suite("Sessions, on both engines")
struct SessionTests {
    @Test("random histories: a session lives exactly as long as the plain list says")
    func histories() async throws {
        try await Registry.onEachEngine { registry in
            let sessions = Sessions()
            for seed in 0..<UInt64(trials(4, full: 40)) {
                var generator = SeededGenerator(seed: seed)
                var staff: [StaffMember] = []
                for number in 0..<3 { staff.append(try await registry.addStaff("s\(seed)-\(number)@example.org")) }
                let patients = [
                    try await registry.addPatient("a\(seed)@example.org"),
                    try await registry.addPatient("b\(seed)@example.org"),
                ]
                let actors = staff.map(\.actor) + patients.map { Actor.patient($0.id) }
                var disabled: Set<Actor> = []
                var list: [NaiveSession] = []
                var now = Registry.opening
                for step in 0..<120 {
                    now +=
                        [0, 0, 1, 1, 5, 60, 61, 120, 300, 899, 900, 1799, 1800, 5000].randomElement(using: &generator)
                        ?? 1
                    let actor = actors.randomElement(using: &generator) ?? .visitor
                    switch Int.random(in: 0..<12, using: &generator) {
                    case 0..<4 where !disabled.contains(actor):
                        let secret = try await registry.store.write { [now] in
                            try sessions.begin(for: actor, at: now, in: $0)
                        }
                        list.append(NaiveSession(secret: secret, actor: actor, begun: now, seen: now))
                    case 4:
                        try await registry.store.write { try sessions.endAll(of: actor, in: $0) }
                        for index in list.indices where list[index].actor == actor { list[index].isEnded = true }
                    case 5 where disabled.count < 2 && step > 40:
                        guard case .staff(let id, _) = actor else { break }
                        try await registry.store.write { [now] in
                            try Staff().disable(id, by: .system("test"), at: now, in: $0)
                        }
                        disabled.insert(actor)
                        for index in list.indices where list[index].actor == actor { list[index].isEnded = true }
                    default: break
                    }
                    for index in list.indices where now.timeIntervalSince(list[index].seen) < 50_000 {
                        let held = list[index]
                        let found = try await registry.store.read { [now] in
                            try sessions.find(held.secret, at: now, in: $0)
                        }
                        #expect((found != nil) == held.isLive(at: now), "seed \(seed), step \(step)")
                        guard let found else { continue }
                        #expect(found.actor == held.actor)
                        if Int.random(in: 0..<3, using: &generator) == 0 {
                            // A use within a minute of the last written one need not be written.
                            #expect(sessions.needsTouch(found, at: now) == (now.timeIntervalSince(held.seen) > 60))
                            try await registry.store.write { [now] in try sessions.touch(found, at: now, in: $0) }
                            list[index].seen = now
                        } else if Int.random(in: 0..<40, using: &generator) == 0 {
                            try await registry.store.write { try sessions.end(found.id, in: $0) }
                            list[index].isEnded = true
                        }
                    }
                }
                #expect(list.count > 10)
            }
        }
    }

    @Test("a session that is used all day ends after twelve hours, to the second")
    func absoluteLifetime() async throws {
        try await Registry.onEachEngine { registry in
            let sessions = Sessions()
            let actor = try await registry.addStaff().actor
            let secret = try await registry.store.write {
                try sessions.begin(for: actor, at: Registry.opening, in: $0)
            }
            for minute in stride(from: 0, to: 720, by: 10) {
                let now = Registry.opening.addingTimeInterval(Double(minute) * 60)
                let found = try #require(try await registry.store.read { try sessions.find(secret, at: now, in: $0) })
                try await registry.store.write { try sessions.touch(found, at: now, in: $0) }
            }
            for (second, isLive) in [(43_199.0, true), (43_200, false), (43_201, false)] {
                let now = Registry.opening.addingTimeInterval(second)
                let found = try await registry.store.read { try sessions.find(secret, at: now, in: $0) }
                #expect((found != nil) == isLive)
            }
        }
    }

    @Test("the database holds only a cookie's hash, and the hash is no cookie")
    func hashedAtRest() async throws {
        try await Registry.onEachEngine { registry in
            let actor = try await registry.addStaff().actor
            let secret = try await registry.store.write {
                try Sessions().begin(for: actor, at: Registry.opening, in: $0)
            }
            #expect(secret.text.count == 43)
            #expect(try await !registry.holds(secret.text, in: "session"))
            #expect(try await registry.holds(secret.sha256, in: "session"))
            for other in [
                Secret(secret.sha256), Secret(""), Secret(secret.text + " "), Secret(secret.text.lowercased()),
            ] {
                let found = try await registry.store.read {
                    try Sessions().find(other, at: Registry.opening, in: $0)
                }
                #expect(found == nil)
            }
        }
    }

    @Test("nobody and nothing has no session")
    func nobody() async throws {
        try await Registry.onEachEngine { registry in
            for actor in [Actor.visitor, .system("job")] {
                let secret = try await registry.store.write {
                    try Sessions().begin(for: actor, at: Registry.opening, in: $0)
                }
                let found = try await registry.store.read {
                    try Sessions().find(secret, at: Registry.opening, in: $0)
                }
                #expect(found == nil)
            }
        }
    }

    @Test("secrets are 256 random bits, safe in an address, and hashed by SHA-256")
    func secrets() {
        let many = (0..<1000).map { _ in Secret.random().text }
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        #expect(Set(many).count == 1000)
        #expect(many.allSatisfy { $0.count == 43 && alphabet.isSuperset(of: $0) })
        // FIPS 180-2, appendix B.1.
        #expect(Secret("abc").sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
