// SPDX-License-Identifier: Apache-2.0

/// The eight fields of an examination for a muscle tear.
public struct TearSigns: Hashable, Sendable {
    /// A bit per sign that was answered yes; and one per sign that was answered no.
    private var yes: UInt8 = 0, no: UInt8 = 0
    /// Strength on the Medical Research Council's scale, 0 to 5, or nil where it was not tested.
    public var strengthGrade: Double?
    /// Girth of the injured side minus the other, in centimetres: positive is swelling, negative wasting. Nil where it was not measured.
    public var girthDifferenceCentimetres: Double?

    /// A sign that is there or not.
    public enum Sign: String, Hashable, Sendable, CaseIterable {
        /// A gap or bunching under the fingers.
        case palpableGap
        /// A defect that opens on contraction in dynamic ultrasound, once a clinician has accepted it.
        case defectOpensOnContraction
        /// A pop or snap, felt or heard.
        case pop
        /// Bruising.
        case bruising
        /// Could not go on, or cannot bear weight.
        case cannotBearWeight
        /// Clear loss of motion against the other side.
        case motionLoss

        /// In plain words.
        public var words: String {
            switch self {
            case .palpableGap: "palpable gap"
            case .defectOpensOnContraction: "defect opens on contraction"
            case .pop: "pop or snap"
            case .bruising: "bruising"
            case .cannotBearWeight: "cannot bear weight"
            case .motionLoss: "motion loss"
            }
        }

        /// One of these is enough for suspicion.
        var isMajor: Bool { self == .palpableGap || self == .defectOpensOnContraction }

        fileprivate var bit: UInt8 {
            switch self {
            case .palpableGap: 1
            case .defectOpensOnContraction: 2
            case .pop: 4
            case .bruising: 8
            case .cannotBearWeight: 16
            case .motionLoss: 32
            }
        }
    }

    /// An examination; what is left out was not asked.
    public init(
        _ answers: [Sign: Answer] = [:], strengthGrade: Double? = nil, girthDifferenceCentimetres: Double? = nil
    ) {
        self.strengthGrade = strengthGrade
        self.girthDifferenceCentimetres = girthDifferenceCentimetres
        for (sign, answer) in answers { self[sign] = answer }
    }

    /// The answer for a sign.
    public subscript(sign: Sign) -> Answer {
        get { yes & sign.bit != 0 ? .yes : no & sign.bit != 0 ? .no : .notAsked }
        set {
            yes = newValue == .yes ? yes | sign.bit : yes & ~sign.bit
            no = newValue == .no ? no | sign.bit : no & ~sign.bit
        }
    }

    /// The answers of the signs that were asked.
    public var answers: [Sign: Answer] {
        Dictionary(uniqueKeysWithValues: Sign.allCases.map { ($0, self[$0]) }.filter { $0.1 != .notAsked })
    }

    /// The fields without an answer, by the names of `fascia.history/1`.
    public var missingFields: [String] {
        Sign.allCases.filter { self[$0] == .notAsked }.map(\.rawValue)
            + (strengthGrade == nil ? ["strengthGrade"] : [])
            + (girthDifferenceCentimetres == nil ? ["girthDifferenceCentimetres"] : [])
    }

    /// Whether this counts as an examination for a tear: every sign asked and strength tested.
    var isComplete: Bool { yes | no == 63 && strengthGrade != nil }

    /// What is known after a further examination: its answers, and the earlier ones where it has none.
    func updated(by later: TearSigns) -> TearSigns {
        var both = later
        both.yes |= yes & ~later.no
        both.no |= no & ~later.yes
        both.strengthGrade = later.strengthGrade ?? strengthGrade
        both.girthDifferenceCentimetres = later.girthDifferenceCentimetres ?? girthDifferenceCentimetres
        return both
    }

    /// The signs that speak for a tear.
    ///
    /// One major or two minor signs are suspicion (rule T). Grades and signs: VisualDx quadriceps strain and Kary 2010; bruising, motion loss: Guillodo
    /// 2011; pop, gap: BMC Sports Sci Med Rehabil 2022;14. Examination within 2 and imaging within 3 days: Kerkhoffs 2012 (ESSKA).
    public var suspicion: Suspicion {
        var major = Sign.allCases.filter { $0.isMajor && self[$0] == .yes }.map(\.words)
        var minor = Sign.allCases.filter { !$0.isMajor && self[$0] == .yes }.map(\.words)
        if let strengthGrade {
            if strengthGrade <= 3 {
                major.append("strength \(plain(strengthGrade))/5")
            } else if strengthGrade < 5 {
                minor.append("strength \(plain(strengthGrade))/5")
            }
        }
        if let girthDifferenceCentimetres, abs(girthDifferenceCentimetres) >= 2 {
            minor.append("girth difference \(plain(girthDifferenceCentimetres)) cm")
        }
        return Suspicion(major: major, minor: minor)
    }

    /// Signs that speak for a tear.
    public struct Suspicion: Hashable, Sendable {
        /// One of these is enough.
        public let major: [String]
        /// Two of these are enough.
        public let minor: [String]
        /// Whether a tear must be looked for within 72 hours.
        public var isSuspected: Bool { !major.isEmpty || minor.count >= 2 }
    }
}

/// A number as a person writes it: no `.0`, two decimals at most.
func plain(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    guard hundredths.isFinite, abs(hundredths) < 1e15 else { return String(value) }
    let whole = Int(hundredths)
    let sign = whole < 0 ? "-" : "", size = abs(whole)
    if size % 100 == 0 { return "\(sign)\(size / 100)" }
    if size % 10 == 0 { return "\(sign)\(size / 100).\(size % 100 / 10)" }
    return "\(sign)\(size / 100).\(size % 100 < 10 ? "0" : "")\(size % 100)"
}
