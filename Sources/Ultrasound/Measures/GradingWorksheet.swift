// SPDX-License-Identifier: Apache-2.0

/// The published gradings of muscle injuries.
///
/// They are mostly expert opinion with little link to outcome (Hamilton 2015, BJSM 49:306): the worksheet shows the
/// measures and the classes, and a clinician decides. Nothing here chooses a grade.
public enum GradingSystem: String, CaseIterable, Hashable, Sendable, Codable {
    /// Peetrons 2002, ultrasound.
    case peetrons
    /// Chan 2012, ultrasound and MRI: by site and structure, without numbers.
    case chan
    /// Munich consensus, Mueller-Wohlfahrt 2013.
    case munich
    /// British Athletics, Pollock 2014; defined on MRI.
    case britishAthletics

    /// The classes a clinician chooses from, in order.
    public var classes: [GradingClass] {
        switch self {
        case .peetrons:
            [
                GradingClass("0", "no lesion seen"), GradingClass("1", "less than 5 % of the muscle", section: 0..<5),
                GradingClass("2", "5 to 50 % of volume or cross-section", section: 5..<50),
                GradingClass("3", "complete, with retraction and a palpable gap", section: 50..<100.1),
            ]
        case .chan:
            ["proximal", "middle", "distal"].flatMap { site in
                ["intramuscular", "myofascial", "myofascial-perifascial", "musculotendinous"].map {
                    GradingClass("\(site), \($0)", "lesion at the \(site) \($0) structure")
                }
            }
        case .munich:
            [
                GradingClass("1", "overexertion, no tear"), GradingClass("2", "neuromuscular, no macroscopic tear"),
                GradingClass("3A", "minor partial tear"), GradingClass("3B", "moderate partial tear"),
                GradingClass("4", "(sub)total tear or avulsion"),
            ]
        case .britishAthletics:
            [
                GradingClass("0", "no lesion seen"),
                GradingClass(
                    "1", "below 10 % of the section or below 5 cm, disruption below 1 cm", section: 0..<10,
                    length: 0..<50, gap: 0..<10),
                GradingClass(
                    "2", "10 to 50 % or 5 to 15 cm, disruption below 5 cm", section: 10..<50, length: 50..<150,
                    gap: 10..<50),
                GradingClass(
                    "3", "above 50 % or above 15 cm, disruption above 5 cm", section: 50..<100.1, length: 150..<10_000,
                    gap: 50..<10_000),
                GradingClass("4", "complete"),
            ]
        }
    }

    /// What must be said beside the classes.
    public var note: String {
        switch self {
        case .peetrons: "Ultrasound. Class 3 needs retraction, not only a large section."
        case .chan: "Site and structure, seen by the examiner; no measure decides it."
        case .munich: "Functional classes 1 and 2 have no tear to measure."
        case .britishAthletics:
            "Defined on MRI; measured on ultrasound it is an approximation. Add a, b or c for the structure."
        }
    }
}

/// One class of a grading, with the ranges that its authors gave in numbers.
public struct GradingClass: Hashable, Sendable {
    /// What a clinician chooses, as its authors write it.
    public let name: String
    /// The class's definition in short.
    public let meaning: String
    let sectionPercent: Range<Double>?
    let lengthMillimetres: Range<Double>?
    let gapMillimetres: Range<Double>?

    init(
        _ name: String, _ meaning: String, section: Range<Double>? = nil, length: Range<Double>? = nil,
        gap: Range<Double>? = nil
    ) {
        self.name = name
        self.meaning = meaning
        sectionPercent = section
        lengthMillimetres = length
        gapMillimetres = gap
    }
}

/// What a grading asks for, filled from measures that a clinician has accepted.
public struct GradingWorksheet: Hashable, Sendable {
    /// The torn part of the muscle's cross-section.
    public var sectionPercent: Double?
    /// The longest discontinuity along the fibres.
    public var lengthMillimetres: Double?
    /// The gap at rest, in millimetres.
    public var restGapMillimetres: Double?
    /// The gap at the peak of contraction, in millimetres.
    public var peakGapMillimetres: Double?
    /// The clinician's choice, by class name.
    public var decision: [GradingSystem: String] = [:]

    /// A worksheet with these fields; what was not measured stays empty.
    public init(
        sectionPercent: Double? = nil, lengthMillimetres: Double? = nil, restGapMillimetres: Double? = nil,
        peakGapMillimetres: Double? = nil
    ) {
        self.sectionPercent = sectionPercent
        self.lengthMillimetres = lengthMillimetres
        self.restGapMillimetres = restGapMillimetres
        self.peakGapMillimetres = peakGapMillimetres
    }

    /// The classes in whose published range each filled field lies: `["cross-section": "1", "gap at peak": "2"]`. Fields
    /// may disagree, which is for the clinician to weigh; an empty field says nothing.
    public func fieldsByClass(in system: GradingSystem) -> [String: String] {
        var found: [String: String] = [:]
        for entry in system.classes {
            func note(_ field: String, _ value: Double?, _ range: Range<Double>?) {
                if let value, let range, range.contains(value) { found[field] = entry.name }
            }
            note("cross-section", sectionPercent, entry.sectionPercent)
            note("length", lengthMillimetres, entry.lengthMillimetres)
            note("gap at peak", peakGapMillimetres, entry.gapMillimetres)
        }
        return found
    }
}
