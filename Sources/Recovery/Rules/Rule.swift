// SPDX-License-Identifier: Apache-2.0

/// One row of the rule table: when it looks, what makes it fire, and what it then says.
public struct Rule: Hashable, Sendable {
    /// Its number: `A1` to `A18` as in the domain notes; `A19` is their level N, for which their table has no row.
    public let id: String
    /// Counts up whenever the row's meaning changes; past alarms keep theirs.
    public let version: Int
    /// The episodes that it is for.
    public let kinds: Set<EpisodeKind>
    /// When it looks.
    public let when: When
    /// What makes it fire.
    public let condition: Condition
    /// How loud it is.
    public let level: AlarmLevel
    /// By when a person must act.
    public let due: Due
    /// One sentence for the clinician.
    public let says: String
    /// The condition in words.
    public let threshold: String
    /// Where the rule comes from.
    public let source: String
    /// What can be done.
    public let options: [Option]

    /// A moment at which a rule looks.
    public enum When: Hashable, Sendable {
        /// Whenever something of its kind is entered.
        case entry
        /// Once: on that day of the episode or at that visit, whichever comes first.
        case day(Int, orVisit: Int?)
        /// Once: at that acupuncture visit or so many days after the first, whichever comes first.
        case acupunctureVisit(Int, orDay: Int?)
    }

    /// What makes a rule fire. The details are beside the evaluation, in `Checks` and `Events`.
    public enum Condition: Hashable, Sendable {
        /// A red flag of this urgency was answered "yes".
        case flag(Flag.Triage)
        /// One major or two minor signs of a tear.
        case tearSuspicion
        /// No complete examination for a tear since the first, or strength not better than at the first.
        case notReexaminedOrNotStronger
        /// Not improved, and no result of imaging.
        case notImprovedWithoutImaging
        /// Not improved, or girth lost.
        case notImprovedOrWasting(centimetres: Double)
        /// Not even partly improved.
        case noImprovementAtAll
        /// Not improved; partly is not enough.
        case notImproved
        /// Not improved; partly is not enough where radicular pain or a deficit persists.
        case notImprovedOrPartlyWithDeficit
        /// Neither recovered nor better than at any time up to that day of the episode.
        case notRecoveredNorBetterThan(atDay: Int)
        /// Worse on two days, or pain up by that much, or global change at most that.
        case worsening(painRise: Double, globalChange: Double)
        /// Not a score for so many days or visits.
        case silence(days: Int, visits: Int)
        /// The working diagnosis has stood so long without confirmation, and the patient has not improved.
        case unconfirmedDiagnosis
        /// That many scores over so many days without a detectable gain.
        case plateau(scores: Int, days: Int)
        /// More acupuncture visits than that within so many days.
        case tooManyVisits(moreThan: Int, days: Int)
        /// A patient with an open alarm did not come.
        case missedVisit
        /// What an alarm ordered has no result after so many days.
        case orderWithoutResult(muscleDays: Int, otherDays: Int)
    }

    /// By when a person must act.
    public enum Due: Hashable, Sendable {
        /// After so many days; so many days from Monday to Friday.
        case days(Int), workingDays(Int)

        func day(from fired: Day) -> Day {
            switch self {
            case .days(let days): fired.adding(days)
            case .workingDays(let days): fired.addingWorkingDays(days)
            }
        }
    }

    /// Something that can be done, as words and as the disposition that records it.
    public struct Option: Hashable, Sendable {
        /// In words.
        public let text: String
        /// The disposition that closes the alarm when this is done.
        public let disposition: Disposition
        /// When it is offered.
        public let offered: Offered

        /// When an option is offered.
        public enum Offered: Hashable, Sendable {
            /// Always; only with a red flag of the back; only from week 6 or with such a flag.
            case always, withFlag, fromWeekSixOrWithFlag
        }

        /// An option.
        public init(_ text: String, _ disposition: Disposition, offered: Offered = .always) {
            self.text = text
            self.disposition = disposition
            self.offered = offered
        }
    }

    /// A row.
    public init(
        _ id: String, version: Int = 1, _ kinds: Set<EpisodeKind>, _ when: When, _ condition: Condition,
        _ level: AlarmLevel, due: Due, says: String, threshold: String, source: String, options: [Option]
    ) {
        self.id = id
        self.version = version
        self.kinds = kinds
        self.when = when
        self.condition = condition
        self.level = level
        self.due = due
        self.says = says
        self.threshold = threshold
        self.source = source
        self.options = options
    }
}

/// How loud an alarm is.
public enum AlarmLevel: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Look at it at the next visit.
    case info
    /// A five-minute re-examination.
    case amber
    /// A decision about work-up.
    case red
    /// A contact on the same day.
    case redSameDay
    /// An emergency.
    case redEmergency

    /// Whether a red alarm of any urgency.
    public var isRed: Bool { self >= .red }

    /// Quieter ones first.
    public static func < (left: AlarmLevel, right: AlarmLevel) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What an outcome measure's numbers mean: one row of the measure table.
public struct MeasureRule: Hashable, Sendable {
    /// Its name.
    public let measure: Measure
    /// What it measures.
    public let role: Role
    /// The numbers that it can have.
    public let range: ClosedRange<Double>
    /// Whether more is better.
    public let higherIsBetter: Bool
    /// What counts as improved against the baseline.
    public let improvement: Improvement
    /// Baselines from which improvement can be seen at all; from others the measure cannot judge.
    public let evaluableBaselines: ClosedRange<Double>
    /// A change for the worse of at least this counts as worse.
    public let worse: Double
    /// The smallest change that is more than noise.
    public let detectableChange: Double
    /// At this or better, the person counts as recovered by this measure; nil where it does not say.
    public let recovered: Double?
    /// Where the numbers come from.
    public let source: String

    /// What a measure measures.
    public enum Role: Hashable, Sendable {
        /// Pain; function; strength of the injured side; the patient's own judgement of change.
        case pain, function, strength, globalChange
    }

    /// What counts as improved.
    public enum Improvement: Hashable, Sendable {
        /// A fall by this part of the baseline.
        case fraction(Double)
        /// A change by so many points.
        case points(Double)
        /// A change by so many points, or reaching this value.
        case pointsOrReaching(Double, Double)
        /// Never by itself.
        case never
    }

    /// A row.
    public init(
        _ name: String, _ role: Role, _ range: ClosedRange<Double>, higherIsBetter: Bool, improvement: Improvement,
        evaluable: ClosedRange<Double>, worse: Double, detectableChange: Double, recovered: Double?, source: String
    ) {
        measure = Measure(name)
        self.role = role
        self.range = range
        self.higherIsBetter = higherIsBetter
        self.improvement = improvement
        evaluableBaselines = evaluable
        self.worse = worse
        self.detectableChange = detectableChange
        self.recovered = recovered
        self.source = source
    }

    /// How much better `value` is than `reference`, in points; negative when worse.
    public func gain(from reference: Double, to value: Double) -> Double {
        higherIsBetter ? value - reference : reference - value
    }

    /// Whether `value` counts as improved against `baseline`, or nil where the baseline is too good to tell.
    public func isImproved(from baseline: Double, to value: Double) -> Bool? {
        guard evaluableBaselines.contains(baseline) else { return nil }
        let gain = gain(from: baseline, to: value)
        // Means of three items are thirds: an exact comparison would depend on their last bit.
        let noise = 1e-9
        switch improvement {
        case .fraction(let part): return gain >= part * baseline - noise
        case .points(let points): return gain >= points - noise
        case .pointsOrReaching(let points, let target):
            return gain >= points - noise || (higherIsBetter ? value >= target : value <= target)
        case .never: return false
        }
    }

    /// Whether `value` is worse than `baseline` by more than noise; for global change, whether it says so itself.
    public func isWorse(from baseline: Double, to value: Double) -> Bool {
        role == .globalChange ? value <= -worse : gain(from: baseline, to: value) <= -worse + 1e-9
    }

    /// Whether `value` is at the target.
    public func isRecovered(_ value: Double) -> Bool {
        guard let recovered else { return false }
        return higherIsBetter ? value >= recovered : value <= recovered
    }
}
