// SPDX-License-Identifier: Apache-2.0

/// Everything that the rules know of one complaint: what was entered, and when.
///
/// A history holds facts that a person entered or confirmed, never a result of a rule: assessing it again gives the same alarms.
public struct EpisodeHistory: Hashable, Sendable {
    /// Which clock and which rules apply.
    public var kind: EpisodeKind
    /// The part of the body, as the clinic names it.
    public var region: String
    /// The day on which the complaint began.
    public var onset: Day
    /// The day on which the clinic first knew of it, where that is known; else the first entry or diagnosis says.
    public var opened: Day?
    /// Working diagnoses, in the order of their days.
    public let diagnoses: [Diagnosis]
    /// What was entered, in the order of days and times; entries of one moment keep the order in which they were given.
    public let entries: [Entry]

    /// A history; diagnoses and entries are put in order of time.
    public init(
        kind: EpisodeKind, region: String = "", onset: Day, opened: Day? = nil, diagnoses: [Diagnosis] = [],
        entries: [Entry] = []
    ) {
        self.kind = kind
        self.region = region
        self.onset = onset
        self.opened = opened
        self.diagnoses = Self.inOrder(diagnoses) { ($0.at, 0) }
        self.entries = Self.inOrder(entries) { ($0.at, $0.secondOfDay) }
    }

    /// The same episode with one more entry.
    public func adding(_ entry: Entry) -> EpisodeHistory {
        EpisodeHistory(
            kind: kind, region: region, onset: onset, opened: opened, diagnoses: diagnoses, entries: entries + [entry])
    }

    /// Sorts by time and keeps the order of equals, which Swift's sort does not promise.
    private static func inOrder<Element>(_ elements: [Element], _ time: (Element) -> (Day, Int)) -> [Element] {
        elements.enumerated().sorted {
            let (left, right) = (time($0.element), time($1.element))
            return (left.0, left.1, $0.offset) < (right.0, right.1, $1.offset)
        }.map(\.element)
    }

    /// One thing that was entered.
    public struct Entry: Hashable, Sendable {
        /// The day that it is about.
        public var at: Day
        /// Seconds since midnight where known; only orders the entries of one day.
        public var secondOfDay: Int
        /// What it says.
        public var content: Content

        /// An entry.
        public init(at: Day, secondOfDay: Int = 0, _ content: Content) {
            self.at = at
            self.secondOfDay = secondOfDay
            self.content = content
        }
    }

    /// What an entry says.
    public enum Content: Hashable, Sendable {
        /// The value of an outcome measure, in that measure's own unit and direction.
        case score(Measure, Double)
        /// A red-flag question and its answer.
        case flag(Flag, Answer)
        /// An examination for a muscle tear.
        case tearSigns(TearSigns)
        /// A visit with treatment.
        case visit(Treatment)
        /// A patient who cancelled or did not come.
        case missedVisit
        /// Imaging: ordered on the entry's day, its result known since `result`. `expectedDays` is the usual time back to training of the
        /// grade that it showed, in days, where the reader gave one.
        case imaging(Modality, result: Day?, expectedDays: Double?)
        /// A referral on the entry's day; the answer came on `result`.
        case referral(result: Day?)
        /// A clinician's answer to an alarm.
        case disposition(rule: String, Disposition, until: Day?)
    }

    /// A working diagnosis as it stood from a day on.
    public struct Diagnosis: Hashable, Sendable {
        /// Since when.
        public var at: Day
        /// Its words.
        public var text: String
        /// How sure it is.
        public var status: Status

        /// FHIR's `Condition.verificationStatus`, as far as it is used here.
        public enum Status: String, Hashable, Sendable, CaseIterable {
            /// Believed; confirmed by a test or a second examiner; found wrong.
            case provisional, confirmed, refuted
        }

        /// A diagnosis.
        public init(at: Day, text: String, status: Status) {
            self.at = at
            self.text = text
            self.status = status
        }
    }
}

/// Which clock an episode runs by.
public enum EpisodeKind: String, Hashable, Sendable, CaseIterable {
    /// Injury of a muscle or tendon; low back pain; anything else.
    case muscle, back, other
}

/// The answer to a question that may not have been asked: `notAsked` is never taken for `no`.
public enum Answer: String, Hashable, Sendable, CaseIterable {
    /// Asked and answered, or not asked.
    case yes, no, notAsked
}

/// What was done at a visit.
public enum Treatment: String, Hashable, Sendable, CaseIterable {
    /// Needling; exercise; manual therapy; anything else.
    case acupuncture, exercise, manual, other
}

/// How a picture was made.
public enum Modality: String, Hashable, Sendable, CaseIterable {
    /// Ultrasound; magnetic resonance; anything else.
    case ultrasound, mri, other
}

/// What a clinician answered to an alarm. There is no "dismissed".
public enum Disposition: String, Hashable, Sendable, CaseIterable {
    /// Imaging was ordered: a missing result alarms again (A18).
    case imagingOrdered
    /// The patient was referred: a missing answer alarms again (A18).
    case referred
    /// The patient was examined again, and diagnosis or plan changed.
    case reexaminedAndChanged
    /// Waiting until a day, with a reason; once, for at most `RuleSet.longestWaitDays`. The alarm opens again on that day.
    case justifiedWait
    /// The patient declined after a talk that is recorded.
    case patientDeclined
    /// The rule does not fit this patient, with the reason.
    case ruleWrong
}

/// The name of an outcome measure: `nrs`, `psfs`, `grc` … Names without a row in the rule table count as contact, never as improvement.
public struct Measure: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let name: String
    /// A measure by its name.
    public init(_ name: String) { self.name = name }
    /// The name.
    public var description: String { name }
    /// By name.
    public static func < (left: Measure, right: Measure) -> Bool { left.name < right.name }

    /// Pain, 0 to 10, average of the past seven days.
    public static let nrs = Measure("nrs")
    /// Patient-Specific Functional Scale: mean of the same activities, 0 unable to 10 as before.
    public static let psfs = Measure("psfs")
    /// Global Rating of Change, −5 to +5.
    public static let grc = Measure("grc")
}
