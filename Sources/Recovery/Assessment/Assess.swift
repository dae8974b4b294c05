// SPDX-License-Identifier: Apache-2.0

/// The alarms of an episode as they stand on a day.
///
///     let alarms = assess(history, .current, now: day)
///     let open = alarms.filter(\.isOpen)
///
/// A pure function: the same history, rules and day give the same alarms, in the same order (by day, then by number). What was entered for later
/// days than `now` is not looked at, so earlier days can be replayed. Rules fire on what was known on the day on which they fire; what is entered
/// later neither moves nor removes an alarm. Unknown never counts as improved. An alarm is closed by a disposition for its rule and by nothing else.
///
/// Costs O(n log n) in the number of entries, and nothing in the number of days.
public func assess(_ history: EpisodeHistory, _ rules: RuleSet = .current, now: Day) -> [Alarm] {
    guard let record = Record(history, rules, upTo: now) else { return [] }
    let assessment = Assessment(record: record, rules: rules)
    var alarms: [Alarm] = []
    var late: [Rule] = []
    for rule in rules.rules where rule.kinds.contains(record.kind) {
        switch rule.condition {
        case .orderWithoutResult, .missedVisit: late.append(rule)
        default: alarms += assessment.alarms(rule)
        }
    }
    // Orders come of other alarms, and a missed visit matters while any alarm is open: last, in the order of the table's numbers.
    for rule in late.sorted(by: { $0.isAboutOrders && !$1.isAboutOrders }) {
        alarms += assessment.alarms(rule, after: alarms)
    }
    // Swift's sort does not promise to keep the order of equals: the place in the table decides.
    var places: [String: Int] = [:]
    for (place, rule) in rules.rules.enumerated() where places[rule.id] == nil { places[rule.id] = place }
    return alarms.enumerated().map { (alarm: $1, place: places[$1.rule] ?? 0, offset: $0) }
        .sorted { ($0.alarm.firedOn, $0.place, $0.offset) < ($1.alarm.firedOn, $1.place, $1.offset) }.map(\.alarm)
}

extension Rule {
    fileprivate var isAboutOrders: Bool {
        if case .orderWithoutResult = condition { true } else { false }
    }
}

/// From triggers to alarms.
private struct Assessment {
    let record: Record
    let rules: RuleSet

    /// The alarms of a rule that looks at entries alone.
    func alarms(_ rule: Rule) -> [Alarm] {
        let answers = Answers(record, rule, rules)
        let triggers =
            switch rule.when {
            case .entry: Events(record: record, rules: rules).triggers(rule, answers)
            default: Checks(record: record, rules: rules).triggers(rule)
            }
        return alarms(rule, triggers, answers)
    }

    /// The alarms of a rule that looks at other alarms.
    func alarms(_ rule: Rule, after others: [Alarm]) -> [Alarm] {
        let answers = Answers(record, rule, rules)
        switch rule.condition {
        case .orderWithoutResult(let muscle, let other):
            return alarms(rule, orders(rule, others, muscle, other), answers)
        case .missedVisit: return alarms(rule, missedVisits(others, answers), answers)
        default: return []
        }
    }

    private func alarms(_ rule: Rule, _ triggers: [Trigger], _ answers: Answers) -> [Alarm] {
        guard let first = triggers.first?.at else { return [] }
        return triggers.map { trigger in
            let state = answers.state(firedOn: trigger.at, firstFired: first, by: record.now)
            let due =
                state.closedOn == nil
                ? state.waitsUntil ?? rule.due.day(from: trigger.at) : rule.due.day(from: trigger.at)
            let isOpen = state.isOpen(on: record.now)
            return Alarm(
                rule: rule.id, version: rule.version, level: rule.level, firedOn: trigger.at, dueOn: due,
                isOpen: isOpen,
                owner: isOpen && record.now - due > rules.escalationDays ? .clinicLead : .treatingClinician,
                says: rule.says, inputs: trigger.orderedInputs, missing: unique(trigger.missing),
                threshold: rule.threshold, source: rule.source,
                options: rule.options.filter { isOffered($0, on: trigger.at) })
        }
    }

    /// No imaging of the back before week 6 without a flag: Choosing Wisely (AAFP), ACR 2021.
    private func isOffered(_ option: Rule.Option, on day: Day) -> Bool {
        switch option.offered {
        case .always: return true
        case .withFlag: return hasFlag(day)
        case .fromWeekSixOrWithFlag: return day - record.clockStart >= 42 || hasFlag(day)
        }
    }

    private func hasFlag(_ day: Day) -> Bool {
        record.raisedFlags(asOf: day).contains { $0.flag.allowsEarlyImagingOfTheBack }
    }

    /// A18. The order of an answer that came while its rule had fired; orders of A18 itself count as well.
    private func orders(_ rule: Rule, _ others: [Alarm], _ muscleDays: Int, _ otherDays: Int) -> [Trigger] {
        var fired: [String: Day] = [:]
        for alarm in others { fired[alarm.rule] = min(fired[alarm.rule] ?? alarm.firedOn, alarm.firedOn) }
        var triggers: [Trigger] = []
        for closing in record.closings where closing.what == .imagingOrdered || closing.what == .referred {
            guard let since = fired[closing.rule], since <= closing.at else { continue }
            let isSoon = record.kind == .muscle || ["A1", "A2", "A3"].contains(closing.rule)
            let end = closing.at.adding(isSoon ? muscleDays : otherDays)
            guard end <= record.now, !hasResult(closing, by: end) else { continue }
            let input = Alarm.Input(closing.at, "\(closing.rule): \(closing.what.rawValue)")
            if let same = triggers.firstIndex(where: { $0.at == end }) {
                triggers[same].inputs.append(input)
            } else {
                triggers.append(Trigger(at: end, inputs: [input], missing: ["result"]))
            }
            fired[rule.id] = min(fired[rule.id] ?? end, end)
        }
        return triggers.sorted { $0.at < $1.at }
    }

    private func hasResult(_ order: Record.Closing, by end: Day) -> Bool {
        func isResult(_ day: Day?) -> Bool { day.map { $0 >= order.at && $0 <= end } ?? false }
        if record.imaging.contains(where: { isResult($0.result) }) { return true }
        guard order.what == .referred else { return false }
        // A specialist answers with a letter, or with a diagnosis.
        return record.referrals.contains { isResult($0.result) }
            || record.diagnoses.contains { isResult($0.at) && $0.status != .provisional }
    }

    /// A17.
    private func missedVisits(_ others: [Alarm], _ answers: Answers) -> [Trigger] {
        var triggers: [Trigger] = []
        for day in record.missedDays {
            let open = others.filter { alarm in
                guard alarm.level >= .amber, alarm.firedOn <= day,
                    let rule = rules.rules.first(where: { $0.id == alarm.rule && $0.level == alarm.level })
                else { return false }
                let first = others.first { $0.rule == alarm.rule }?.firedOn ?? alarm.firedOn
                return Answers(record, rule, rules).state(firedOn: alarm.firedOn, firstFired: first, by: day)
                    .isOpen(on: day)
            }
            guard !open.isEmpty else { continue }
            if let last = triggers.last, let first = triggers.first,
                answers.state(firedOn: last.at, firstFired: first.at, by: day).isOpen(on: day)
            {
                continue
            }
            triggers.append(
                Trigger(
                    at: day,
                    inputs: [Alarm.Input(day, "visit missed")]
                        + open.map { Alarm.Input($0.firedOn, "\($0.rule) open") }))
        }
        return triggers
    }

    private func unique(_ words: [String]) -> [String] {
        var seen: [String] = []
        for word in words where !seen.contains(word) { seen.append(word) }
        return seen
    }
}
