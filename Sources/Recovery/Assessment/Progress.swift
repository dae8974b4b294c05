// SPDX-License-Identifier: Apache-2.0

/// How a patient stands at a check.
public enum RecoveryStatus: String, Hashable, Sendable, CaseIterable {
    /// Pain and function at target.
    case recovered
    /// Pain and function improved, nothing worse.
    case improved
    /// One of the two.
    case partial
    /// Measured, and neither.
    case notImproved
    /// A measure got worse by more than noise.
    case worse
    /// Nothing that could be judged was measured.
    case unknown

    /// Whether the person is clearly better. Unknown never is.
    public var isImproved: Bool { self == .recovered || self == .improved }
    /// Whether nothing has improved, as far as is known.
    var isNothingImproved: Bool { self == .notImproved || self == .worse || self == .unknown }
}

/// The status of an episode on a day, with what it rests on.
public struct Progress: Hashable, Sendable {
    /// The status.
    public let status: RecoveryStatus
    /// The scores that were used.
    public let inputs: [Alarm.Input]
    /// What was not there to judge by.
    public let missing: [String]

    /// The status of `history` on `day`, from what was known by then.
    public init(of history: EpisodeHistory, _ rules: RuleSet = .current, on day: Day) {
        guard let record = Record(history, rules, upTo: day) else {
            self.init(status: .unknown, inputs: [], missing: ["score of pain", "score of function"])
            return
        }
        self = record.progress(rules, asOf: day)
    }

    init(status: RecoveryStatus, inputs: [Alarm.Input], missing: [String]) {
        self.status = status
        self.inputs = inputs
        self.missing = missing
    }
}

/// What one measure says of a change.
private enum Change {
    case improved, notImproved, worse, notEvaluable, unknown
}

/// What the measures of pain, or of function, say together.
private struct Leg {
    var isThere = false, isMeasured = false, isImproved = false, isRecovered = false

    mutating func add(_ change: Change, isRecovered: Bool) {
        isThere = true
        if change == .improved || change == .notImproved { isMeasured = true }
        if change == .improved { isImproved = true }
        if isRecovered { self.isRecovered = true }
    }
}

/// What a status rests on, in words; made only for what is shown.
private struct Grounds {
    var inputs: [Alarm.Input] = []
    var missing: [String] = []
}

extension MeasureRule {
    /// Whether it takes part in "improved".
    var isOfPainOrFunction: Bool { role == .pain || role == .function }
}

extension Record.Series {
    /// The current value: the better of the last two fresh ones, if they are close enough together.
    ///
    /// Values older than `freshDays` are left out one by one, so that a bad new value never revives a good old one.
    func current(_ rules: RuleSet, asOf day: Day) -> Record.Value? {
        guard let index = values.lastIndex(where: { $0.at <= day }), day - values[index].at <= rules.freshDays else {
            return nil
        }
        let last = values[index]
        guard index > 0 else { return last }
        let before = values[index - 1]
        return day - before.at <= rules.freshDays && last.at - before.at <= rules.pairingDays
            && rule.gain(from: last.value, to: before.value) > 0 ? before : last
    }

    /// The best value up to a day.
    func best(upTo day: Day) -> Double? {
        let earlier = values.lazy.filter { $0.at <= day }.map(\.value)
        return rule.higherIsBetter ? earlier.max() : earlier.min()
    }
}

extension Record {
    /// The status on a day.
    func status(_ rules: RuleSet, asOf day: Day) -> RecoveryStatus {
        var grounds: Grounds?
        return status(rules, asOf: day, &grounds)
    }

    /// The status on a day, with what it rests on.
    func progress(_ rules: RuleSet, asOf day: Day) -> Progress {
        var grounds: Grounds? = Grounds()
        let status = status(rules, asOf: day, &grounds)
        return Progress(status: status, inputs: grounds?.inputs ?? [], missing: grounds?.missing ?? [])
    }

    private func status(_ rules: RuleSet, asOf day: Day, _ grounds: inout Grounds?) -> RecoveryStatus {
        var pain = Leg(), function = Leg(), scoredStrength: Change?
        var hasWorsened = false, isStrong = false
        for series in series {
            guard series.values[0].at <= day else { continue }
            let current = series.current(rules, asOf: day)
            let change = change(series, current, asOf: day, &grounds)
            let isRecovered = current.map { series.rule.isRecovered($0.value) } ?? false
            if change == .worse { hasWorsened = true }
            switch series.rule.role {
            case .pain: pain.add(change, isRecovered: isRecovered)
            case .function: function.add(change, isRecovered: isRecovered)
            case .strength: (scoredStrength, isStrong) = (change == .notEvaluable ? nil : change, isRecovered)
            case .globalChange: break
            }
        }
        if !pain.isThere { grounds?.missing.append("score of pain") }
        if !function.isThere { grounds?.missing.append("score of function") }
        var strength = scoredStrength
        if let graded = grades(asOf: day, &grounds) { (strength, isStrong) = graded }
        if strength == .worse { hasWorsened = true }
        // In a muscle, function and strength lead: where it was weak, it must be stronger too (unknown is not).
        let isStrengthGood = kind != .muscle || strength == nil || strength == .improved
        if hasWorsened { return .worse }
        if pain.isRecovered, function.isRecovered, kind != .muscle || isStrong { return .recovered }
        if pain.isImproved, function.isImproved, isStrengthGood { return .improved }
        if pain.isImproved || function.isImproved { return .partial }
        return pain.isMeasured || function.isMeasured ? .notImproved : .unknown
    }

    private func change(_ series: Series, _ current: Value?, asOf day: Day, _ grounds: inout Grounds?) -> Change {
        let rule = series.rule, name = rule.measure.name, baseline = series.values[0]
        if rule.role == .globalChange {
            guard let current else { return .unknown }
            grounds?.inputs.append(Alarm.Input(current.at, "\(name) \(plain(current.value))"))
            return rule.isWorse(from: 0, to: current.value) ? .worse : .unknown
        }
        grounds?.inputs.append(Alarm.Input(baseline.at, "\(name) \(plain(baseline.value)) (baseline)"))
        guard let current else {
            grounds?.missing.append("\(name) of the last two weeks")
            return .unknown
        }
        guard series.values.count > 1, series.values[1].at <= day else {
            grounds?.missing.append("\(name) after the baseline")
            return .unknown
        }
        grounds?.inputs.append(Alarm.Input(current.at, "\(name) \(plain(current.value))"))
        if rule.isWorse(from: baseline.value, to: current.value) { return .worse }
        guard let improved = rule.isImproved(from: baseline.value, to: current.value) else {
            grounds?.missing.append("\(name) is not evaluable from a baseline of \(plain(baseline.value))")
            return .notEvaluable
        }
        return improved ? .improved : .notImproved
    }

    /// Strength by the grades of the examinations; nil where it was never tested. No change where it was full from the start.
    private func grades(asOf day: Day, _ grounds: inout Grounds?) -> (change: Change?, isFull: Bool)? {
        let grades = exams.compactMap { exam in
            exam.at <= day ? exam.signs.strengthGrade.map { Value(at: exam.at, value: $0) } : nil
        }
        guard let first = grades.first, let last = grades.last else { return nil }
        // Grade 5 is full strength; 4.5 is 90 % of it.
        let isFull = last.value >= 4.5
        guard first.value < 4.5 || !isFull else { return (nil, isFull) }
        grounds?.inputs.append(Alarm.Input(first.at, "strength \(plain(first.value))/5 (first)"))
        guard grades.count > 1 else {
            grounds?.missing.append("strength after the first examination")
            return (.unknown, isFull)
        }
        grounds?.inputs.append(Alarm.Input(last.at, "strength \(plain(last.value))/5"))
        if last.value < first.value { return (.worse, isFull) }
        return (isFull || last.value > first.value ? .improved : .notImproved, isFull)
    }
}
