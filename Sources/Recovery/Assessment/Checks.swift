// SPDX-License-Identifier: Apache-2.0

/// Rules that look once, on a day or at a visit.
struct Checks {
    let record: Record
    let rules: RuleSet

    /// What made `rule` fire, if it did: at most once, but for a changed diagnosis, which is looked at again after as long.
    func triggers(_ rule: Rule) -> [Trigger] {
        guard let check = day(of: rule), check.at <= record.now else { return [] }
        switch rule.condition {
        case .notReexaminedOrNotStronger: return [examination(check)].compactMap { $0 }
        case .notImprovedOrWasting(let centimetres): return [wasting(check, centimetres)].compactMap { $0 }
        case .unconfirmedDiagnosis:
            guard case .day(let days, _) = rule.when else { return [] }
            return [unconfirmed(check, after: days)].compactMap { $0 }
        case .notRecoveredNorBetterThan(let day): return [stalled(check, since: day)].compactMap { $0 }
        default: return [scores(rule, check)].compactMap { $0 }
        }
    }

    /// A moment of looking, and what brought it about.
    struct Check {
        let at: Day
        let because: Alarm.Input
    }

    /// When a rule looks: never before the clinic knew of the episode.
    private func day(of rule: Rule) -> Check? {
        switch rule.when {
        case .entry: return nil
        case .day(let number, let visit):
            var date = record.checkDay(number)
            if case .notImprovedOrWasting = rule.condition, let sooner = expectedEnd { date = min(date, sooner) }
            return earlier(
                Check(at: max(date, record.first), because: Alarm.Input(record.onset, "onset")), record.visitDays,
                visit,
                "visit")
        case .acupunctureVisit(let visit, let days):
            guard let first = record.acupunctureDays.first else { return nil }
            let date = days.map {
                Check(at: first.adding($0), because: Alarm.Input(first, "first acupuncture visit"))
            }
            return earlier(date, record.acupunctureDays, visit, "acupuncture visit")
        }
    }

    private func earlier(_ date: Check?, _ visits: [Day], _ number: Int?, _ words: String) -> Check? {
        guard let number, visits.count >= number else { return date }
        let visit = visits[number - 1]
        if let date, date.at <= visit { return date }
        return Check(at: max(visit, record.first), because: Alarm.Input(visit, "\(words) \(number)"))
    }

    /// One and a half times the time that the imaged grade usually takes.
    private var expectedEnd: Day? {
        let results = record.imaging.compactMap { order in
            order.expectedDays.flatMap { days in order.result.map { (known: $0, days: days) } }
        }
        guard let last = results.last else { return nil }
        let end = record.onset.adding(Int((last.days * 1.5).rounded(.up)))
        return max(end, last.known)
    }

    // MARK: Conditions

    private func scores(_ rule: Rule, _ check: Check) -> Trigger? {
        let status = record.status(rules, asOf: check.at)
        var missing: [String] = [], inputs: [Alarm.Input] = []
        let fires: Bool
        switch rule.condition {
        case .notImproved: fires = !status.isImproved
        case .noImprovementAtAll: fires = status.isNothingImproved
        case .notImprovedWithoutImaging:
            fires = !status.isImproved && record.imagingResults(asOf: check.at).isEmpty
            missing.append("result of imaging")
            inputs += record.imaging.filter { $0.at <= check.at }.map { Alarm.Input($0.at, "\($0.what) ordered") }
        case .notImprovedOrPartlyWithDeficit:
            let persisting = record.raisedFlags(asOf: check.at).filter {
                [.radicularPain, .progressiveDeficit, .caudaEquina].contains($0.flag)
            }
            fires = status.isNothingImproved || (status == .partial && !persisting.isEmpty)
            inputs += persisting.map { Alarm.Input($0.at, "\($0.flag.words): yes") }
        default: fires = false
        }
        guard fires else { return nil }
        let progress = record.progress(rules, asOf: check.at)
        return Trigger(
            at: check.at, inputs: [check.because] + progress.inputs + inputs, missing: progress.missing + missing)
    }

    /// A4. The second examination counts from the day after the first on; grade 5 cannot rise, so there full strength counts as better only in a patient
    /// who has improved.
    private func examination(_ check: Check) -> Trigger? {
        let exams = record.exams.filter { $0.at <= check.at }
        var inputs = [check.because], missing: [String] = []
        if let first = exams.first { inputs.append(Alarm.Input(first.at, "examined for a tear")) }
        let again = exams.last { exam in exam.signs.isComplete && exam.at > (exams.first?.at ?? exam.at) }
        guard let again else {
            missing.append("complete second examination for a tear")
            missing += (exams.last?.signs ?? TearSigns()).missingFields
            return Trigger(at: check.at, inputs: inputs, missing: missing)
        }
        inputs.append(Alarm.Input(again.at, "examined again"))
        let grades = exams.compactMap { exam in exam.signs.strengthGrade.map { (at: exam.at, grade: $0) } }
        guard let first = grades.first, let last = grades.last, first.at < last.at else {
            return Trigger(at: check.at, inputs: inputs, missing: ["strength at the first examination"])
        }
        inputs.append(Alarm.Input(first.at, "strength \(plain(first.grade))/5"))
        inputs.append(Alarm.Input(last.at, "strength \(plain(last.grade))/5"))
        if last.grade > first.grade { return nil }
        let progress = record.progress(rules, asOf: check.at)
        if last.grade >= 5, progress.status.isImproved { return nil }
        return Trigger(at: check.at, inputs: inputs + progress.inputs, missing: progress.missing)
    }

    /// A6. Girth counts from the check on, whenever it is measured.
    private func wasting(_ check: Check, _ centimetres: Double) -> Trigger? {
        if !record.status(rules, asOf: check.at).isImproved {
            let progress = record.progress(rules, asOf: check.at)
            return Trigger(
                at: check.at, inputs: [check.because] + progress.inputs + girthLoss(by: check.at, centimetres),
                missing: progress.missing)
        }
        for day in [check.at] + record.exams.map(\.at).filter({ $0 > check.at }) {
            let loss = girthLoss(by: day, centimetres)
            if !loss.isEmpty { return Trigger(at: day, inputs: [check.because] + loss, missing: []) }
        }
        return nil
    }

    /// The first and the last girth, if the side has become thinner: it now is below the other side and has lost so much, or differs by so much more.
    private func girthLoss(by day: Day, _ centimetres: Double) -> [Alarm.Input] {
        let girths = record.exams.compactMap { exam in
            exam.at <= day ? exam.signs.girthDifferenceCentimetres.map { Record.Value(at: exam.at, value: $0) } : nil
        }
        guard let first = girths.first, let last = girths.last, girths.count > 1 else { return [] }
        let isThinner = last.value < 0 && first.value - last.value >= centimetres
        guard isThinner || abs(last.value) - abs(first.value) >= centimetres else { return [] }
        return [
            Alarm.Input(first.at, "girth difference \(plain(first.value)) cm (baseline)"),
            Alarm.Input(last.at, "girth difference \(plain(last.value)) cm"),
        ]
    }

    /// A15. A diagnosis that was changed on the way has its own four weeks.
    private func unconfirmed(_ check: Check, after days: Int) -> Trigger? {
        var at = check.at
        while at <= record.now {
            guard let working = record.workingDiagnosis(asOf: at) else {
                if record.diagnoses.allSatisfy({ $0.at > at }) {
                    return unconfirmedTrigger(at, [check.because], ["working diagnosis"])
                }
                // Refuted: the next one has to stand the same test.
                guard let next = record.diagnoses.first(where: { $0.at > at }) else { return nil }
                at = next.at.adding(days)
                continue
            }
            if working.isConfirmed { return nil }
            let isChanged = record.diagnoses.contains { $0.at < working.since && $0.text != working.text }
            if isChanged, working.since.adding(days) > at {
                at = working.since.adding(days)
                continue
            }
            return unconfirmedTrigger(
                at, [check.because, Alarm.Input(working.since, "diagnosis: \(working.text)")],
                ["confirmation by a test or a second examiner"])
        }
        return nil
    }

    private func unconfirmedTrigger(_ at: Day, _ inputs: [Alarm.Input], _ missing: [String]) -> Trigger? {
        guard !record.status(rules, asOf: at).isImproved else { return nil }
        let progress = record.progress(rules, asOf: at)
        return Trigger(at: at, inputs: inputs + progress.inputs, missing: missing + progress.missing)
    }

    /// A10. Better than at any time up to the last check: comparing with the best leaves no gain in a bad day before.
    private func stalled(_ check: Check, since number: Int) -> Trigger? {
        let status = record.status(rules, asOf: check.at)
        guard status != .recovered else { return nil }
        let before = record.checkDay(number)
        let isGaining = record.series.contains { series in
            guard series.rule.isOfPainOrFunction, let current = series.current(rules, asOf: check.at),
                current.at > before, let best = series.best(upTo: before)
            else { return false }
            return series.rule.gain(from: best, to: current.value) >= series.rule.detectableChange - 1e-9
        }
        guard !isGaining || status == .worse else { return nil }
        let progress = record.progress(rules, asOf: check.at)
        return Trigger(at: check.at, inputs: [check.because] + progress.inputs, missing: progress.missing)
    }
}
