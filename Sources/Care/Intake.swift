// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// What a patient tells before the first visit, answer by answer. Resumable by its link.
package struct Intake: Sendable {
    package typealias ID = Identifier<Intake>

    /// In the order in which they are asked.
    package enum Step: String, Sendable, CaseIterable {
        case region, start, pain, activities, warnings, precautions
    }

    package let id: ID
    package let patient: Patient.ID
    package let booking: String?
    package let startedAt: Date
    package let finishedAt: Date?
    package let episode: Episode.ID?
    /// The last answer to each question, as typed.
    package let answers: [String: String]

    package var isFinished: Bool { finishedAt != nil }
    package var region: BodyRegion? { answers["region"].flatMap(BodyRegion.init(rawValue:)) }
    package var side: BodyRegion.Side { answers["side"].flatMap(BodyRegion.Side.init(rawValue:)) ?? .middle }
    package var onset: Day? { answers["onset"].flatMap { Day(iso: $0) } }
    package var mechanism: Mechanism? { answers["mechanism"].flatMap(Mechanism.init(rawValue:)) }
    package func pain(_ which: Pain) -> Int? { Self.scale(answers["pain-\(which.rawValue)"]) }
    package func warning(_ flag: Flag) -> Answer {
        answers["flag-\(flag.rawValue)"].flatMap(Answer.init(rawValue:)) ?? .notAsked
    }
    package func sign(_ sign: TearSigns.Sign) -> Answer {
        answers["sign-\(sign.rawValue)"].flatMap(Answer.init(rawValue:)) ?? .notAsked
    }
    package func precaution(_ kind: PrecautionKind) -> Answer {
        answers["precaution-\(kind.rawValue)"].flatMap(Answer.init(rawValue:)) ?? .notAsked
    }

    package enum Pain: String, Sendable, CaseIterable { case now, average, worst }

    package enum Mechanism: String, Sendable, CaseIterable {
        case sudden, fall, load, gradual, unknown

        package var name: String {
            switch self {
            case .sudden: "Suddenly, in a movement or sprint"
            case .fall: "A fall, blow or accident"
            case .load: "After unusual work or sport"
            case .gradual: "Slowly, over days or weeks"
            case .unknown: "I don't know"
            }
        }
        package var isInjury: Bool { self == .sudden || self == .fall || self == .load }
    }

    /// One thing that the patient can't do as before: its name, and how well it goes, 0 unable to 10 as before.
    package struct Activity: Sendable, Hashable {
        package let name: String
        package let score: Int?
    }

    package var activities: [Activity] {
        (1...3).compactMap { number in
            guard let name = answers["activity-\(number)"], !name.isEmpty else { return nil }
            return Activity(name: name, score: Self.scale(answers["activity-\(number)-score"]))
        }
    }

    /// What takes hands to examine, so that a camera is not enough.
    package enum NeedForHands: String, Sendable, CaseIterable { case tear, deficit, caudaEquina }

    /// What of the answers speaks for being seen in person. An offer costs nothing, so one sign is enough here, where rule T of
    /// `Recovery` asks for two; a bruise alone is none.
    package var needsHands: Set<NeedForHands> {
        guard let region else { return [] }
        var needs: Set<NeedForHands> = []
        if WarningQuestion.asksForTear(region), sign(.pop) == .yes || sign(.cannotBearWeight) == .yes {
            needs.insert(.tear)
        }
        for question in WarningQuestion.questions(for: region) where warning(question.flag) == .yes {
            switch question.flag {
            case .extensorMechanism: needs.insert(.tear)
            case .progressiveDeficit, .compartment: needs.insert(.deficit)
            case .caudaEquina: needs.insert(.caudaEquina)
            default: break
            }
        }
        return needs
    }

    /// The first step that is not answered; nil where all are.
    package var nextStep: Step? { Step.allCases.first { !isAnswered($0) } }

    package func isAnswered(_ step: Step) -> Bool {
        switch step {
        case .region: region != nil
        case .start: onset != nil && mechanism != nil
        case .pain: Pain.allCases.allSatisfy { pain($0) != nil }
        case .activities: activities.contains { $0.score != nil }
        case .warnings, .precautions: answers["seen-\(step.rawValue)"] != nil
        }
    }

    static func scale(_ text: String?) -> Int? { text.flatMap { Int($0) }.flatMap { (0...10).contains($0) ? $0 : nil } }

    init(_ row: Row, answers: [String: String]) throws {
        id = try row.get("id")
        patient = try row.get("patient")
        booking = try row.get("booking")
        startedAt = try row.get("started_at")
        finishedAt = try row.get("finished_at")
        episode = try row.get("episode")
        self.answers = answers
    }
}
