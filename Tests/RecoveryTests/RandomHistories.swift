// SPDX-License-Identifier: Apache-2.0

@testable import Recovery

extension EpisodeHistory {
    /// Any history that the schema allows, over at most `days` days.
    static func random(_ kind: EpisodeKind, days: Int, using random: inout SeededGenerator) -> EpisodeHistory {
        var entries: [Entry] = []
        // Most patients are scored every week or so; some never.
        if Int.random(in: 0..<8, using: &random) > 0 {
            for (measure, range) in [
                (Measure.nrs, 0.0...10.0), (.psfs, 0...10), (.grc, -5...5), (Measure("rmdq"), 0...24),
            ] {
                guard measure == .nrs || Bool.random(using: &random) else { continue }
                var at = Int.random(in: 0..<5, using: &random)
                var value = Double.random(in: range, using: &random).rounded()
                while at < days {
                    entries.append(score(at, measure, value))
                    at += Int.random(in: 1..<18, using: &random)
                    let drift = Double(Int.random(in: -3...3, using: &random))
                    value = min(max(value + drift, range.lowerBound), range.upperBound)
                }
            }
        }
        let gap = Int.random(in: 2..<20, using: &random)
        for at in stride(from: 0, to: days, by: gap) {
            entries.append(entry(at, .visit(Treatment.allCases.randomElement(using: &random) ?? .other)))
        }
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            let at = Int.random(in: 0..<days, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                entries.append(
                    entry(
                        at,
                        .flag(
                            Flag.allCases.randomElement(using: &random) ?? .fracture,
                            Answer.allCases.randomElement(using: &random) ?? .no)))
            case 1: entries.append(entry(at, .tearSigns(.random(using: &random))))
            case 2:
                let result = Bool.random(using: &random) ? day(at + Int.random(in: 0..<30, using: &random)) : nil
                entries.append(
                    entry(
                        at,
                        .imaging(
                            Modality.allCases.randomElement(using: &random) ?? .mri, result: result, expectedDays: nil))
                )
            case 3: entries.append(entry(at, .missedVisit))
            case 4: entries.append(entry(at, .referral(result: Bool.random(using: &random) ? day(at + 9) : nil)))
            default:
                entries.append(
                    answer(at, "A\(Int.random(in: 1...18, using: &random))", .random(using: &random), until: at + 9))
            }
        }
        let diagnoses = (0..<Int.random(in: 0..<4, using: &random)).map { index in
            Diagnosis(
                at: day(index * Int.random(in: 0..<20, using: &random)), text: "diagnosis \(index / 2)",
                status: Diagnosis.Status.allCases.randomElement(using: &random) ?? .provisional)
        }
        return EpisodeHistory(
            kind: kind, onset: day(Int.random(in: -10...0, using: &random)), diagnoses: diagnoses,
            entries: entries.shuffled(using: &random))
    }

    /// The same episode without the entries for which `isOut` holds.
    func without(_ isOut: (Entry) -> Bool) -> EpisodeHistory {
        EpisodeHistory(
            kind: kind, region: region, onset: onset, diagnoses: diagnoses, entries: entries.filter { !isOut($0) })
    }
}

extension TearSigns {
    static func random(using random: inout SeededGenerator) -> TearSigns {
        var signs = TearSigns()
        for sign in Sign.allCases {
            signs[sign] = [Answer.no, .no, .no, .yes, .notAsked].randomElement(using: &random) ?? .no
        }
        signs.strengthGrade = [nil, 2, 3, 4, 5, 5, 5].randomElement(using: &random) ?? nil
        signs.girthDifferenceCentimetres = [nil, -2, -1, 0, 0, 1, 2].randomElement(using: &random) ?? nil
        return signs
    }
}

extension Disposition {
    static func random(using random: inout SeededGenerator) -> Disposition {
        allCases.randomElement(using: &random) ?? .referred
    }
}
