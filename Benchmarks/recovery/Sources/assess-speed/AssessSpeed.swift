// SPDX-License-Identifier: Apache-2.0

import Foundation
import Recovery

/// `assess-speed`: two numbers, of one core: assessments per second, and episode-days per second.
///
/// One assessment replays every day of an episode, from its onset to the day it is asked for, and says for each what fired on it. The first
/// number asks for every day of every episode anew, as the clinic does each night; the second for the last day, and counts the days that were
/// replayed. The episodes last twelve weeks and hold weekly pain and function, two visits a week, flags, examinations and answers.
@main struct AssessSpeed {
    static func main() {
        let days = 84
        let histories = (0..<30).map { history(number: $0, days: days) }
        var alarms = 0
        let nightly = rate {
            for history in histories {
                for day in 0..<days { alarms += assess(history, now: history.onset.adding(day)).count }
            }
            return histories.count * days
        }
        let replayed = rate {
            for history in histories { alarms += assess(history, now: history.onset.adding(days)).count }
            return histories.count * days
        }
        // Printing the alarms keeps the work from being left out.
        print("{\"assessmentsPerSecond\":\(nightly),\"episodeDaysPerSecond\":\(replayed),\"alarms\":\(alarms)}")
    }

    /// How many of what `work` counts are done in a second of this process's own time.
    private static func rate(_ work: () -> Int) -> Int {
        _ = work()
        let begun = clock()
        var count = 0
        while clock() - begun < 1_500_000 { count += work() }
        return Int(Double(count) * Double(CLOCKS_PER_SEC) / Double(clock() - begun))
    }

    /// An episode that a simple generator makes up; the same for the same number.
    private static func history(number: Int, days: Int) -> EpisodeHistory {
        var state = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
        func random(_ below: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(below))
        }
        let onset = Day(number: 20_000 + number)
        var entries: [EpisodeHistory.Entry] = []
        func add(_ day: Int, _ content: EpisodeHistory.Content) {
            entries.append(EpisodeHistory.Entry(at: onset.adding(day), content))
        }
        var pain = Double(4 + random(6)), function = Double(random(5))
        for day in stride(from: 0, to: days, by: 7) {
            add(day, .score(.nrs, pain))
            add(day, .score(.psfs, function))
            if random(4) == 0 { add(day, .score(.grc, Double(random(11) - 5))) }
            add(day, .visit(.acupuncture))
            add(day + 3, .visit(.exercise))
            pain = min(10, max(0, pain + Double(random(4) - 2)))
            function = min(10, max(0, function + Double(random(4) - 1)))
        }
        for day in [0, 14, 28, 42] {
            add(day, .flag(.caudaEquina, .no))
            add(day, .tearSigns(TearSigns([.pop: .no, .bruising: .no], strengthGrade: Double(3 + random(3)))))
        }
        for rule in ["A5", "A8", "A13"] {
            add(20 + random(40), .disposition(rule: rule, .reexaminedAndChanged, until: nil))
        }
        return EpisodeHistory(
            kind: EpisodeKind.allCases[number % 3], onset: onset,
            diagnoses: [.init(at: onset, text: "strain", status: .provisional)], entries: entries)
    }
}
