// SPDX-License-Identifier: Apache-2.0

/// A number that stands for answers.
public struct Score: Hashable, Sendable {
    /// The measure.
    public let measure: Measure
    /// Its value.
    public let value: Double
    /// The items that were answered.
    public let answered: [String]
    /// The items that were not, and were scored around by the questionnaire's own rule.
    public let missing: [String]
    /// Whether the score is at its worst possible value: worsening cannot be seen any more.
    public let isAtWorst: Bool
    /// Whether the score is at its best possible value: improvement cannot be seen any more.
    public let isAtBest: Bool
}

/// Why there is no score. Scoring refuses rather than guesses.
public enum ScoringRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The questionnaire has no scoring.
    case notScored
    /// There is no such item in the questionnaire.
    case unknownItem(String)
    /// The answer does not fit the item.
    case invalidAnswer(item: String, expected: String)
    /// Answers are missing, more than the questionnaire's rule allows.
    case missing([String], allowed: Int)
    /// Other items than at the baseline were answered: the two scores could not be compared.
    case otherItems(expected: [String], answered: [String])
    /// The table has no score for this sum.
    case notInTable(sum: Double)
    /// The result lies outside the questionnaire's own range: its scoring is wrong.
    case outsideRange(Double, ClosedRange<Double>)

    /// What is wrong, and what would help.
    public var description: String {
        switch self {
        case .notScored: "This questionnaire has no scoring."
        case .unknownItem(let item): "There is no question \(item) in this questionnaire."
        case .invalidAnswer(let item, let expected): "The answer to \(item) must be \(expected)."
        case .missing(let items, let allowed):
            "Not scored: \(items.joined(separator: ", ")) unanswered, at most \(allowed) may be. Ask again."
        case .otherItems(let expected, let answered):
            "Not scored: \(expected.joined(separator: ", ")) were scored at the start, now \(answered.joined(separator: ", ")). Score the same ones."
        case .notInTable(let sum): "Not scored: the table has no value for a sum of \(plain(sum))."
        case .outsideRange(let value, let range):
            "Not scored: \(plain(value)) lies outside \(plain(range.lowerBound)) to \(plain(range.upperBound)). The questionnaire's scoring needs repair."
        }
    }
}

/// What a change from a baseline means.
public enum ScoredChange: Hashable, Sendable {
    /// Better or worse by at least the important change; neither.
    case improved, worse, unchanged
    /// The baseline is so near to the end of the scale that an important change for the better does not fit.
    case notEvaluable
    /// The questionnaire states no important change.
    case unknown
}

extension Questionnaire {
    /// The score of answers, by `linkId`.
    ///
    ///     let score = try questionnaire.score(["q1": .number(4), "q2": .number(6)])
    ///
    /// - Parameters:
    ///   - answers: what was answered; leave out what was not.
    ///   - baseline: the items of an earlier score that this one is to be compared with; other items are refused.
    /// - Throws: why there is no score.
    public func score(_ answers: [String: Answer], like baseline: [String]? = nil) throws(ScoringRefusal) -> Score {
        guard let scoring else { throw .notScored }
        for name in answers.keys.sorted() where !items.contains(where: { $0.linkId == name }) {
            throw .unknownItem(name)
        }
        var values: [Double] = [], answered: [String] = [], missing: [String] = []
        for name in scoring.items {
            guard let item = items.first(where: { $0.linkId == name }) else { throw .unknownItem(name) }
            if let answer = answers[name] {
                values.append(try item.value(of: answer))
                answered.append(name)
            } else {
                missing.append(name)
            }
        }
        if let baseline, Set(baseline) != Set(answered) { throw .otherItems(expected: baseline, answered: answered) }
        switch scoring.missing {
        case .asZero: values += missing.map { _ in 0 }
        case .refuse: guard missing.isEmpty else { throw .missing(missing, allowed: 0) }
        case .leaveOut(let most):
            guard missing.count <= most, !values.isEmpty else { throw .missing(missing, allowed: most) }
        }
        guard !values.isEmpty else { throw .missing(missing, allowed: 0) }
        let raw = try scoring.combine(values)
        let value = (raw + scoring.offset) * scoring.factor
        // Thirds add up to 9.999…: what lies on the end of the scale to within rounding lies on it.
        let slack = 1e-9, range = scoring.range
        guard value >= range.lowerBound - slack, value <= range.upperBound + slack else {
            throw .outsideRange(value, range)
        }
        let bounded = min(max(value, range.lowerBound), range.upperBound)
        let isLowest = bounded == range.lowerBound, isHighest = bounded == range.upperBound
        return Score(
            measure: scoring.measure, value: bounded, answered: answered, missing: missing,
            isAtWorst: scoring.higherIsBetter ? isLowest : isHighest,
            isAtBest: scoring.higherIsBetter ? isHighest : isLowest)
    }
}

extension Scoring {
    fileprivate func combine(_ values: [Double]) throws(ScoringRefusal) -> Double {
        let sum = values.reduce(0, +)
        switch method {
        case .sum: return sum
        case .mean: return sum / Double(values.count)
        case .prorated: return sum * Double(items.count) / Double(values.count)
        case .lookup(let table):
            guard let value = table[sum] else { throw .notInTable(sum: sum) }
            return value
        }
    }

    /// What a change from `baseline` to `value` means, by the questionnaire's own important change.
    ///
    /// A change that cannot happen is not looked for: where the distance from the baseline to the best value is smaller than the important change,
    /// the measure cannot judge improvement.
    public func change(from baseline: Double, to value: Double) -> ScoredChange {
        let important: Double
        switch importantChange {
        case .none: return .unknown
        case .points(let points): important = points
        case .fraction(let part): important = part * abs(baseline)
        }
        let slack = 1e-9
        let gain = higherIsBetter ? value - baseline : baseline - value
        let room = higherIsBetter ? range.upperBound - baseline : baseline - range.lowerBound
        if important > 0, gain <= -important + slack { return .worse }
        guard important > 0, room >= important - slack else { return .notEvaluable }
        return gain >= important - slack ? .improved : .unchanged
    }
}

extension Questionnaire.Item {
    /// The number that an answer counts.
    fileprivate func value(of answer: Questionnaire.Answer) throws(ScoringRefusal) -> Double {
        switch (kind, answer) {
        case (.boolean, .boolean(let isTrue)): return isTrue ? 1 : 0
        case (.integer, .number(let number)), (.decimal, .number(let number)):
            guard number.isFinite, kind == .decimal || number == number.rounded() else { break }
            if let range, !range.contains(number) { break }
            return number
        case (.choice, .code(let code)):
            guard let option = options.first(where: { $0.code == code }), let value = option.value else { break }
            return value
        default: break
        }
        throw .invalidAnswer(item: linkId, expected: expected)
    }

    private var expected: String {
        switch kind {
        case .boolean: "yes or no"
        case .choice: "one of \(options.filter { $0.value != nil }.map(\.code).joined(separator: ", "))"
        case .integer, .decimal:
            (kind == .integer ? "a whole number" : "a number")
                + (range.map { " from \(plain($0.lowerBound)) to \(plain($0.upperBound))" } ?? "")
        case .text, .display: "nothing that is scored"
        }
    }
}
