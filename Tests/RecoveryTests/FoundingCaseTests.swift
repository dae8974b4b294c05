// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Recovery

/// The acceptance test of the domain notes, 4.3: in no variant does day 14 pass silently.
@Suite struct FoundingCaseTests {
    @Test func signsThatWereEnteredAlarmOnTheFirstDay() throws {
        let history = foundingCase(signs: TearSigns([.pop: .yes, .bruising: .yes]))
        let alarms = assess(history, now: day(0))
        #expect(alarms.map(\.rule) == ["A3"])
        let alarm = try #require(alarms.first)
        #expect(alarm.level == .red)
        #expect(alarm.firedOn == day(0))
        #expect(alarm.dueOn == day(3))
        #expect(alarm.inputs == [.init(day(0), "pop or snap"), .init(day(0), "bruising")])
        #expect(alarm.options.first?.text.contains("ultrasound") == true)
    }

    @Test func emptyFieldsCannotBeSigned() {
        for signs in [nil, TearSigns()] {
            let obstacles = signingObstacles(foundingCase(signs: signs), now: day(0))
            #expect(
                obstacles.filter { if case .tearField = $0 { true } else { false } }.map(\.field) == [
                    "palpableGap", "defectOpensOnContraction", "pop", "bruising", "cannotBearWeight", "motionLoss",
                    "strengthGrade", "girthDifferenceCentimetres",
                ])
        }
        let asked = foundingCase(signs: noSigns()).adding(entry(0, .flag(.compartment, .no)))
        #expect(signingObstacles(asked, now: day(0)).isEmpty)
        let oneMissing = foundingCase(signs: noSigns(strength: nil)).adding(entry(0, .flag(.compartment, .no)))
        #expect(signingObstacles(oneMissing, now: day(0)) == [.tearField("strengthGrade")])
    }

    @Test func strainAloneIsNotSignedWhileATearIsSuspected() {
        var signs = noSigns()
        signs[.palpableGap] = .yes
        let history = foundingCase(signs: signs).adding(entry(0, .flag(.compartment, .no)))
        #expect(signingObstacles(history, now: day(0)) == [.tearNotLookedFor(signs: ["palpable gap"])])
        #expect(signingObstacles(history, diagnosis: "rectus femoris tear", now: day(0)).isEmpty)
        let looked = history.adding(entry(0, .imaging(.ultrasound, result: day(1), expectedDays: nil)))
        #expect(signingObstacles(looked, now: day(1)).isEmpty)
    }

    @Test(arguments: [noSigns(), noSigns(strength: nil, girth: nil), nil])
    func signsEnteredAsNoAlarmEveryWeek(signs: TearSigns?) {
        let history = foundingCase(signs: signs)
        #expect(fired(history, now: 28) == ["A4": 7, "A5": 14, "A6": 21, "A15": 28])
        #expect(fired(history, now: 27) == ["A4": 7, "A5": 14, "A6": 21])
        #expect(fired(history, now: 13) == ["A4": 7])
        #expect(fired(history, now: 6) == [:])
    }

    @Test func nothingScoredAlarmsByDayFourteen() {
        let history = foundingCase(signs: noSigns(), isScored: false)
        #expect(fired(history, now: 28) == ["A4": 7, "A5": 14, "A14": 14, "A6": 21, "A15": 28])
        // Nor does an episode of which nothing more was ever heard pass.
        let silent = EpisodeHistory(kind: .muscle, onset: dayZero)
        #expect(fired(silent, now: 28) == ["A4": 7, "A5": 14, "A14": 14, "A6": 21, "A15": 28])
    }

    /// The clock is the injury's, not that of the first visit two days later.
    @Test func theClockRunsFromTheInjury() {
        let late = foundingCase(signs: noSigns())
        let entries = late.entries.map { EpisodeHistory.Entry(at: $0.at.adding(2), $0.content) }
        let history = EpisodeHistory(
            kind: .muscle, onset: dayZero, diagnoses: [.init(at: day(2), text: "strain", status: .provisional)],
            entries: entries)
        #expect(fired(history, now: 28) == ["A4": 7, "A5": 14, "A6": 21, "A15": 28])
    }

    /// Told "strain" elsewhere and treated for four weeks: the first visit here alarms at once.
    @Test func aLateFirstVisitDoesNotStartTheClockAnew() {
        let history = EpisodeHistory(
            kind: .muscle, onset: dayZero, diagnoses: [.init(at: day(28), text: "strain", status: .provisional)],
            entries: [score(28, .nrs, 5), score(28, .psfs, 4), entry(28, .tearSigns(noSigns()))])
        #expect(fired(history, now: 28) == ["A5": 28])
        #expect(fired(history, now: 42) == ["A5": 28, "A4": 35, "A6": 35, "A14": 42, "A15": 42])
    }

    @Test func anAthleteWhoRecoversIsLeftInPeace() {
        var entries = [entry(0, .tearSigns(noSigns())), entry(7, .tearSigns(noSigns()))]
        for (week, (pain, function)) in zip([6.0, 3, 1, 0, 0], [3.0, 6, 9, 10, 10]).enumerated() {
            entries += [
                score(week * 7, .nrs, pain), score(week * 7, .psfs, function), entry(week * 7, .visit(.exercise)),
            ]
        }
        let history = EpisodeHistory(
            kind: .muscle, onset: dayZero, diagnoses: [.init(at: dayZero, text: "strain", status: .provisional)],
            entries: entries)
        #expect(fired(history, now: 35) == [:])
        #expect(Progress(of: history, on: day(28)).status == .recovered)
    }
}
