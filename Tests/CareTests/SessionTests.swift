// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Recovery
import Storage
import Testing

@testable import Care

@Suite("Notes and sessions")
struct SessionTests {
    static let fields: [String: String] = SessionFields.defaults.merging([
        "points": "UB23 B 20, st36 L, Ashi L 15 (thigh)", "inserted": "4", "removed": "4",
        "reason-pregnancy-not-asked": "does not apply", "reason-fainting": "lying down",
    ]) { $1 }

    private func course(_ house: CareHouse) async throws -> (Episode, NeedleCourse) {
        let episode = try await house.open(.lowerBack, kind: .back)
        let course = try await house.store.write {
            try NeedleSessions().plan(
                6, frequency: "once a week", reviewAfter: 6, in: episode.id, by: CareHouse.clinician, at: CareHouse.now,
                in: $0)
        }
        return (episode, course)
    }

    private func begin(_ course: NeedleCourse, _ house: CareHouse) async throws -> NeedleSession {
        try await house.store.write {
            try NeedleSessions().begin(
                course.id, on: CareHouse.today, by: CareHouse.clinician, at: CareHouse.now, in: $0)
        }
    }

    private func sign(_ session: NeedleSession, _ fields: [String: String], _ house: CareHouse) async throws {
        try await house.store.write {
            try NeedleSessions().save(
                SessionFields(fields), of: session.id, by: CareHouse.clinician, at: CareHouse.now, in: $0)
        }
        try await house.store.write {
            try NeedleSessions().sign(session.id, by: CareHouse.clinician, at: CareHouse.now, in: $0)
        }
    }

    private func check(
        _ session: NeedleSession, _ moment: AdverseReaction.Moment, _ noted: [AdverseReaction.Noted] = [],
        in house: CareHouse
    ) async throws {
        try await house.store.write {
            try AdverseReactions().check(
                noted, of: session.id, moment, by: CareHouse.clinician, at: CareHouse.now, in: $0)
        }
    }

    private func refusedField(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch CareError.field(let field, _) {
            return field
        } catch {
            return "\(error)"
        }
    }

    @Test("a session is signed only with every needle out, every warning answered and the checklist gone through")
    func signing() async throws {
        try await CareHouse.withEach { house in
            let (episode, course) = try await course(house)
            let session = try await begin(course, house)
            func refused(_ change: (inout [String: String]) -> Void) async -> String? {
                var fields = Self.fields
                change(&fields)
                return await refusedField { try await sign(session, fields, house) }
            }
            #expect(await refused { $0["removed"] = "3" } == "removed")
            #expect(await refused { $0["removed"] = "" } == "removed")
            #expect(await refused { $0["inserted"] = "0" } == "inserted")
            #expect(await refused { $0["points"] = "" } == "points")
            #expect(await refused { $0["points"] = "ST46" } == "points")
            #expect(await refused { $0["reason-fainting"] = "" } == "reason-fainting")
            #expect(await refused { _ in } == "end-check")
            try await check(session, .end, in: house)
            try await sign(session, Self.fields, house)
            await #expect(throws: CareError.alreadySigned) { try await sign(session, Self.fields, house) }
            #expect(try await house.history(episode).entries.map(\.content) == [.visit(.acupuncture)])

            #expect(await refusedField { _ = try await begin(course, house) } == "next-check")
            try await check(session, .next, in: house)
            let next = try await begin(course, house)
            #expect(next.number == 2 && next.fields["points"] == Self.fields["points"])
            #expect(next.fields["removed"].isEmpty, "needles are counted anew")
        }
    }

    @Test("no session begins while a warning or a severe reaction is open")
    func blocked() async throws {
        try await CareHouse.withEach { house in
            let (episode, course) = try await course(house)
            let task = try await house.store.write {
                try SafetyTasks().raise(
                    .infection, of: house.patient, episode: episode.id, source: "note/1", by: CareHouse.clinician,
                    at: CareHouse.now, in: $0)
            }
            await #expect(throws: CareError.safetyTaskOpen(.sameDay)) { try await begin(course, house) }
            try await house.store.write {
                try SafetyTasks().close(
                    try #require(task), outcome: .notAnEmergency, words: "No fever, no wound.", today: CareHouse.today,
                    by: CareHouse.clinician, at: CareHouse.now, in: $0)
            }
            let session = try await begin(course, house)
            try await check(session, .end, [.init(kind: .chestPain, grade: 3)], in: house)
            try await sign(session, Self.fields, house)
            try await check(session, .next, [.init(kind: .bruise, grade: 1)], in: house)
            await #expect(throws: CareError.reactionOpen) { try await begin(course, house) }
            let all = try await house.store.read { try AdverseReactions().all(of: house.patient, in: $0) }
            let severe = try #require(all.first { $0.kind == .chestPain })
            let slight = try #require(all.first { $0.kind == .bruise })
            #expect(all.count == 2 && severe.dueAt < slight.dueAt)
            try await house.store.write {
                try AdverseReactions().close(
                    severe.id, outcome: "X-ray normal", by: CareHouse.clinician, at: CareHouse.now, in: $0)
            }
            #expect(try await begin(course, house).number == 2)
        }
    }

    @Test(
        "codes are read as people write them",
        arguments: [
            ("LI4", "LI4"), ("ub 23", "BL23"), ("SJ5", "TE5"), ("TH5", "TE5"), ("Du20", "GV20"), ("Ren-4", "CV4"),
            ("P6", "PC6"), ("Liv3", "LR3"), ("k3", "KI3"), ("BL67", "BL67"), ("ex-b2", "EX-B2"), ("EXUE7", "EX-UE7"),
            ("ashi", "ASHI"),
        ])
    func codes(_ typed: String, _ standard: String) throws {
        #expect(try AcupuncturePoint.standardCode(typed) == standard)
    }

    @Test("361 points and not one more")
    func bounds() {
        #expect(AcupuncturePoint.channels.map(\.count).reduce(0, +) == 361)
        for channel in AcupuncturePoint.channels {
            #expect((try? AcupuncturePoint.standardCode("\(channel.code)\(channel.count)")) != nil)
            for wrong in [0, channel.count + 1, 100] {
                #expect(throws: CareError.self) { try AcupuncturePoint.standardCode("\(channel.code)\(wrong)") }
            }
        }
        for wrong in ["", "ST", "36", "XX3", "EX-B10", "EX-Q1", "ST3.5", "ASHI 2x"] {
            #expect(throws: CareError.self) { try AcupuncturePoint.standardCode(wrong) }
        }
    }

    @Test("a list of points keeps side, depth and site, and reads its own writing")
    func lists() throws {
        let points = try AcupuncturePoint.list("LI 4 B 15mm, GV20; ASHI L 20 (front of the thigh)\nST36 R")
        #expect(points.map(\.text) == ["LI4 B 15", "GV20 M", "ASHI L 20 (front of the thigh)", "ST36 R"])
        #expect(try AcupuncturePoint.list(points.map(\.text).joined(separator: ", ")) == points)
        #expect(throws: CareError.self) { try AcupuncturePoint.list("ASHI L 20") }
        #expect(throws: CareError.self) { try AcupuncturePoint.list("ST36 Q") }
    }

    @Test("precautions warn about what they are about, and only that")
    func warnings() throws {
        func keys(_ points: String, _ precautions: [PrecautionKind: Answer], electro: Bool = false) throws -> Set<
            String
        > {
            Set(
                NeedleWarning.warnings(
                    points: try AcupuncturePoint.list(points), precautions: precautions, isElectro: electro,
                    isFirstSession: false
                ).map(\.key))
        }
        let no: [PrecautionKind: Answer] = [.pregnancy: .no]
        #expect(try keys("ST36", no).isEmpty)
        #expect(try keys("ST36", [:]) == ["pregnancy-not-asked"])
        #expect(try keys("SP6", [.pregnancy: .yes]) == ["pregnancy"])
        #expect(try keys("ST36", [.pregnancy: .yes]).isEmpty)
        #expect(try keys("BL13, GB21", no) == ["thorax"])
        #expect(try keys("BL22", no).isEmpty)
        #expect(try keys("ST36", [.pregnancy: .no, .anticoagulant: .yes]) == ["bleeding"])
        #expect(try keys("ST36", [.pregnancy: .no, .pacemaker: .yes]).isEmpty)
        #expect(try keys("ST36", [.pregnancy: .no, .pacemaker: .yes], electro: true) == ["electro"])
        #expect(try keys("GV15", no) == ["vessel"])
    }

    @Test("a signed note never changes; addenda are added; a follow-up begins with what the last one said")
    func notes() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open()
            func begin() async throws -> CareNote {
                try await house.store.write {
                    try CareNotes().begin(
                        in: episode.id, on: CareHouse.today, by: CareHouse.clinician, at: CareHouse.now, in: $0)
                }
            }
            func save(_ fields: [String: String], _ note: CareNote) async throws {
                try await house.store.write {
                    try CareNotes().save(
                        NoteFields(fields), of: note.id, by: CareHouse.clinician, at: CareHouse.now, in: $0)
                }
            }
            func sign(_ note: CareNote) async throws {
                try await house.store.write {
                    try CareNotes().sign(note.id, by: CareHouse.clinician, at: CareHouse.now, in: $0)
                }
            }
            let note = try await begin()
            try await save(["said": "Better", "diagnosis": "Quadriceps strain"], note)
            do {
                try await sign(note)
                Issue.record("an empty examination was signed")
            } catch CareError.notSignable(let obstacles) {
                #expect(obstacles.count == 9)
            }
            #expect(try await house.history(episode).entries.isEmpty, "a refused signature leaves nothing behind")
            var fields = [
                "said": "Better", "diagnosis": "Quadriceps strain", "treatment": "exercise", "strength-injured": "5",
                "strength-other": "5", "girth-injured": "52", "girth-other": "52,5", "flag-compartment": "no",
            ]
            for sign in TearSigns.Sign.allCases { fields["sign-\(sign.rawValue)"] = "no" }
            try await save(fields.merging(["strength-injured": "7"]) { $1 }, note)
            #expect(await refusedField { try await sign(note) } == "strength-injured")
            try await save(fields, note)
            try await sign(note)
            await #expect(throws: CareError.alreadySigned) { try await save(["said": "Worse"], note) }
            await #expect(throws: CareError.alreadySigned) { try await sign(note) }
            try await house.store.write {
                try CareNotes().addAddendum(
                    "Phoned on Friday.", to: note.id, by: CareHouse.clinician, at: CareHouse.now, in: $0)
            }
            let kept = try await house.store.read { try CareNotes().find(note.id, in: $0) }
            #expect(kept.fields.values == fields && kept.isSigned)
            let history = try await house.history(episode)
            #expect(history.diagnoses.map(\.text) == ["Quadriceps strain"])
            #expect(history.entries.map(\.content).contains(.visit(.exercise)))
            let next = try await begin()
            #expect(next.fields.values == fields && next.copiedFrom == note.id)
            await #expect(throws: CareError.notPermitted) {
                try await house.store.write {
                    try CareNotes().begin(
                        in: episode.id, on: CareHouse.today, by: CareHouse.desk, at: CareHouse.now, in: $0)
                }
            }
        }
    }
}
