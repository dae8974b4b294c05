// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Recovery
import Storage
import Testing

@testable import Care

@Suite("Episodes")
struct EpisodeTests {
    @Test("every kind of fact is read back as it was entered, in the order of days")
    func facts() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open(daysAgo: 30)
            let facts: [EpisodeHistory.Content] = [
                .score(.nrs, 6.5), .flag(.compartment, .no), .flag(.infection, .notAsked),
                .tearSigns(
                    TearSigns([.pop: .yes, .bruising: .no], strengthGrade: 4, girthDifferenceCentimetres: -1.5)),
                .visit(.acupuncture), .missedVisit, .imaging(.mri, result: nil, expectedDays: nil),
                .referral(result: CareHouse.today), .disposition(rule: "A5", .justifiedWait, until: CareHouse.today),
            ]
            for (index, fact) in facts.enumerated().reversed() {
                try await house.add(fact, to: episode, day: index - 20)
            }
            let history = try await house.history(episode)
            #expect(history.entries.map(\.content) == facts)
            #expect(history.entries.map(\.at) == facts.indices.map { CareHouse.today.adding($0 - 20) })
            #expect(history.kind == .muscle && history.onset == CareHouse.today.adding(-30))
        }
    }

    @Test("a result completes what was ordered, once, and no rule fires for it any more")
    func results() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open(daysAgo: 10)
            let ordered = try await house.add(
                .imaging(.ultrasound, result: nil, expectedDays: nil), to: episode, day: -8)
            await #expect(throws: CareError.self) {
                try await house.store.write {
                    try Episodes().complete(
                        ordered, on: CareHouse.today.adding(-9), words: "", by: CareHouse.clinician,
                        at: CareHouse.now, in: $0)
                }
            }
            for (day, days) in [(-5, 27.0), (-3, 9.0)] {
                try await house.store.write {
                    _ = try Episodes().complete(
                        ordered, on: CareHouse.today.adding(day), words: "tear", expectedDays: days,
                        by: CareHouse.clinician, at: CareHouse.now, in: $0)
                }
            }
            let history = try await house.history(episode)
            #expect(
                history.entries.map(\.content)
                    == [.imaging(.ultrasound, result: CareHouse.today.adding(-5), expectedDays: 27)])
        }
    }

    @Test("what was withdrawn is not counted, and stays")
    func withdrawal() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open()
            let wrong = try await house.add(.score(.nrs, 60), to: episode)
            try await house.add(.score(.nrs, 6), to: episode)
            for reason in ["typed twice", "again"] {
                try await house.store.write {
                    try Episodes().withdraw(
                        wrong, reason: reason, by: CareHouse.clinician, at: CareHouse.now, in: $0)
                }
            }
            #expect(try await house.history(episode).entries.map(\.content) == [.score(.nrs, 6)])
            let kept = try await house.store.read {
                try $0.value(String.self, "SELECT reason FROM episode_withdrawal WHERE entry = \(wrong)")
            }
            #expect(kept == "typed twice")
        }
    }

    @Test("a strain can't be diagnosed with the examination for a tear left empty, and can with it filled in")
    func strain() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open()
            func diagnose() async throws {
                try await house.store.write {
                    try Episodes().diagnose(
                        episode.id, words: "Quadriceps strain, minor", status: .provisional, on: CareHouse.today,
                        by: CareHouse.clinician, at: CareHouse.now, in: $0)
                }
            }
            do {
                try await diagnose()
                Issue.record("the diagnosis was taken")
            } catch CareError.notSignable(let obstacles) {
                #expect(obstacles.count == 9, "eight fields, and the compartment question")
            }
            let no = Dictionary(uniqueKeysWithValues: TearSigns.Sign.allCases.map { ($0, Answer.no) })
            try await house.add(
                .tearSigns(TearSigns(no, strengthGrade: 5, girthDifferenceCentimetres: 0)), to: episode)
            await #expect(throws: CareError.notSignable([.emergencyQuestion(.compartment)])) { try await diagnose() }
            try await house.add(.flag(.compartment, .no), to: episode)
            try await diagnose()
            let diagnoses = try await house.store.read { try Episodes().diagnoses(of: episode.id, in: $0) }
            #expect(diagnoses.map(\.words) == ["Quadriceps strain, minor"])
            #expect(try await house.history(episode).diagnoses.map(\.status) == [.provisional])
        }
    }

    @Test("who may not, may not; a patient enters own scores and sees own episodes")
    func permissions() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open(by: .patient(house.patient))
            try await house.add(.score(.nrs, 4), to: episode, by: .patient(house.patient))
            for actor in [Actor.visitor, .patient(house.other), CareHouse.desk] {
                await #expect(throws: CareError.notPermitted) {
                    try await house.add(.score(.nrs, 4), to: episode, by: actor)
                }
                await #expect(throws: CareError.notPermitted) {
                    try await house.store.write {
                        try Episodes().see(episode.id, by: actor, at: CareHouse.now, in: $0)
                    }
                }
            }
            await #expect(throws: CareError.notPermitted) {
                try await house.add(.visit(.other), to: episode, by: .patient(house.patient))
            }
            let seen = try await house.store.write {
                try Episodes().see(episode.id, by: .patient(house.patient), at: CareHouse.now, in: $0)
            }
            #expect(seen.id == episode.id)
        }
    }

    @Test("a closed episode takes nothing more")
    func closed() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open()
            try await house.store.write {
                try Episodes().close(
                    episode.id, why: "recovered", by: CareHouse.clinician, at: CareHouse.now, in: $0)
            }
            await #expect(throws: CareError.closedEpisode) { try await house.add(.score(.nrs, 1), to: episode) }
            let open = try await house.store.read { try Episodes().listOpen(in: $0) }
            #expect(open.isEmpty)
        }
    }

    @Test("an onset in the future is refused")
    func future() async throws {
        try await CareHouse.withEach { house in
            await #expect(throws: CareError.self) { try await house.open(daysAgo: -1) }
        }
    }
}
