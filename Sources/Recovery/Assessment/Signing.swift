// SPDX-License-Identifier: Apache-2.0

/// Why a diagnosis cannot be signed yet.
public enum SigningObstacle: Hashable, Sendable {
    /// A field of the tear examination has no answer; the name is that of `fascia.history/1`.
    case tearField(String)
    /// An emergency question was not asked.
    case emergencyQuestion(Flag)
    /// The signs fit a tear: “strain” cannot be the only diagnosis until imaging has a result.
    case tearNotLookedFor(signs: [String])

    /// The field that is missing, or `diagnosis`.
    public var field: String {
        switch self {
        case .tearField(let name): name
        case .emergencyQuestion(let flag): flag.rawValue
        case .tearNotLookedFor: "diagnosis"
        }
    }

    /// What to do about it.
    public var words: String {
        switch self {
        case .tearField(let name): "Fill in \(name) of the tear examination; “not asked” is no answer."
        case .emergencyQuestion(let flag): "Ask about \(flag.words) and record yes or no."
        case .tearNotLookedFor(let signs):
            "The signs fit a tear (\(signs.joined(separator: ", "))). Look for it by dynamic ultrasound before “strain” is the only diagnosis."
        }
    }
}

/// What keeps a diagnosis from being signed, from what was known on a day.
///
/// In a muscle episode, and wherever the words say “strain”, the eight tear fields must be answered (domain notes 2.4); the emergency questions of the
/// region must not be “not asked” (domain notes 8.3). Empty when it can be signed.
///
/// - Parameter text: the diagnosis to be signed; without it, the working diagnosis of that day.
public func signingObstacles(
    _ history: EpisodeHistory, diagnosis text: String? = nil, now: Day
) -> [SigningObstacle] {
    guard let record = Record(history, .current, upTo: now) else { return [] }
    let words = (text ?? record.workingDiagnosis(asOf: now)?.text ?? "").lowercased()
    let isStrain = words.contains("strain")
    var obstacles: [SigningObstacle] = []
    if record.kind == .muscle || isStrain {
        let known = record.exams.reduce(TearSigns()) { $0.updated(by: $1.signs) }
        obstacles += known.missingFields.map(SigningObstacle.tearField)
        let suspicion = known.suspicion
        if isStrain, suspicion.isSuspected, record.imagingResults(asOf: now).isEmpty {
            obstacles.append(.tearNotLookedFor(signs: suspicion.major + suspicion.minor))
        }
    }
    let answers = record.answers(asOf: now)
    let asked: [Flag] =
        switch record.kind {
        case .back: [.caudaEquina, .progressiveDeficit, .aneurysm]
        case .muscle: [.compartment]
        case .other: []
        }
    obstacles += asked.filter { answers[$0] == nil }.map(SigningObstacle.emergencyQuestion)
    return obstacles
}
