// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Recovery

/// One behaviour of one rule per test, in the order of the table.
@Suite struct RuleTests {
    @Test(arguments: Flag.allCases)
    func flagsAlarmByTheirUrgency(flag: Flag) {
        for kind in EpisodeKind.allCases {
            for answer in Answer.allCases {
                let history = EpisodeHistory(kind: kind, onset: dayZero, entries: [entry(0, .flag(flag, answer))])
                let expected: [String] =
                    switch (answer, flag.triage) {
                    case (.yes, .emergency): ["A1"]
                    case (.yes, .sameDay): ["A2"]
                    case (.yes, .soon): ["A19"]
                    default: []
                    }
                #expect(assess(history, now: day(0)).map(\.rule) == expected)
            }
        }
    }

    @Test func aSignOfSlowDangerIsWorkedUpWithinTwoWeeksAndItsResultIsWaitedFor() throws {
        let told = EpisodeHistory(kind: .back, onset: dayZero, entries: [entry(3, .flag(.malignancy, .yes))])
        let alarm = try #require(assess(told, now: day(3)).first { $0.rule == "A19" })
        #expect(alarm.dueOn == day(17) && alarm.isOpen && alarm.level == .amber)
        let ordered = told.adding(answer(5, "A19", .imagingOrdered))
        #expect(fired(ordered, now: 25)["A18"] == nil)
        #expect(fired(ordered, now: 26)["A18"] == 26)
    }

    @Test func aFlagAnsweredAgainAfterTheAnswerAlarmsAgain() {
        let history = EpisodeHistory(
            kind: .back, onset: dayZero,
            entries: [
                entry(0, .flag(.caudaEquina, .yes)), entry(1, .flag(.caudaEquina, .yes)), answer(2, "A1", .referred),
                entry(3, .referral(result: day(3))), entry(9, .flag(.caudaEquina, .yes)),
            ])
        let alarms = assess(history, now: day(9)).filter { $0.rule == "A1" }
        #expect(alarms.map(\.firedOn) == [day(0), day(9)])
        #expect(alarms.map(\.isOpen) == [false, true])
    }

    @Test(
        arguments: [
            (TearSigns([.palpableGap: .yes]), true), (TearSigns([.defectOpensOnContraction: .yes]), true),
            (TearSigns(strengthGrade: 3), true), (TearSigns(strengthGrade: 4), false), (TearSigns([.pop: .yes]), false),
            (TearSigns([.pop: .yes, .bruising: .yes]), true), (TearSigns([.pop: .yes], strengthGrade: 4), true),
            (TearSigns([.pop: .yes], girthDifferenceCentimetres: -2), true),
            (TearSigns([.pop: .yes], girthDifferenceCentimetres: 1.9), false),
            (TearSigns([.cannotBearWeight: .yes, .motionLoss: .yes]), true), (noSigns(), false), (TearSigns(), false),
            (TearSigns([.pop: .yes, .bruising: .notAsked]), false),
        ] as [(TearSigns, Bool)])
    func oneMajorOrTwoMinorSignsAreSuspicion(signs: TearSigns, isSuspected: Bool) {
        #expect(signs.suspicion.isSuspected == isSuspected)
        for kind in [EpisodeKind.muscle, .other] {
            let history = EpisodeHistory(kind: kind, onset: dayZero, entries: [entry(0, .tearSigns(signs))])
            #expect(assess(history, now: day(0)).map(\.rule) == (isSuspected ? ["A3"] : []))
        }
    }

    @Test func signsOfTwoDaysAddUp() {
        let history = EpisodeHistory(
            kind: .muscle, onset: dayZero,
            entries: [
                entry(0, .tearSigns(TearSigns([.pop: .yes]))), entry(3, .tearSigns(TearSigns([.bruising: .yes]))),
            ])
        #expect(fired(history, now: 3) == ["A3": 3])
    }

    @Test func strengthThatGrowsIsAReexamination() {
        let scores = [score(0, .nrs, 6), score(0, .psfs, 3)]
        func history(_ exams: EpisodeHistory.Entry...) -> EpisodeHistory {
            EpisodeHistory(kind: .muscle, onset: dayZero, entries: scores + exams)
        }
        let weak = entry(0, .tearSigns(noSigns(strength: 4)))
        #expect(fired(history(weak, entry(6, .tearSigns(noSigns(strength: 5)))), now: 7) == [:])
        #expect(fired(history(weak, entry(6, .tearSigns(noSigns(strength: 4)))), now: 7) == ["A4": 7])
        #expect(fired(history(weak, entry(6, .tearSigns(noSigns(strength: nil)))), now: 7) == ["A4": 7])
        #expect(fired(history(weak, entry(6, .tearSigns(TearSigns(strengthGrade: 5)))), now: 7) == ["A4": 7])
        // Visit 2 is earlier than day 7.
        #expect(fired(history(weak, entry(0, .visit(.manual)), entry(4, .visit(.manual))), now: 7) == ["A4": 4])
    }

    @Test func imagingNeedsAResultToCountAsImaging() {
        let seen = foundingCase(signs: noSigns())
        #expect(
            fired(seen.adding(entry(10, .imaging(.ultrasound, result: nil, expectedDays: nil))), now: 14)["A5"] == 14)
        #expect(
            fired(seen.adding(entry(10, .imaging(.ultrasound, result: day(12), expectedDays: nil))), now: 14)["A5"]
                == nil)
        #expect(
            fired(seen.adding(entry(10, .imaging(.ultrasound, result: day(15), expectedDays: nil))), now: 20)["A5"]
                == 14)
    }

    @Test func anImagedGradeBringsTheThirdCheckForward() {
        let seen = foundingCase(signs: noSigns()).adding(entry(2, .imaging(.mri, result: day(3), expectedDays: 10)))
        #expect(fired(seen, now: 21)["A6"] == 15)
        let slow = foundingCase(signs: noSigns()).adding(entry(2, .imaging(.mri, result: day(3), expectedDays: 27)))
        #expect(fired(slow, now: 21)["A6"] == 21)
    }

    @Test(
        arguments: [(0, -1, true), (0, -0.9, false), (2, 0, false), (2, -1, true), (0.5, -0.5, true), (0, 1, true)]
            as [(Double, Double, Bool)])
    func wastingAlarmsInAPatientWhoImproves(first: Double, last: Double, isWasting: Bool) {
        var entries = [entry(0, .tearSigns(noSigns(girth: first))), entry(20, .tearSigns(noSigns(girth: last)))]
        for (week, (pain, function)) in zip([6.0, 4, 3, 2], [3.0, 5, 6, 7]).enumerated() {
            entries += [score(week * 7, .nrs, pain), score(week * 7, .psfs, function)]
        }
        let history = EpisodeHistory(kind: .muscle, onset: dayZero, entries: entries)
        #expect(fired(history, now: 21)["A6"] == (isWasting ? 21 : nil))
    }

    @Test func backPainIsAskedAfterAtTwoFourAndSixWeeks() {
        let still = backCase([7, 7, 6, 6, 6, 6, 6], [3, 3, 3, 4, 4, 4, 4])
        #expect(fired(still, now: 42) == ["A7": 14, "A8": 28, "A15": 28, "A9": 42])
        let partly = backCase([7, 5, 4, 4, 4, 4, 4], [3, 3, 3, 4, 4, 4, 4])
        #expect(fired(partly, now: 41) == ["A8": 28, "A15": 28, "A16": 35])
        #expect(fired(partly, now: 42)["A9"] == nil)
        for flag in [Flag.radicularPain, .progressiveDeficit] {
            let radicular = partly.adding(entry(30, .flag(flag, .yes)))
            #expect(fired(radicular, now: 42)["A9"] == 42)
            #expect(fired(radicular.adding(entry(35, .flag(flag, .no))), now: 42)["A9"] == nil)
        }
        #expect(fired(backCase([7, 5, 4, 3, 3, 2, 2], [3, 4, 5, 6, 7, 7, 8]), now: 42) == [:])
    }

    @Test func visitsBringChecksForward() {
        let still = backCase([7, 7, 6, 6], [3, 3, 3, 4], visitEvery: 3)
        #expect(fired(still, now: 28) == ["A7": 6, "A8": 15, "A9": 21, "A15": 28])
        // Two treatments on one day are one visit.
        let twice = EpisodeHistory(
            kind: .back, onset: dayZero, diagnoses: still.diagnoses,
            entries: still.entries + [entry(0, .visit(.manual)), entry(3, .visit(.manual))])
        #expect(fired(twice, now: 28)["A7"] == 6)
    }

    @Test func imagingOfTheBackIsOfferedFromWeekSixOrWithAFlag() throws {
        func offersImaging(_ history: EpisodeHistory, _ rule: String, now: Int) throws -> Bool {
            try #require(assess(history, now: day(now)).first { $0.rule == rule }).options
                .contains { $0.disposition == .imagingOrdered }
        }
        let still = backCase([7, 7, 6, 6, 6, 6, 6], [3, 3, 3, 4, 4, 4, 4])
        #expect(try !offersImaging(still, "A8", now: 42))
        #expect(try offersImaging(still, "A9", now: 42))
        let flagged = still.adding(entry(3, .flag(.malignancy, .yes)))
        #expect(try offersImaging(flagged, "A8", now: 42))
        #expect(try !offersImaging(flagged.adding(entry(5, .flag(.malignancy, .no))), "A8", now: 42))
        #expect(try !offersImaging(still.adding(entry(3, .flag(.malignancy, .notAsked))), "A8", now: 42))
        #expect(try !offersImaging(backCase([7, 7, 6, 6], [3, 3, 3, 4], visitEvery: 3), "A9", now: 28))
    }

    @Test func anOldBackPainBeginsItsClockAtTheFirstContact() {
        let history = backCase([7, 7, 7], [3, 3, 3])
        let old = EpisodeHistory(
            kind: .back, onset: day(-700), diagnoses: history.diagnoses, entries: history.entries)
        #expect(fired(old, now: 20) == ["A7": 14])
    }

    @Test func twelveWeeksWithoutFurtherGainChangeThePath() {
        let stuck = backCase([7] + Array(repeating: 4, count: 12), [3] + Array(repeating: 6, count: 12))
        #expect(fired(stuck, now: 84)["A10"] == 84)
        let gaining = backCase(
            [7, 6, 5, 4, 4, 4, 4, 4, 3, 3, 3, 2, 2], [3, 4, 5, 6, 6, 6, 6, 6, 7, 7, 7, 8, 8])
        #expect(fired(gaining, now: 84)["A10"] == nil)
        let well = backCase(
            [7, 5, 3, 1] + Array(repeating: 0, count: 9), [3, 5, 8, 9] + Array(repeating: 10, count: 9))
        #expect(fired(well, now: 84) == [:])
    }

    @Test func acupunctureIsReviewedAtSixAndStoppedAtTwelve() {
        func course(_ visits: Int, every days: Int, pain: [Double]) -> EpisodeHistory {
            var entries = (0..<visits).map { entry($0 * days, .visit(.acupuncture)) }
            for (week, value) in pain.enumerated() {
                entries += [score(week * 7, .nrs, value), score(week * 7, .psfs, 10 - value)]
            }
            return EpisodeHistory(
                kind: .other, onset: dayZero, diagnoses: [.init(at: dayZero, text: "neck pain", status: .confirmed)],
                entries: entries)
        }
        let still = Array(repeating: 7.0, count: 14)
        #expect(fired(course(12, every: 4, pain: still), now: 50) == ["A11": 20, "A12": 44])
        #expect(fired(course(3, every: 30, pain: still), now: 95)["A12"] == 90)
        #expect(fired(course(1, every: 30, pain: []), now: 95)["A11"] == nil)
        let better = course(22, every: 4, pain: [7, 5, 4, 3, 2] + Array(repeating: 1, count: 9))
        let limits = assess(better, now: day(90)).filter { $0.rule == "A12" }
        #expect(limits.map { $0.firedOn - dayZero } == [80])
        #expect(limits.map(\.level) == [.info])
    }

    @Test(
        arguments: [
            ([4, 6], nil), ([4, 6, 6], 14), ([4, 7], 7), ([6, 3, 5, 6], 21), ([4, 5, 5], nil), ([5, 4, 3], nil),
        ] as [([Double], Int?)])
    func gettingWorseAlarmsAtOnce(pain: [Double], expected: Int?) {
        #expect(fired(backCase(pain, []), now: 21)["A13"] == expected)
    }

    @Test func otherMeasuresGetWorseToo() {
        #expect(fired(backCase([], [6, 4, 4]), now: 21)["A13"] == 14)
        #expect(fired(backCase([], []).adding(score(5, .grc, -3)), now: 21)["A13"] == 5)
        #expect(fired(backCase([], []).adding(score(5, .grc, -2)), now: 21)["A13"] == nil)
        #expect(fired(backCase([], []).adding(score(5, .grc, -2)).adding(score(9, .grc, -2)), now: 21)["A13"] == 9)
        // A bad day with two measures is one day.
        #expect(fired(backCase([4, 6], [6, 4]), now: 21)["A13"] == nil)
    }

    @Test func worseningAfterTheAnswerAlarmsAgain() {
        let history = backCase([4, 7, 7, 7, 7, 7], []).adding(answer(8, "A13", .reexaminedAndChanged))
        let alarms = assess(history, now: day(40)).filter { $0.rule == "A13" }
        #expect(alarms.map { $0.firedOn - dayZero } == [7, 21])
        #expect(alarms.map(\.isOpen) == [false, true])
    }

    @Test func silenceAlarmsOncePerGap() {
        func silences(_ history: EpisodeHistory, now: Int) -> [Int] {
            assess(history, now: day(now)).filter { $0.rule == "A14" }.map { $0.firedOn - dayZero }
        }
        let gaps = EpisodeHistory(
            kind: .back, onset: dayZero, entries: [score(0, .nrs, 5), score(20, .nrs, 5), score(34, .nrs, 5)])
        #expect(silences(gaps, now: 13) == [])
        #expect(silences(gaps, now: 40) == [14])
        #expect(silences(gaps, now: 60) == [14, 48])
        let visits = [0, 2, 4, 6].map { entry($0, .visit(.manual)) }
        #expect(
            silences(EpisodeHistory(kind: .back, onset: dayZero, entries: [score(0, .nrs, 5)] + visits), now: 8) == [6])
        #expect(silences(EpisodeHistory(kind: .back, onset: dayZero, entries: visits), now: 8) == [4])
        // Unknown counts as not improved: the good score of week 1 says nothing at week 6.
        let lost = backCase([8, 3], [2, 9])
        #expect(Set(fired(lost, now: 42).keys) == ["A14", "A8", "A15", "A9"])
    }

    @Test func aDiagnosisThatWasConfirmedOrChangedHasItsTime() {
        let case28 = foundingCase(signs: noSigns())
        func with(_ diagnoses: EpisodeHistory.Diagnosis...) -> Int? {
            fired(
                EpisodeHistory(
                    kind: .muscle, onset: dayZero, diagnoses: case28.diagnoses + diagnoses, entries: case28.entries),
                now: 60)["A15"]
        }
        #expect(with() == 28)
        #expect(with(.init(at: day(20), text: "quadriceps strain, minor", status: .confirmed)) == nil)
        #expect(with(.init(at: day(20), text: "rectus femoris tear", status: .confirmed)) == nil)
        #expect(with(.init(at: day(20), text: "rectus femoris tear", status: .provisional)) == 48)
        #expect(with(.init(at: day(20), text: "quadriceps strain, minor", status: .provisional)) == 28)
        #expect(with(.init(at: day(20), text: "quadriceps strain, minor", status: .refuted)) == nil)
        #expect(with(.init(at: day(29), text: "quadriceps strain, minor", status: .confirmed)) == 28)
    }

    @Test func aGainThatStopsIsAPlateau() {
        #expect(fired(backCase([8, 5, 5, 5, 5], [2, 5, 5, 5, 5]), now: 28) == ["A16": 28])
        #expect(fired(backCase([8, 5, 5, 3, 3], [2, 5, 5, 7, 7]), now: 28) == [:])
        // Weeks in which it gets worse are no gain.
        #expect(fired(backCase([8, 5, 6, 7, 6], [2, 5, 4, 4, 4]), now: 28)["A16"] == 28)
    }

    @Test func aStalledPatientDoesNotVanish() {
        let missed = foundingCase(signs: noSigns()).adding(entry(24, .missedVisit))
        let alarm = assess(missed, now: day(24)).first { $0.rule == "A17" }
        #expect(alarm?.firedOn == day(24))
        // 30 January 2026 is a Friday: day 24 is a Monday.
        #expect(alarm?.dueOn == day(26))
        var entries = [score(0, .nrs, 5), score(0, .psfs, 5)]
        entries.append(entry(3, .missedVisit))
        #expect(fired(EpisodeHistory(kind: .other, onset: dayZero, entries: entries), now: 4) == [:])
    }

    @Test func anOrderWithoutAResultAlarmsAgain() {
        let ordered = foundingCase(signs: noSigns()).adding(answer(15, "A5", .imagingOrdered))
        #expect(fired(ordered, now: 21)["A18"] == nil)
        #expect(fired(ordered, now: 22)["A18"] == 22)
        #expect(
            fired(ordered.adding(entry(15, .imaging(.ultrasound, result: nil, expectedDays: nil))), now: 30)["A18"]
                == 22)
        #expect(
            fired(ordered.adding(entry(15, .imaging(.ultrasound, result: day(18), expectedDays: nil))), now: 30)["A18"]
                == nil)
        #expect(
            fired(ordered.adding(entry(15, .imaging(.ultrasound, result: day(25), expectedDays: nil))), now: 30)["A18"]
                == 22)
        // Ordered again, and again nothing comes.
        let again = ordered.adding(answer(23, "A18", .imagingOrdered))
        #expect(assess(again, now: day(30)).filter { $0.rule == "A18" }.map { $0.firedOn - dayZero } == [22, 30])
        // An order that no alarm asked for is none of this rule's business.
        #expect(fired(foundingCase(signs: noSigns()).adding(answer(2, "A5", .imagingOrdered)), now: 13)["A18"] == nil)
        let back = backCase(Array(repeating: 7, count: 12), Array(repeating: 3, count: 12)).adding(
            answer(43, "A9", .referred))
        #expect(fired(back, now: 63)["A18"] == nil)
        #expect(fired(back, now: 64)["A18"] == 64)
        #expect(fired(back.adding(entry(44, .referral(result: day(60)))), now: 64)["A18"] == nil)
    }
}
