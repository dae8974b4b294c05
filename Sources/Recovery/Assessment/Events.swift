// SPDX-License-Identifier: Apache-2.0

/// Rules that look whenever something is entered, or is not. They may fire again once their last alarm was answered.
struct Events {
    let record: Record
    let rules: RuleSet

    /// What made `rule` fire. An alarm that is open takes in what comes while it waits; only news after its answer fires again.
    func triggers(_ rule: Rule, _ answers: Answers) -> [Trigger] {
        switch rule.condition {
        case .flag(let triage): flags(triage, answers)
        case .tearSuspicion: tears(answers)
        case .worsening(let rise, let change): worsening(rise, change, answers)
        case .silence(let days, let visits): silences(days, visits)
        case .plateau(let scores, let days): plateau(scores, days)
        case .tooManyVisits(let most, let days): tooManyVisits(most, days)
        default: []
        }
    }

    /// Whether an alarm of that day, the first being `first`, still waits on `day`.
    private func isOpen(_ fired: Day, _ first: Day, on day: Day, _ answers: Answers) -> Bool {
        answers.state(firedOn: fired, firstFired: first, by: day).isOpen(on: day)
    }

    /// A1, A2. One alarm for the flags of one day.
    private func flags(_ triage: Flag.Triage, _ answers: Answers) -> [Trigger] {
        let raised = record.flags.filter { $0.flag.triage == triage && $0.answer == .yes }
        var triggers: [Trigger] = []
        var lastFired: [Flag: Day] = [:]
        for entry in raised {
            if let fired = lastFired[entry.flag], let first = triggers.first?.at,
                isOpen(fired, first, on: entry.at, answers)
            {
                continue
            }
            if let last = triggers.indices.last, triggers[last].at == entry.at {
                triggers[last].inputs.append(Alarm.Input(entry.at, "\(entry.flag.words): yes"))
            } else {
                triggers.append(Trigger(at: entry.at, inputs: [Alarm.Input(entry.at, "\(entry.flag.words): yes")]))
            }
            lastFired[entry.flag] = entry.at
        }
        return triggers
    }

    /// A3. Signs add up over examinations: a pop is told on the first day, a bruise is seen on the third.
    private func tears(_ answers: Answers) -> [Trigger] {
        var known = TearSigns()
        var triggers: [Trigger] = []
        var told: Set<String> = []
        for exam in record.exams {
            known = known.updated(by: exam.signs)
            let suspicion = known.suspicion, signs = suspicion.major + suspicion.minor
            guard suspicion.isSuspected else { continue }
            if let last = triggers.last, let first = triggers.first {
                guard !isOpen(last.at, first.at, on: exam.at, answers), !Set(signs).isSubset(of: told) else { continue }
            }
            told.formUnion(signs)
            triggers.append(
                Trigger(
                    at: exam.at, inputs: signs.map { Alarm.Input(exam.at, $0) },
                    missing: known.missingFields.map { "tear field \($0)" }))
        }
        return triggers
    }

    /// A13. After an answer, the count begins anew; the baseline stays.
    private func worsening(_ rise: Double, _ globalChange: Double, _ answers: Answers) -> [Trigger] {
        guard !record.series.isEmpty else { return [] }
        let values = record.series.enumerated().flatMap { place, series in
            series.values.enumerated().map { (place: place, index: $0, rule: series.rule, value: $1) }
        }.sorted { ($0.value.at, $0.place, $0.index) < ($1.value.at, $1.place, $1.index) }
        var triggers: [Trigger] = []
        var lowest: Record.Value?
        var worseDays: [Day] = [], evidence: [Alarm.Input] = []
        var countsFrom: Day?
        for (place, _, rule, value) in values {
            let measure = rule.measure, baseline = record.series[place].values[0].value
            if let last = triggers.last, let first = triggers.first {
                let state = answers.state(firedOn: last.at, firstFired: first.at, by: value.at)
                guard let closed = state.closedOn, closed < value.at else { continue }
                if countsFrom != closed {
                    countsFrom = closed
                    (lowest, worseDays, evidence) = (nil, [], [])
                }
            }
            var fires = rule.role == .globalChange && value.value <= globalChange
            if measure == .nrs {
                if let low = lowest, value.value - low.value >= rise - 1e-9 {
                    fires = true
                    evidence.append(Alarm.Input(low.at, "nrs \(plain(low.value))"))
                }
                if lowest.map({ value.value < $0.value }) ?? true { lowest = value }
            }
            if rule.isWorse(from: baseline, to: value.value) || fires {
                evidence.append(Alarm.Input(value.at, "\(measure.name) \(plain(value.value))"))
                if rule.isWorse(from: baseline, to: value.value), worseDays.last != value.at {
                    worseDays.append(value.at)
                }
            }
            guard fires || worseDays.count >= 2 else { continue }
            triggers.append(Trigger(at: value.at, inputs: evidence))
        }
        return triggers
    }

    /// A14. One alarm for each gap.
    private func silences(_ days: Int, _ visits: Int) -> [Trigger] {
        let begun = record.first - record.onset <= days ? record.onset : record.first
        var references: [(at: Day, words: String)] = [(begun, "no score yet")]
        references += record.scoreDays.map { ($0, "last score") }
        var triggers: [Trigger] = []
        for (index, reference) in references.enumerated() {
            let next = index + 1 < references.count ? references[index + 1].at : nil
            var at = max(reference.at.adding(days), record.first)
            // The day of the last score counts as scored; before the first score, the first visit counts as well.
            let unscored = record.visitDays.filter { index == 0 || $0 > reference.at }
            var because = "\(days) days without a score"
            if unscored.count >= visits, unscored[visits - 1] < at {
                at = max(unscored[visits - 1], record.first)
                because = "\(visits) visits without a score"
            }
            guard at <= record.now, next.map({ $0 > at }) ?? true else { continue }
            triggers.append(
                Trigger(
                    at: at, inputs: [Alarm.Input(reference.at, reference.words), Alarm.Input(at, because)],
                    missing: ["score"]))
        }
        return triggers
    }

    /// A16. Better than the best so far by less than noise, for three weeks; a worse score is no gain either.
    private func plateau(_ count: Int, _ days: Int) -> [Trigger] {
        var found: Trigger?
        for series in record.series where series.rule.isOfPainOrFunction {
            let rule = series.rule, measure = rule.measure, values = series.values
            guard values.count > count, let baseline = values.first,
                let improved = values.firstIndex(where: {
                    rule.isImproved(from: baseline.value, to: $0.value) == true
                })
            else { continue }
            func better(_ one: Double, _ other: Double) -> Double {
                rule.higherIsBetter ? max(one, other) : min(one, other)
            }
            var best = values[...improved].map(\.value).reduce(baseline.value, better)
            var anchors: [(best: Double, index: Int)] = []
            for index in improved..<values.count {
                best = better(best, values[index].value)
                anchors.removeAll { rule.gain(from: $0.best, to: values[index].value) >= rule.detectableChange - 1e-9 }
                anchors.append((best, index))
                let at = values[index].at
                let anchor = anchors.first { anchor in
                    index - anchor.index + 1 >= count && at - values[anchor.index].at >= days
                        && !isGaining(measure, after: values[anchor.index].at, upTo: at)
                }
                guard let anchor, record.status(rules, asOf: at) != .recovered else { continue }
                if found.map({ at < $0.at }) ?? true {
                    found = Trigger(
                        at: at,
                        inputs: values[anchor.index...index].map {
                            Alarm.Input($0.at, "\(measure.name) \(plain($0.value))")
                        })
                }
                break
            }
        }
        return [found].compactMap { $0 }
    }

    /// Whether another measure than `measure` became better than ever before, by more than noise.
    private func isGaining(_ measure: Measure, after start: Day, upTo end: Day) -> Bool {
        record.series.contains { other in
            guard other.rule.measure != measure, other.rule.isOfPainOrFunction, let best = other.best(upTo: start)
            else {
                return false
            }
            return other.values.contains {
                $0.at > start && $0.at <= end
                    && other.rule.gain(from: best, to: $0.value) >= other.rule.detectableChange - 1e-9
            }
        }
    }

    /// The payer's limit: once.
    private func tooManyVisits(_ most: Int, _ days: Int) -> [Trigger] {
        let visits = record.acupunctureDays
        guard visits.count > most,
            let last = (most..<visits.count).first(where: { visits[$0] - visits[$0 - most] < days })
        else { return [] }
        return [
            Trigger(
                at: visits[last],
                inputs: [
                    Alarm.Input(visits[last - most], "acupuncture visit \(last - most + 1)"),
                    Alarm.Input(visits[last], "acupuncture visit \(last + 1)"),
                ])
        ]
    }
}
