// SPDX-License-Identifier: Apache-2.0

import Foundation
import Recovery

/// `assess-speed`: episode-days per second on one core, as one number.
///
/// Every day of every episode is assessed anew from all that was entered, as the clinic does each night: one call is one episode-day. The
/// episodes last twelve weeks and hold weekly pain and function, two visits a week, flags, examinations and answers.
@main struct AssessSpeed {
    static func main() {
        let days = 84
        let histories = (0..<30).map { history(number: $0, days: days) }
        var alarms = 0
        func run() -> Int {
            var count = 0
            for history in histories {
                for day in 0..<days {
                    alarms += assess(history, now: history.onset.adding(day)).count
                    count += 1
                }
            }
            return count
        }
        _ = run()
        let clock = ContinuousClock()
        let begun = clock.now
        var count = 0
        while clock.now - begun < .seconds(2) { count += run() }
        let took = (clock.now - begun).components
        let seconds = Double(took.seconds) + Double(took.attoseconds) * 1e-18
        // Foundation brings the mathematics that rounding links to. Printing the alarms keeps the work from being left out.
        print("\(Int(Double(count) / seconds)) \(alarms / count)")
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
