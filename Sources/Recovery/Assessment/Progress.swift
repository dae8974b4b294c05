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
        guard let record = Record(history, upTo: day) else {
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

extension Record {
    /// The current value of a measure: the better of the last two fresh ones, if they are close enough together.
    ///
    /// Values older than `freshDays` are left out one by one, so that a bad new value never revives a good old one.
    func current(_ rule: MeasureRule, _ rules: RuleSet, asOf day: Day) -> Value? {
        let fresh = (scores[rule.measure] ?? []).filter { $0.at <= day && day - $0.at <= rules.freshDays }
        guard let last = fresh.last else { return nil }
        guard fresh.count > 1 else { return last }
        let before = fresh[fresh.count - 2]
        return last.at - before.at <= rules.pairingDays && rule.gain(from: last.value, to: before.value) > 0
            ? before : last
    }

    /// The status on a day; see `Progress`.
    func progress(_ rules: RuleSet, asOf day: Day) -> Progress {
        var inputs: [Alarm.Input] = [], missing: [String] = []
        var changes: [MeasureRule.Role: [Change]] = [:]
        var isRecovered: [MeasureRule.Role: Bool] = [:]
        for measure in measures {
            guard let rule = rules.measures[measure], let values = scores[measure], let baseline = values.first,
                baseline.at <= day
            else { continue }
            let value = current(rule, rules, asOf: day)
            changes[rule.role, default: []].append(
                change(rule, baseline, value, values.count { $0.at <= day }, &inputs, &missing))
            if let value, rule.isRecovered(value.value) { isRecovered[rule.role] = true }
        }
        for (role, words) in [(MeasureRule.Role.pain, "score of pain"), (.function, "score of function")]
        where changes[role] == nil { missing.append(words) }
        let strength = strength(asOf: day, scored: changes[.strength] ?? [], &inputs, &missing)
        if kind == .muscle, strength.isFull { isRecovered[.strength] = true }

        let hasWorsened = changes.values.contains { $0.contains(.worse) } || strength.change == .worse
        let isPainBetter = changes[.pain]?.contains(.improved) ?? false
        let isFunctionBetter = changes[.function]?.contains(.improved) ?? false
        // In a muscle, function and strength lead: where it was weak, it must be stronger too (unknown is not).
        let isStrengthGood = kind != .muscle || strength.change == nil || strength.change == .improved
        let isMeasured = [MeasureRule.Role.pain, .function].contains { role in
            changes[role]?.contains { $0 == .notImproved || $0 == .improved } ?? false
        }
        let status: RecoveryStatus
        if hasWorsened {
            status = .worse
        } else if isRecovered[.pain] == true, isRecovered[.function] == true,
            kind != .muscle || isRecovered[.strength] == true
        {
            status = .recovered
        } else if isPainBetter, isFunctionBetter, isStrengthGood {
            status = .improved
        } else if isPainBetter || isFunctionBetter {
            status = .partial
        } else {
            status = isMeasured ? .notImproved : .unknown
        }
        return Progress(status: status, inputs: inputs, missing: missing)
    }

    private func change(
        _ rule: MeasureRule, _ baseline: Value, _ current: Value?, _ count: Int, _ inputs: inout [Alarm.Input],
        _ missing: inout [String]
    ) -> Change {
        let name = rule.measure.name
        if rule.role == .globalChange {
            guard let current else { return .unknown }
            inputs.append(Alarm.Input(current.at, "\(name) \(plain(current.value))"))
            return rule.isWorse(from: 0, to: current.value) ? .worse : .unknown
        }
        inputs.append(Alarm.Input(baseline.at, "\(name) \(plain(baseline.value)) (baseline)"))
        guard let current else {
            missing.append("\(name) of the last two weeks")
            return .unknown
        }
        guard count > 1 else {
            missing.append("\(name) after the baseline")
            return .unknown
        }
        inputs.append(Alarm.Input(current.at, "\(name) \(plain(current.value))"))
        if rule.isWorse(from: baseline.value, to: current.value) { return .worse }
        guard let improved = rule.isImproved(from: baseline.value, to: current.value) else {
            missing.append("\(name) is not evaluable from a baseline of \(plain(baseline.value))")
            return .notEvaluable
        }
        return improved ? .improved : .notImproved
    }

    /// Strength by grades of the examinations, or by scores in percent of the other side. No change where it was full from the start or never tested.
    private func strength(
        asOf day: Day, scored: [Change], _ inputs: inout [Alarm.Input], _ missing: inout [String]
    ) -> (change: Change?, isFull: Bool) {
        let grades = exams.compactMap { exam in
            exam.at <= day ? exam.signs.strengthGrade.map { Value(at: exam.at, value: $0) } : nil
        }
        guard let first = grades.first, let last = grades.last else {
            return (scored.first.flatMap { $0 == .notEvaluable ? nil : $0 }, scored.contains(.improved))
        }
        // Grade 5 is full strength; 4.5 is 90 % of it.
        let isFull = last.value >= 4.5
        guard first.value < 4.5 || !isFull else { return (nil, isFull) }
        inputs.append(Alarm.Input(first.at, "strength \(plain(first.value))/5 (first)"))
        guard grades.count > 1 else {
            missing.append("strength after the first examination")
            return (.unknown, isFull)
        }
        inputs.append(Alarm.Input(last.at, "strength \(plain(last.value))/5"))
        if last.value < first.value { return (.worse, isFull) }
        return (isFull || last.value > first.value ? .improved : .notImproved, isFull)
    }
}
