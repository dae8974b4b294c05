// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Recovery

/// What must hold for every history, tried on seeded random ones. `FASCIA_TRIALS=full` tries ten times as many; `FASCIA_SEED` repeats a run.
@Suite struct PropertyTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["FASCIA_TRIALS"] == "full" ? 20_000 : 600
    private static let seed = environment["FASCIA_SEED"].flatMap(UInt64.init) ?? 7

    /// Gives each history to `body`, which returns what is wrong; stops at the first.
    private func forEveryHistory(
        _ kinds: [EpisodeKind] = EpisodeKind.allCases, _ body: (EpisodeHistory, Int, inout SeededGenerator) -> String?
    ) {
        for trial in 0..<Self.count {
            var random = SeededGenerator(seed: Self.seed &+ UInt64(trial))
            let days = Int.random(in: 1..<130, using: &random)
            let history = EpisodeHistory.random(kinds[trial % kinds.count], days: days, using: &random)
            let now = Int.random(in: 0..<days + 20, using: &random)
            if let wrong = body(history, now, &random) {
                Issue.record("seed \(Self.seed), trial \(trial), now day \(now): \(wrong)\n\(history)")
                return
            }
        }
    }

    @Test func noImagingOfTheBackBeforeWeekSixWithoutAFlag() {
        forEveryHistory([.back]) { history, _, _ in
            let flagged = history.entries.contains { entry in
                if case .flag(let flag, .yes) = entry.content { flag.allowsEarlyImagingOfTheBack } else { false }
            }
            guard !flagged else { return nil }
            for now in 0..<42 + (history.onset - dayZero) {
                for alarm in assess(history, now: day(now)) {
                    for option in alarm.options
                    where ["imag", "mri", "ultrasound", "x-ray", "scan"].contains(
                        where: option.text.lowercased().contains)
                    {
                        return "\(alarm.rule) on day \(now) offers “\(option.text)”"
                    }
                }
            }
            return nil
        }
    }

    @Test func takingScoresAwayNeverMakesAPatientImproved() {
        forEveryHistory { history, now, random in
            let before = Progress(of: history, on: day(now)).status
            for measure in [Measure.nrs, .psfs, Measure("rmdq")] {
                let less = history.without { if case .score(measure, _) = $0.content { true } else { false } }
                let after = Progress(of: less, on: day(now)).status
                let lost = history.entries.contains { if case .score(measure, _) = $0.content { true } else { false } }
                // Without a measure that was worse, the others may say improved; without one that was better they may not.
                if lost, after.isImproved, !before.isImproved, before != .worse {
                    return "\(measure): \(before) → \(after)"
                }
            }
            let none = history.without { if case .score = $0.content { true } else { false } }
            return Progress(of: none, on: day(now)).status.isImproved ? "improved without a score" : nil
        }
    }

    @Test func whatIsNotAskedIsNeverTakenForNo() {
        forEveryHistory([.muscle]) { history, now, _ in
            let unasked = EpisodeHistory(
                kind: history.kind, onset: history.onset, diagnoses: history.diagnoses,
                entries: history.entries.map { entry in
                    guard case .tearSigns = entry.content else { return entry }
                    return EpisodeHistory.Entry(at: entry.at, .tearSigns(TearSigns()))
                })
            let check = assess(unasked, now: day(now)).contains { $0.rule == "A4" }
            let isDue = now - (history.onset - dayZero) >= 20
            if isDue, !check { return "nothing examined, and A4 is silent" }
            return signingObstacles(unasked, now: day(now)).isEmpty && now >= 0
                ? "nothing examined, and it can be signed" : nil
        }
    }

    @Test func noRedAlarmClosesWithoutAnAnswer() {
        forEveryHistory { history, now, _ in
            for alarm in assess(history, now: day(now)) where alarm.level.isRed && !alarm.isOpen {
                let answered = history.entries.contains { entry in
                    guard case .disposition(alarm.rule, let what, let until) = entry.content, entry.at >= alarm.firedOn,
                        entry.at <= day(now)
                    else { return false }
                    return what != .justifiedWait || (until.map { $0 > day(now) } ?? false)
                }
                if !answered { return "\(alarm.rule) of \(alarm.firedOn) is closed" }
            }
            return nil
        }
    }

    @Test func withoutAnswersEveryAlarmStaysOpen() {
        forEveryHistory { history, now, _ in
            let unanswered = history.without { if case .disposition = $0.content { true } else { false } }
            return assess(unanswered, now: day(now)).first { !$0.isOpen }.map { "\($0.rule) is closed" }
        }
    }

    @Test func replayIsIdentical() {
        forEveryHistory { history, now, random in
            let alarms = assess(history, now: day(now))
            // Moments are days here: entries of different days may come in any order.
            let shuffled = Dictionary(grouping: history.entries, by: \.at).values.shuffled(using: &random).flatMap {
                $0
            }
            let again = EpisodeHistory(
                kind: history.kind, onset: history.onset, diagnoses: history.diagnoses, entries: shuffled)
            if assess(again, now: day(now)) != alarms { return "another order gives other alarms" }
            // What comes later neither moves nor removes what has fired.
            let later = assess(history, now: day(now + Int.random(in: 1..<60, using: &random)))
            for alarm in alarms
            where !later.contains(where: {
                $0.rule == alarm.rule && $0.firedOn == alarm.firedOn && $0.inputs == alarm.inputs
                    && $0.level == alarm.level
            }) {
                return "\(alarm.rule) of \(alarm.firedOn) is gone later"
            }
            return nil
        }
    }

    @Test func aWorseScoreNeverRemovesAnAlarm() {
        forEveryHistory { history, now, random in
            let worst: [Measure: Double] = [.nrs: 10, .psfs: 0, .grc: -5, Measure("rmdq"): 24]
            let scores = history.entries.compactMap { entry -> (Day, Measure)? in
                if case .score(let measure, _) = entry.content { (entry.at, measure) } else { nil }
            }
            guard let (first, measure) = scores.randomElement(using: &random), let value = worst[measure],
                let baseline = scores.first(where: { $0.1 == measure })?.0
            else { return nil }
            let at = max(baseline, first).adding(Int.random(in: 0..<30, using: &random))
            guard at <= day(now) else { return nil }
            let unanswered = history.without { if case .disposition = $0.content { true } else { false } }
            let before = assess(unanswered, now: day(now))
            let after = assess(unanswered.adding(.init(at: at, .score(measure, value))), now: day(now))
            // A14 says that there is no score: one that is entered for its days takes away its ground, however bad it is.
            for alarm in before where alarm.rule != "A14" || alarm.firedOn < at {
                if !after.contains(where: { $0.rule == alarm.rule && $0.firedOn <= alarm.firedOn && $0.isOpen }) {
                    return "\(alarm.rule) of \(alarm.firedOn) went with \(measure) \(value) on \(at)"
                }
            }
            return nil
        }
    }

    @Test func everyAlarmSaysWhatItRestsOn() {
        forEveryHistory { history, now, _ in
            for alarm in assess(history, now: day(now)) {
                if alarm.inputs.isEmpty || alarm.threshold.isEmpty || alarm.source.isEmpty || alarm.options.isEmpty {
                    return "\(alarm.rule) does not say why"
                }
                if let late = alarm.inputs.first(where: { $0.at > alarm.firedOn }) {
                    return "\(alarm.rule) knew \(late)"
                }
                if alarm.firedOn > day(now) || alarm.firedOn < history.onset {
                    return "\(alarm.rule) of \(alarm.firedOn)"
                }
            }
            return nil
        }
    }
}
