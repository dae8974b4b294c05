// SPDX-License-Identifier: Apache-2.0

import Accounts
import Crypto
import Foundation
import Storage
import Testing

/// One thing that somebody with the database's password could do to the trail.
private struct Tampering: Sendable {
    let what: String
    let statements: [SQL]
    /// The entry that must be named, where only one can be.
    var sequence: Int64?
}

private struct Undone: Error { let verdict: AuditTrail.Verdict }

@Suite("The audit trail, on both engines")
struct AuditTrailTests {
    private func record(_ count: Int, in registry: Registry, using generator: inout SeededGenerator) async throws {
        let texts = ["", "a", "1:a", "-:", "ü", "e\u{301}", "\u{E9}", "🦵", "\"quoted\"", "line\nline", "NULL", "{}"]
        for number in 0..<count {
            let word = texts.randomElement(using: &generator) ?? ""
            let detail = Dictionary(
                (0..<Int.random(in: 0...3, using: &generator)).map { ("key\($0)\(word)", word) },
                uniquingKeysWith: { first, _ in first })
            let actors: [Actor] = [
                .visitor, .patient(.init("p1")), .staff(.init("s1"), .desk), .staff(.init("s1"), .owner),
                .system("job\(word)"),
            ]
            let actor = actors.randomElement(using: &generator) ?? .visitor
            let patient: Patient.ID? = Bool.random(using: &generator) ? Patient.ID("p\(number % 3)") : nil
            try await registry.store.write { transaction in
                try AuditTrail().record(
                    "booking.\(word)", patient: patient, subject: "booking/\(number)", detail: detail, by: actor,
                    at: Registry.opening.addingTimeInterval(Double(number) / 7), in: transaction)
            }
        }
    }

    /// Every kind of tampering, each with a victim of its own.
    private func tamperings(_ count: Int64, using generator: inout SeededGenerator) -> [Tampering] {
        func any() -> Int64 { Int64.random(in: 1...count, using: &generator) }
        let other = String(repeating: "0", count: 64)
        var list: [Tampering] = []
        let edits: [(String, SQL)] = [
            ("at + 1 µs", "at = at + 1"), ("at - 1 s", "at = at - 1000000"), ("at 0", "at = 0"),
            ("the latest at there is", "at = 9223372036854775807"), ("at before all", "at = -9223372036854775807"),
            ("actor", "actor = actor || ' '"), ("actor's role", "actor = 'staff/s2/owner'"),
            ("action", "action = 'booking.seen'"), ("patient", "patient = COALESCE(patient || 'x', 'p9')"),
            ("patient taken away or empty", "patient = CASE WHEN patient IS NULL THEN '' ELSE NULL END"),
            ("subject", "subject = subject || '0'"),
            ("a character moved over a border", "action = action || '7', subject = ''"),
            ("detail", "detail = '{\"a\":\"b\"}'"), ("detail spaced", "detail = detail || ' '"),
            ("previous hash", "previous_hash = \(other)"), ("hash", "hash = \(other)"), ("hash emptied", "hash = ''"),
            ("hash in capitals", "hash = upper(hash)"),
        ]
        for (what, edit) in edits {
            let victim = any()
            list.append(
                Tampering(
                    what: what, statements: ["UPDATE audit_entry SET \(edit) WHERE sequence = \(victim)"],
                    sequence: victim))
        }
        for _ in 0..<3 {
            let victim = any()
            list.append(
                Tampering(
                    what: "one removed", statements: ["DELETE FROM audit_entry WHERE sequence = \(victim)"],
                    sequence: victim))
            list.append(
                Tampering(
                    what: "one removed, the rest closed up",
                    statements: [
                        "DELETE FROM audit_entry WHERE sequence = \(victim)",
                        // Over the negative numbers, since no engine may see a number twice.
                        "UPDATE audit_entry SET sequence = -sequence WHERE sequence > \(victim)",
                        "UPDATE audit_entry SET sequence = -sequence - 1 WHERE sequence < 0",
                        "UPDATE audit_head SET sequence = sequence - 1",
                    ]))
            list.append(
                Tampering(
                    what: "the tail cut", statements: ["DELETE FROM audit_entry WHERE sequence >= \(victim)"],
                    sequence: victim))
            list.append(
                Tampering(
                    what: "the tail cut and the head's number set back",
                    statements: [
                        "DELETE FROM audit_entry WHERE sequence >= \(victim)",
                        "UPDATE audit_head SET sequence = \(victim - 1)",
                    ], sequence: victim - 1))
            list.append(
                Tampering(
                    what: "the beginning cut", statements: ["DELETE FROM audit_entry WHERE sequence <= \(victim)"],
                    sequence: 1))
        }
        let (first, second) = (any(), any())
        if first != second {
            list.append(
                Tampering(
                    what: "two exchanged",
                    statements: [
                        "UPDATE audit_entry SET sequence = -1 WHERE sequence = \(first)",
                        "UPDATE audit_entry SET sequence = \(first) WHERE sequence = \(second)",
                        "UPDATE audit_entry SET sequence = \(second) WHERE sequence = -1",
                    ], sequence: min(first, second)))
        }
        for place in [0, -5, count + 1, count + 7, Int64.max] {
            list.append(
                Tampering(
                    what: "a copy put in at \(place)",
                    statements: [
                        """
                        INSERT INTO audit_entry (sequence, at, actor, action, patient, subject, detail, previous_hash, hash)
                        SELECT \(place), at, actor, action, patient, subject, detail, previous_hash, hash
                        FROM audit_entry WHERE sequence = \(any())
                        """
                    ]))
        }
        list += [
            Tampering(what: "all removed", statements: ["DELETE FROM audit_entry"], sequence: 1),
            Tampering(what: "the head removed", statements: ["DELETE FROM audit_head"]),
            Tampering(
                what: "two heads", statements: ["INSERT INTO audit_head (sequence, hash) SELECT * FROM audit_head"]),
            Tampering(what: "the head back", statements: ["UPDATE audit_head SET sequence = sequence - 1"]),
            Tampering(what: "the head on", statements: ["UPDATE audit_head SET sequence = sequence + 1"]),
            Tampering(what: "the head's hash", statements: ["UPDATE audit_head SET hash = \(other)"]),
        ]
        return list
    }

    /// Tampers, looks, and undoes it.
    private func verdict(after statements: [SQL], in registry: Registry) async throws -> AuditTrail.Verdict {
        do {
            try await registry.store.write { transaction in
                for statement in statements { try transaction.run(statement) }
                throw Undone(verdict: try AuditTrail().verify(in: transaction))
            }
        } catch let undone as Undone { return undone.verdict }
        throw Undone(verdict: .broken(sequence: 0, why: "nothing was undone"))
    }

    @Test("random trails: any single edit, removal, insertion, exchange or cut is found, and named where it can be")
    func tampering() async throws {
        try await Registry.onEachEngine { registry in
            var generator = SeededGenerator(seed: 11)
            var count: Int64 = 0
            for round in 0..<trials(5, full: 50) {
                let more = Int.random(in: 1...9, using: &generator)
                try await record(more, in: registry, using: &generator)
                count += Int64(more)
                for tampering in tamperings(count, using: &generator) {
                    let verdict = try await verdict(after: tampering.statements, in: registry)
                    guard case .broken(let sequence, let why) = verdict else {
                        Issue.record("round \(round): \(tampering.what) of \(count) was not found")
                        continue
                    }
                    if let expected = tampering.sequence {
                        #expect(sequence == expected, "round \(round): \(tampering.what): \(why)")
                    }
                }
                guard case .whole(let entries, _) = try await registry.store.read({ try AuditTrail().verify(in: $0) })
                else {
                    Issue.record("round \(round): the trail was broken without tampering")
                    return
                }
                #expect(entries == count)
            }
        }
    }

    /// The seal as the trail's page describes it: SHA-256 over each field with its length before it.
    private func seal(_ row: Row, after previous: String) throws -> String {
        var text = "\(previous.utf8.count):\(previous)"
        for column in ["sequence", "at", "actor", "action", "patient", "subject", "detail"] {
            let field: String? =
                if column == "sequence" || column == "at" {
                    String(try row.get(column, as: Int64.self))
                } else { try row.get(column) }
            text += field.map { "\($0.utf8.count):\($0)" } ?? "-:"
        }
        return SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
    }

    @Test("who edits an entry and seals it, or all after it, anew is found at the next one or at the head")
    func resealed() async throws {
        try await Registry.onEachEngine { registry in
            var generator = SeededGenerator(seed: 31)
            let count: Int64 = 8
            try await record(Int(count), in: registry, using: &generator)
            for victim in 1...count {
                for resealedTo in [victim, count] {
                    let verdict: AuditTrail.Verdict
                    do {
                        try await registry.store.write { transaction in
                            try transaction.run("UPDATE audit_entry SET subject = 'x/1' WHERE sequence = \(victim)")
                            var previous = ""
                            for row in try transaction.rows("SELECT * FROM audit_entry ORDER BY sequence") {
                                let sequence: Int64 = try row.get("sequence")
                                let hash = try seal(row, after: previous)
                                if sequence < victim { #expect(try row.get("hash") == hash, "the oracle is wrong") }
                                if (victim...resealedTo).contains(sequence) {
                                    try transaction.run(
                                        """
                                        UPDATE audit_entry SET previous_hash = \(previous), hash = \(hash)
                                        WHERE sequence = \(sequence)
                                        """)
                                }
                                previous = hash
                            }
                            throw Undone(verdict: try AuditTrail().verify(in: transaction))
                        }
                        continue
                    } catch let undone as Undone { verdict = undone.verdict }
                    guard case .broken(min(resealedTo + 1, count), _) = verdict else {
                        Issue.record("\(victim) edited, sealed anew to \(resealedTo): \(verdict)")
                        continue
                    }
                }
            }
        }
    }

    @Test("a trail longer than one page of rows is read to its end")
    func long() async throws {
        try await Registry.onEachEngine { registry in
            try await registry.store.write { transaction in
                for number in 0..<2100 {
                    try AuditTrail().record(
                        "a", patient: nil, subject: "s/\(number)", by: .visitor, at: Registry.opening, in: transaction)
                }
            }
            for victim in [1, 999, 1000, 1001, 2000, 2001, 2100] as [Int64] {
                let verdict = try await verdict(
                    after: ["UPDATE audit_entry SET subject = 'x' WHERE sequence = \(victim)"], in: registry)
                #expect(verdict == .broken(sequence: victim, why: "its content was edited"))
                let removed = try await self.verdict(
                    after: ["DELETE FROM audit_entry WHERE sequence = \(victim)"], in: registry)
                guard case .broken(victim, _) = removed else {
                    Issue.record("removing \(victim) gave \(removed)")
                    continue
                }
            }
        }
    }

    @Test("who rewrites the tail and the head is told from the head that was kept elsewhere")
    func headKeptElsewhere() async throws {
        try await Registry.onEachEngine { registry in
            var generator = SeededGenerator(seed: 5)
            try await record(6, in: registry, using: &generator)
            let kept = try await registry.store.read { try AuditTrail().verify(in: $0) }
            let forged = try await verdict(
                after: [
                    "DELETE FROM audit_entry WHERE sequence = 6",
                    "UPDATE audit_head SET sequence = 5, hash = (SELECT hash FROM audit_entry WHERE sequence = 5)",
                ], in: registry)
            guard case .whole(5, let hash) = forged, case .whole(6, let keptHash) = kept else {
                Issue.record("\(forged), \(kept)")
                return
            }
            #expect(hash.count == 64 && hash != keptHash)
        }
    }

    @Test("64 entries at once make one chain; an act that is undone leaves no entry")
    func atTheSameTime() async throws {
        try await Registry.onEachEngine { registry in
            _ = try await atOnce(64) { number in
                try? await registry.store.write { transaction in
                    try AuditTrail().record(
                        "a", patient: nil, subject: "s/\(number)", by: .visitor, at: Registry.opening, in: transaction)
                    if number % 4 == 0 { throw Undone(verdict: .broken(sequence: 0, why: "")) }
                }
            }
            guard case .whole(48, _) = try await registry.store.read({ try AuditTrail().verify(in: $0) }) else {
                Issue.record("the chain is not whole")
                return
            }
        }
    }
}
