// SPDX-License-Identifier: Apache-2.0

@testable import Recovery

/// 30 January 2026, a Friday: day 0 of the test episodes.
let dayZero = Day(number: 20_483)

func day(_ number: Int) -> Day { dayZero.adding(number) }

func entry(_ number: Int, _ content: EpisodeHistory.Content) -> EpisodeHistory.Entry {
    EpisodeHistory.Entry(at: day(number), content)
}

func score(_ number: Int, _ measure: Measure, _ value: Double) -> EpisodeHistory.Entry {
    entry(number, .score(measure, value))
}

func answer(
    _ number: Int, _ rule: String, _ what: Disposition, until: Int? = nil
) -> EpisodeHistory.Entry {
    entry(number, .disposition(rule: rule, what, until: until.map(day)))
}

/// Every sign asked and absent.
func noSigns(strength: Double? = 5, girth: Double? = 0) -> TearSigns {
    TearSigns(
        Dictionary(uniqueKeysWithValues: TearSigns.Sign.allCases.map { ($0, Answer.no) }), strengthGrade: strength,
        girthDifferenceCentimetres: girth)
}

/// The case that founded the clinic: an athlete, "minor quadriceps strain", four weekly acupuncture visits, scores that do not move enough.
func foundingCase(signs: TearSigns?, isScored: Bool = true) -> EpisodeHistory {
    var entries = signs.map { [entry(0, .tearSigns($0))] } ?? []
    for (week, (pain, function)) in zip([6.0, 5, 5, 4], [3.0, 3, 4, 4]).enumerated() {
        entries.append(entry(week * 7, .visit(.acupuncture)))
        if isScored { entries += [score(week * 7, .nrs, pain), score(week * 7, .psfs, function)] }
    }
    return EpisodeHistory(
        kind: .muscle, region: "thigh", onset: dayZero,
        diagnoses: [.init(at: dayZero, text: "quadriceps strain, minor", status: .provisional)], entries: entries)
}

/// A back episode with weekly scores and visits.
func backCase(_ pain: [Double], _ function: [Double], visitEvery days: Int? = nil) -> EpisodeHistory {
    var entries: [EpisodeHistory.Entry] = []
    for (week, value) in pain.enumerated() { entries.append(score(week * 7, .nrs, value)) }
    for (week, value) in function.enumerated() { entries.append(score(week * 7, .psfs, value)) }
    if let days {
        for number in stride(from: 0, to: pain.count * 7, by: days) { entries.append(entry(number, .visit(.exercise))) }
    }
    return EpisodeHistory(
        kind: .back, region: "low back", onset: dayZero,
        diagnoses: [.init(at: dayZero, text: "low back pain", status: .provisional)], entries: entries)
}

/// Rules with the days on which they fired, counted from day 0.
func fired(_ history: EpisodeHistory, now: Int) -> [String: Int] {
    Dictionary(assess(history, now: day(now)).map { ($0.rule, $0.firedOn - dayZero) }) { first, _ in first }
}
