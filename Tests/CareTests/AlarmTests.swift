// SPDX-License-Identifier: Apache-2.0

import Accounts
import Recovery
import Storage
import Testing

@testable import Care

@Suite struct AlarmTests {
    private func answer(
        _ rule: String, _ what: Disposition, until: Int? = nil, words: String = "Ultrasound tomorrow at nine",
        of episode: Episode, in house: CareHouse, by actor: Actor = CareHouse.clinician
    ) async throws {
        try await house.store.write {
            try Alarms().answer(
                rule, of: episode.id, with: what, until: until.map(CareHouse.today.adding), words: words,
                on: CareHouse.today, secondOfDay: 40_000, by: actor, at: CareHouse.now, in: $0)
        }
    }

    private func open(_ episode: Episode, in house: CareHouse, days: Int = 0) async throws -> [String] {
        try await house.store.read {
            try Alarms().all(of: episode.id, on: CareHouse.today.adding(days), in: $0).filter(\.isOpen).map(\.rule)
        }
    }

    /// The founding case, two weeks in, from stored entries.
    private func foundingCase(_ house: CareHouse) async throws -> Episode {
        let episode = try await house.open(daysAgo: 14)
        for (day, pain, function) in [(-14, 6.0, 3.0), (-7, 5, 3), (0, 5, 4)] {
            try await house.add(.score(.nrs, pain), to: episode, day: day)
            try await house.add(.score(.psfs, function), to: episode, day: day)
        }
        return episode
    }

    @Test func storedEntriesAlarmAndAnAnswerCloses() async throws {
        try await CareHouse.withEach { house in
            let episode = try await foundingCase(house)
            #expect(try await open(episode, in: house) == ["A4", "A5"])
            try await answer("A5", .imagingOrdered, of: episode, in: house)
            #expect(try await open(episode, in: house) == ["A4"])
            // The ordered imaging comes back when its result does not.
            #expect(try await open(episode, in: house, days: 7).contains("A18"))
            await #expect(throws: CareError.self) { try await answer("A5", .referred, of: episode, in: house) }
        }
    }

    @Test func nothingElseCloses() async throws {
        try await CareHouse.withEach { house in
            let episode = try await foundingCase(house)
            await #expect(throws: CareError.notPermitted) {
                try await answer("A5", .referred, of: episode, in: house, by: CareHouse.desk)
            }
            await #expect(throws: CareError.notPermitted) {
                try await answer("A5", .referred, of: episode, in: house, by: .patient(house.patient))
            }
            for words in ["", "   ", "ok"] {
                await #expect(throws: CareError.self) {
                    try await answer("A5", .referred, words: words, of: episode, in: house)
                }
            }
            for until in [nil, 0, 15] {
                await #expect(throws: CareError.self) {
                    try await answer("A5", .justifiedWait, until: until, of: episode, in: house)
                }
            }
            #expect(try await open(episode, in: house).contains("A5"))
            try await answer("A5", .justifiedWait, until: 3, of: episode, in: house)
            #expect(try await !open(episode, in: house).contains("A5"))
            #expect(try await open(episode, in: house, days: 3).contains("A5"))
        }
    }
}
