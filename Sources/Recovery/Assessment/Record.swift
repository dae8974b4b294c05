// SPDX-License-Identifier: Apache-2.0

/// A history sorted by what it is about, up to a day: what lies after it, or became known after it, is not there.
struct Record {
    /// A value and its day.
    struct Value {
        let at: Day
        let value: Double
    }
    /// The scores of one measure that the rules know, in order of time.
    struct Series {
        let rule: MeasureRule
        var values: [Value]
    }
    struct Order {
        let at: Day
        let result: Day?
        let expectedDays: Double?
        let what: String
    }
    struct Closing {
        let at: Day
        let rule: String
        let what: Disposition
        let until: Day?
    }

    let kind: EpisodeKind
    let onset: Day
    let now: Day
    /// The first day on which the clinic knew of the episode.
    let first: Day
    /// In the order of the measures' names.
    private(set) var series: [Series] = []
    private(set) var scoreDays: [Day] = []
    private(set) var flags: [(at: Day, flag: Flag, answer: Answer)] = []
    private(set) var exams: [(at: Day, signs: TearSigns)] = []
    private(set) var visitDays: [Day] = []
    private(set) var acupunctureDays: [Day] = []
    private(set) var missedDays: [Day] = []
    private(set) var imaging: [Order] = []
    private(set) var referrals: [Order] = []
    private(set) var closings: [Closing] = []
    private(set) var diagnoses: [EpisodeHistory.Diagnosis] = []

    /// Nil where nothing had happened by then.
    init?(_ history: EpisodeHistory, _ rules: RuleSet, upTo now: Day) {
        kind = history.kind
        onset = history.onset
        self.now = now
        diagnoses = history.diagnoses.filter { $0.at <= now }
        // An answer to an alarm is no contact: it must not move the clock that raised the alarm.
        let contact = history.entries.first { entry in
            if case .disposition = entry.content { false } else { true }
        }
        let begun = [history.opened, contact?.at, history.diagnoses.first?.at].compactMap { $0 }.min()
        first = max(begun ?? history.onset, history.onset)
        guard first <= now else { return nil }
        for entry in history.entries {
            guard entry.at <= now else { break }
            add(entry.content, entry.at, rules)
        }
        series.sort { $0.rule.measure < $1.rule.measure }
    }

    private mutating func add(_ content: EpisodeHistory.Content, _ at: Day, _ rules: RuleSet) {
        switch content {
        case .score(let measure, let value):
            if let known = series.firstIndex(where: { $0.rule.measure == measure }) {
                series[known].values.append(Value(at: at, value: value))
            } else if let rule = rules.measures[measure] {
                series.append(Series(rule: rule, values: [Value(at: at, value: value)]))
            }
            Self.note(at, in: &scoreDays)
        case .flag(let flag, let answer): flags.append((at, flag, answer))
        case .tearSigns(let signs): exams.append((at, signs))
        case .visit(let treatment):
            Self.note(at, in: &visitDays)
            if treatment == .acupuncture { Self.note(at, in: &acupunctureDays) }
        case .missedVisit: Self.note(at, in: &missedDays)
        case .imaging(let modality, let result, let expectedDays):
            imaging.append(
                Order(
                    at: at, result: result.flatMap { $0 <= now ? $0 : nil }, expectedDays: expectedDays,
                    what: modality.rawValue))
        case .referral(let result):
            referrals.append(
                Order(at: at, result: result.flatMap { $0 <= now ? $0 : nil }, expectedDays: nil, what: "referral"))
        case .disposition(let rule, let what, let until):
            closings.append(Closing(at: at, rule: rule, what: what, until: until))
        }
    }

    private static func note(_ day: Day, in days: inout [Day]) {
        if days.last != day { days.append(day) }
    }

    // MARK: The clock

    /// The day from which weeks are counted: the onset, or the first contact where the complaint is older than two weeks (nobody could have checked
    /// before). A muscle's healing time runs from the injury in any case; see `checkDay`.
    var clockStart: Day { kind != .muscle && first - onset > 14 ? first : onset }

    /// The date of the check of day `day`.
    ///
    /// A muscle injury first seen late keeps the distances between its checks, and has the first of them at once.
    func checkDay(_ day: Int) -> Day {
        guard kind == .muscle else { return clockStart.adding(day) }
        let late = first - onset
        // The check of day 7 asks for a second examination: it needs a first one before.
        if day < 14 { return onset.adding(late < 5 ? day : late + day) }
        return onset.adding(day + max(0, late - 14))
    }

    // MARK: As of a day

    /// The latest answer to each flag.
    func answers(asOf day: Day) -> [Flag: (at: Day, answer: Answer)] {
        var latest: [Flag: (at: Day, answer: Answer)] = [:]
        for entry in flags where entry.at <= day && entry.answer != .notAsked {
            latest[entry.flag] = (entry.at, entry.answer)
        }
        return latest
    }

    /// The flags whose latest answer is yes.
    func raisedFlags(asOf day: Day) -> [(at: Day, flag: Flag)] {
        let latest = answers(asOf: day)
        return Flag.allCases.compactMap { flag in
            latest[flag].flatMap { $0.answer == .yes ? ($0.at, flag) : nil }
        }
    }

    /// Imaging whose result was known, about this episode.
    func imagingResults(asOf day: Day) -> [Order] {
        imaging.filter { order in order.result.map { $0 <= day && $0 >= onset } ?? false }
    }

    /// The working diagnosis, and since when its words have stood; nil where there is none or it was refuted.
    func workingDiagnosis(asOf day: Day) -> (text: String, since: Day, isConfirmed: Bool)? {
        let known = diagnoses.filter { $0.at <= day }
        guard let last = known.last, last.status != .refuted else { return nil }
        let same = known.reversed().prefix { $0.text == last.text && $0.status != .refuted }
        return (last.text, same.last?.at ?? last.at, same.contains { $0.status == .confirmed })
    }
}
