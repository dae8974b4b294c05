// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Recovery
import Storage
import Testing

@testable import Care

@Suite("Weekly questions, and scores with their questionnaires") struct CheckInTests {
    private static let forms: Questionnaires = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Content/questionnaires")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        return Questionnaires(
            files: names.compactMap { try? Data(contentsOf: folder.appendingPathComponent($0)) })
    }()

    private func due(_ episode: Episode, _ day: Int, _ house: CareHouse) async throws -> Bool {
        try await house.store.read { try CheckIns().isDue(episode, on: CareHouse.today.adding(day), in: $0) }
    }

    private func make(_ episode: Episode, _ day: Int, _ house: CareHouse) async throws -> Secret? {
        try await house.store.write {
            try CheckIns().make(
                for: episode, on: CareHouse.today.adding(day),
                at: CareHouse.now.addingTimeInterval(Double(day) * 86_400), in: $0)?.access
        }
    }

    private func answer(
        _ access: Secret, pain: String, _ activities: [(name: String, score: String)] = [], change: String = "",
        day: Int, _ house: CareHouse
    ) async throws -> Bool {
        try await house.store.write {
            try CheckIns().answer(
                .init(pain: pain, activities: activities, change: change), access: access, with: Self.forms,
                on: CareHouse.today.adding(day), secondOfDay: 1,
                at: CareHouse.now.addingTimeInterval(Double(day) * 86_400), in: $0)
        }
    }

    @Test func askedAWeekAfterTheLastScoreAndNeverTwice() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open()
            #expect(try await !due(episode, 6, house))
            #expect(try await due(episode, 7, house), "nothing was scored for a week since it was opened")
            try await house.add(.score(.nrs, 5), to: episode, day: 3)
            #expect(try await !due(episode, 7, house))
            #expect(try await due(episode, 10, house))
            #expect(try await make(episode, 10, house) != nil)
            #expect(try await make(episode, 10, house) == nil, "one question a day")
            #expect(try await !due(episode, 16, house))
            for day in [17, 24, 31] { #expect(try await make(episode, day, house) != nil) }
            #expect(try await !due(episode, 60, house), "who leaves four unanswered is left in peace")
        }
    }

    @Test func anAnswerIsScoredOnceWithItsQuestionnaire() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open()
            let access = try #require(try await make(episode, 7, house))
            #expect(
                try await answer(access, pain: "6", [("Running", "3"), ("Stairs", "4")], change: "-1", day: 7, house))
            #expect(try await !answer(access, pain: "0", day: 7, house), "a link answers once")
            let history = try await house.history(episode)
            // Of one moment: their order says nothing.
            #expect(
                Set(history.entries.map(\.content)) == [.score(.nrs, 6), .score(.psfs, 3.5), .score(.grc, -1)])
            let kept = try await house.store.read { try Self.forms.responses(of: episode.id, in: $0) }
            #expect(Set(kept.map(\.url)) == [Questionnaires.pain, Questionnaires.activities, Questionnaires.change])
            #expect(kept.allSatisfy { $0.version == "1" })
            let activities = try #require(kept.first { $0.url == Questionnaires.activities })
            #expect(activities.answers["activity-2-name"] == "Stairs")
            let names = try await house.store.read { try Self.forms.activityNames(of: episode.id, in: $0) }
            #expect(names == ["Running", "Stairs"])
            // Only one of the two activities: another mean, which could not be compared.
            let next = try #require(try await make(episode, 14, house))
            await #expect(throws: CareError.self) {
                _ = try await answer(next, pain: "5", [("Running", "4")], day: 14, house)
            }
            #expect(try await house.history(episode).entries.count == 3, "refused as a whole")
        }
    }

    @Test func aLinkEndsAfterAWeekAndRefusesWhatIsNoNumber() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open()
            let access = try #require(try await make(episode, 7, house))
            for pain in ["", "11", "-1", "4.5", "much"] {
                await #expect(throws: CareError.self, "\(pain)") {
                    _ = try await answer(access, pain: pain, day: 8, house)
                }
            }
            await #expect(throws: CareError.expiredCheckIn) { _ = try await answer(access, pain: "4", day: 14, house) }
            await #expect(throws: CareError.unknownCheckIn) {
                _ = try await answer(Secret.random(), pain: "4", day: 8, house)
            }
            #expect(try await house.history(episode).entries.isEmpty)
        }
    }

    private static func imported(version: String = "1", words: String = "Standing up", scoring: String = "sum") -> Data
    {
        Data(
            """
            {"resourceType":"Questionnaire","url":"urn:example:form","version":"\(version)","title":"Example form",
             "extension":[{"url":"urn:fascia:scoring","extension":[{"url":"measure","valueCode":"example"},
              {"url":"method","valueCode":"\(scoring)"},{"url":"direction","valueCode":"lowerIsBetter"},
              {"url":"floor","valueDecimal":0},{"url":"ceiling","valueDecimal":2},{"url":"missing","valueCode":"asZero"}]}],
             "item":[{"linkId":"a","text":"\(words)","type":"boolean"},{"linkId":"b","text":"Sitting","type":"boolean"}]}
            """.utf8)
    }

    @Test func aVersionNeverChanges() async throws {
        try await CareHouse.withEach { house in
            func keep(_ file: Data, by actor: Actor = CareHouse.clinician, hours: Double = 0) async throws {
                let now = CareHouse.now.addingTimeInterval(hours * 3600)
                _ = try await house.store.write { try Self.forms.keep(file, by: actor, at: now, in: $0) }
            }
            await #expect(throws: CareError.notPermitted) { try await keep(Self.imported(), by: CareHouse.desk) }
            await #expect(throws: DocumentError.self) { try await keep(Self.imported(scoring: "median")) }
            try await keep(Self.imported())
            try await keep(Self.imported())
            await #expect(throws: CareError.self) { try await keep(Self.imported(words: "Lying down")) }
            try await keep(Self.imported(version: "2", words: "Lying down"), hours: 1)
            let all = try await house.store.read { try Self.forms.all(in: $0) }
            #expect(all.filter { $0.url == "urn:example:form" }.map(\.version) == ["2"])
            let episode = try await house.open()
            let form = try #require(all.first { $0.url == "urn:example:form" })
            let score = try await house.store.write {
                try Self.forms.enter(
                    ["a": "true", "b": ""], of: form, to: episode.id, on: CareHouse.today, source: "desk",
                    by: CareHouse.clinician, at: CareHouse.now, in: $0)
            }
            #expect(score.value == 1 && score.missing == ["b"])
        }
    }

    @Test func anAlarmIsToldOnce() async throws {
        try await CareHouse.withEach { house in
            let episode = try await house.open(daysAgo: 14)
            func news(_ day: Int, as told: Alarms.Told = .clinician) async throws -> [String] {
                try await house.store.write { transaction in
                    try Alarms().all(of: episode.id, on: CareHouse.today.adding(day), in: transaction).filter(\.isOpen)
                        .filter {
                            try Alarms().note($0, of: episode, as: told, at: CareHouse.now, in: transaction)
                        }.map(\.rule)
                }
            }
            #expect(try await news(0) == ["A5", "A14"])
            #expect(try await news(0) == [])
            #expect(try await news(0, as: .lead) == ["A5", "A14"])
            #expect(try await news(7).contains("A5") == false)
        }
    }
}
