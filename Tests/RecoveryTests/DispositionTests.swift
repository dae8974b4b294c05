// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Recovery

@Suite struct DispositionTests {
    private let seen = foundingCase(signs: noSigns())

    private func alarm(_ rule: String, _ history: EpisodeHistory, now: Int) throws -> Alarm {
        try #require(assess(history, now: day(now)).first { $0.rule == rule })
    }

    @Test(arguments: [Disposition.imagingOrdered, .referred, .reexaminedAndChanged, .patientDeclined, .ruleWrong])
    func anAnswerClosesItsRuleFromItsDayOn(what: Disposition) throws {
        let history = seen.adding(answer(16, "A5", what))
        #expect(try alarm("A5", history, now: 15).isOpen)
        #expect(try !alarm("A5", history, now: 16).isOpen)
        #expect(try !alarm("A5", history, now: 300).isOpen)
        #expect(try alarm("A4", history, now: 16).isOpen)
    }

    @Test func anAnswerBeforeTheAlarmDoesNotCloseIt() throws {
        #expect(try alarm("A5", seen.adding(answer(13, "A5", .reexaminedAndChanged)), now: 20).isOpen)
        #expect(try !alarm("A5", seen.adding(answer(14, "A5", .reexaminedAndChanged)), now: 20).isOpen)
    }

    @Test func aWaitPostponesOnce() throws {
        let waiting = seen.adding(answer(15, "A5", .justifiedWait, until: 20))
        #expect(try !alarm("A5", waiting, now: 19).isOpen)
        #expect(try alarm("A5", waiting, now: 19).dueOn == day(20))
        #expect(try alarm("A5", waiting, now: 20).isOpen)
        let again = waiting.adding(answer(20, "A5", .justifiedWait, until: 30))
        #expect(try alarm("A5", again, now: 21).isOpen)
        #expect(try !alarm("A5", again.adding(answer(22, "A5", .reexaminedAndChanged)), now: 22).isOpen)
    }

    @Test func aWaitLastsFourteenDaysAtMost() throws {
        let long = seen.adding(answer(15, "A5", .justifiedWait, until: 90))
        #expect(try !alarm("A5", long, now: 28).isOpen)
        #expect(try alarm("A5", long, now: 29).isOpen)
    }

    @Test func aWaitWithoutADayIsNone() throws {
        #expect(try alarm("A5", seen.adding(answer(15, "A5", .justifiedWait)), now: 16).isOpen)
        #expect(try alarm("A5", seen.adding(answer(15, "A5", .justifiedWait, until: 15)), now: 16).isOpen)
    }

    @Test func nobodyWaitsWithAnEmergency() throws {
        let history = EpisodeHistory(
            kind: .back, onset: dayZero,
            entries: [entry(0, .flag(.caudaEquina, .yes)), answer(0, "A1", .justifiedWait, until: 7)])
        #expect(try alarm("A1", history, now: 1).isOpen)
    }

    @Test func anOverdueAlarmGoesToTheLead() throws {
        #expect(try alarm("A5", seen, now: 20).owner == .treatingClinician)
        #expect(try alarm("A5", seen, now: 21).owner == .clinicLead)
        #expect(
            try alarm("A5", seen.adding(answer(18, "A5", .reexaminedAndChanged)), now: 40).owner == .treatingClinician)
    }

    /// Found at the desk: the answer was the first entry, counted as first contact, and moved every clock by two weeks.
    @Test func anAnswerMovesNoClock() throws {
        for opened in [nil, 0, 9, 15] {
            let silent = EpisodeHistory(kind: .muscle, onset: dayZero, opened: opened.map { day($0) })
            let before = assess(silent, now: day(15))
            let after = assess(silent.adding(answer(15, "A5", .imagingOrdered)), now: day(15))
            #expect(before.map(\.rule) == after.map(\.rule), "\(opened ?? -1)")
            #expect(before.map(\.firedOn) == after.map(\.firedOn))
            #expect(after.filter { !$0.isOpen }.map(\.rule) == ["A5"])
        }
    }

    @Test func whatIsEnteredAfterTheOpeningMovesNoClockEither() throws {
        let silent = EpisodeHistory(kind: .muscle, onset: dayZero, opened: day(0))
        let scored = silent.adding(score(16, .nrs, 6))
        #expect(try alarm("A5", silent, now: 20).firedOn == day(14))
        #expect(try alarm("A5", scored, now: 20).firedOn == day(14))
        #expect(try alarm("A4", scored, now: 20).firedOn == day(7))
    }
}
