// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Recovery
import Storage
import Testing

@testable import Care

@Suite("Intake")
struct IntakeTests {
    static let whole: [String: String] = [
        "region": "thighFront", "side": "left", "onset": "2027-01-13", "mechanism": "sudden", "pain-now": "4",
        "pain-average": "6", "pain-worst": "8", "activity-1": "Running", "activity-1-score": "2",
        "activity-2": "Stairs",
        "activity-2-score": "5", "seen-warnings": "yes", "seen-precautions": "yes", "sign-pop": "yes",
        "sign-bruising": "yes", "flag-compartment": "no", "precaution-anticoagulant": "yes",
    ]

    private func begin(_ house: CareHouse, booking: String? = nil) async throws -> (Intake, Secret) {
        let access = Secret.random()
        let intake = try await house.store.write {
            try Intakes().begin(of: house.patient, booking: booking, access: access, at: CareHouse.now, in: $0)
        }
        return (intake, access)
    }

    private func answer(
        _ answers: [String: String], _ intake: Intake, _ house: CareHouse
    ) async throws -> SafetyTask.Level? {
        try await house.store.write { try Intakes().answer(answers, in: intake.id, at: CareHouse.now, in: $0) }
    }

    @Test("the answers become an episode with its baseline, its signs and the flags, asked and not asked")
    func whole() async throws {
        try await CareHouse.withEach { house in
            let (intake, access) = try await begin(house)
            _ = try await answer(Self.whole, intake, house)
            let done = try await house.store.write {
                try Intakes().finish(intake.id, today: CareHouse.today, at: CareHouse.now, in: $0)
            }
            let episode = try #require(done.episode)
            let history = try await house.store.read { try Episodes().history(of: episode, in: $0) }
            #expect(history.kind == .muscle && history.onset == Day(iso: "2027-01-13"))
            let contents = history.entries.map(\.content)
            #expect(contents.contains(.score(.nrs, 6)) && contents.contains(.score(.psfs, 3.5)))
            #expect(contents.contains(.flag(.compartment, .no)) && contents.contains(.flag(.infection, .notAsked)))
            #expect(
                contents.contains(.tearSigns(TearSigns([.pop: .yes, .bruising: .yes, .cannotBearWeight: .notAsked]))))
            // Pop and bruise at once: the founding case must be heard on day 0.
            #expect(assess(history, now: CareHouse.today).contains { $0.rule == "A3" })
            let known = try await house.store.read { try Precautions().current(of: house.patient, in: $0) }
            #expect(known[.anticoagulant]?.answer == .yes && known[.pacemaker]?.answer == .notAsked)
            let again = try await house.store.read { try Intakes().find(access: access, in: $0) }
            #expect(again.isFinished)
        }
    }

    @Test("an intake that was left goes on where it was, also from another link")
    func resumed() async throws {
        try await CareHouse.withEach { house in
            let (first, _) = try await begin(house)
            _ = try await answer(["region": "knee", "side": "right"], first, house)
            let (second, _) = try await begin(house, booking: "booking-1")
            #expect(second.region == .knee && second.nextStep == .start)
            await #expect(throws: CareError.self) {
                try await house.store.write {
                    try Intakes().finish(second.id, today: CareHouse.today, at: CareHouse.now, in: $0)
                }
            }
        }
    }

    @Test(
        "what takes hands to examine is seen in the answers, of the questions that this region asks",
        arguments: [
            (["region": "thighFront", "sign-pop": "yes"], [.tear]),
            (["region": "calf", "sign-cannotBearWeight": "yes"], [.tear]),
            (["region": "thighFront", "sign-bruising": "yes"], []), (["region": "lowerBack", "sign-pop": "yes"], []),
            (["region": "knee", "flag-extensorMechanism": "yes"], [.tear]), (["sign-pop": "yes"], []),
            (["region": "neck", "flag-progressiveDeficit": "yes"], [.deficit]),
            (
                ["region": "lowerBack", "flag-caudaEquina": "yes", "flag-progressiveDeficit": "yes"],
                [.caudaEquina, .deficit]
            ),
            (["region": "lowerBack", "flag-caudaEquina": "no", "flag-infection": "yes"], []),
        ] as [([String: String], Set<Intake.NeedForHands>)])
    func hands(answers: [String: String], needs: Set<Intake.NeedForHands>) async throws {
        try await CareHouse.withEach { house in
            let (first, _) = try await begin(house)
            #expect(first.needsHands.isEmpty)
            let (intake, _) = try await begin(house)
            _ = try await answer(answers, intake, house)
            let (since, later) = try await house.store.read { transaction in
                (
                    try Intakes().needsHands(of: house.patient, since: CareHouse.now, in: transaction),
                    try Intakes().needsHands(
                        of: house.patient, since: CareHouse.now.addingTimeInterval(1), in: transaction)
                )
            }
            #expect(since == needs && later.isEmpty)
        }
    }

    @Test("an emergency answer raises one task, before the end, and only a clinician closes it with words")
    func emergency() async throws {
        try await CareHouse.withEach { house in
            let (intake, _) = try await begin(house)
            var answers = Self.whole
            answers["region"] = "lowerBack"
            answers["flag-caudaEquina"] = "yes"
            answers["seen-precautions"] = ""
            for _ in 0..<2 { #expect(try await answer(answers, intake, house) == .emergency) }
            let open = try await house.store.read { try SafetyTasks().open(of: house.patient, in: $0) }
            #expect(open.map(\.flag) == [.caudaEquina] && open.first?.level == .emergency)
            // Taking the answer back does not take the task back.
            _ = try await answer(["flag-caudaEquina": "no", "seen-precautions": "yes"], intake, house)
            let task = try #require(open.first)
            func close(_ words: String, by actor: Actor) async throws {
                try await house.store.write {
                    try SafetyTasks().close(
                        task.id, outcome: .sentToEmergency, words: words, today: CareHouse.today, by: actor,
                        at: CareHouse.now, in: $0)
                }
            }
            for actor in [Actor.visitor, .patient(house.patient), CareHouse.desk, .system("job")] {
                await #expect(throws: CareError.notPermitted) { try await close("called", by: actor) }
            }
            await #expect(throws: CareError.self) { try await close("", by: CareHouse.clinician) }
            let done = try await house.store.write {
                try Intakes().finish(intake.id, today: CareHouse.today, at: CareHouse.now, in: $0)
            }
            try await close("Phoned; taken to hospital by her sister.", by: CareHouse.clinician)
            let left = try await house.store.read { try SafetyTasks().open(of: house.patient, in: $0) }
            #expect(left.isEmpty)
            let history = try await house.store.read { try Episodes().history(of: try #require(done.episode), in: $0) }
            #expect(history.entries.map(\.content).contains(.disposition(rule: "A1", .referred, until: nil)))
        }
    }

    @Test("every region asks what its kind needs before signing", arguments: BodyRegion.allCases)
    func questions(_ region: BodyRegion) {
        let flags = WarningQuestion.questions(for: region).map(\.flag)
        #expect(!flags.isEmpty && Set(flags).count == flags.count)
        switch region.kind(afterInjury: true) {
        case .back: #expect(Set(flags).isSuperset(of: [.caudaEquina, .progressiveDeficit, .aneurysm]))
        case .muscle: #expect(flags.contains(.compartment))
        case .other: break
        }
    }
}
