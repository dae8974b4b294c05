// SPDX-License-Identifier: Apache-2.0

/// A condition that was met on a day, before anybody's answer is looked at.
struct Trigger {
    var at: Day
    var inputs: [Alarm.Input]
    var missing: [String] = []

    /// Inputs in order of their days, each once.
    var orderedInputs: [Alarm.Input] {
        var seen: [Alarm.Input] = []
        for input in inputs where !seen.contains(input) { seen.append(input) }
        return seen.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}

/// The answers to the alarms of one rule.
struct Answers {
    /// The answers given for the rule, in order.
    let closings: [Record.Closing]
    let level: AlarmLevel
    let rules: RuleSet

    init(_ record: Record, _ rule: Rule, _ rules: RuleSet) {
        closings = record.closings.filter { $0.rule == rule.id }
        level = rule.level
        self.rules = rules
    }

    /// What became of an alarm by a day.
    struct State {
        /// The day of the answer that closed it for good.
        var closedOn: Day?
        /// The end of its justified wait.
        var waitsUntil: Day?

        /// Whether it waits for an answer on `day`: a wait postpones, and does not answer.
        func isOpen(on day: Day) -> Bool { closedOn == nil && (waitsUntil.map { $0 <= day } ?? true) }
    }

    /// The state by `day` of an alarm that fired on `firedOn`, the rule's first alarm being of `firstFired`.
    func state(firedOn: Day, firstFired: Day, by day: Day) -> State {
        var state = State()
        var isWaitSpent = false
        for closing in closings where closing.at >= firstFired && closing.at <= day {
            if closing.what != .justifiedWait {
                if closing.at >= firedOn, state.closedOn == nil { state.closedOn = closing.at }
            } else if let until = closing.until, until > closing.at, !isWaitSpent, level < .redSameDay {
                // Once for a rule and episode; never for what must be answered on the same day.
                isWaitSpent = true
                if closing.at >= firedOn { state.waitsUntil = min(until, closing.at.adding(rules.longestWaitDays)) }
            }
        }
        return state
    }
}
