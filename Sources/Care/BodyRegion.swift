// SPDX-License-Identifier: Apache-2.0

package import Recovery
import Storage

/// Where it hurts, as a person points at it.
package enum BodyRegion: String, Sendable, CaseIterable, Codable, Bindable {
    case head, neck, shoulder, upperArm, elbow, forearm, hand, chest, abdomen, upperBack, lowerBack, buttock, hip, groin
    case thighFront, thighBack, knee, shin, calf, ankle, foot

    package enum Side: String, Sendable, CaseIterable, Codable, Bindable {
        case left, right, both, middle
    }

    /// "Lower back", "Front of the thigh"
    package var name: String {
        switch self {
        case .head: "Head"
        case .neck: "Neck"
        case .shoulder: "Shoulder"
        case .upperArm: "Upper arm"
        case .elbow: "Elbow"
        case .forearm: "Forearm"
        case .hand: "Wrist or hand"
        case .chest: "Chest"
        case .abdomen: "Belly"
        case .upperBack: "Upper back"
        case .lowerBack: "Lower back"
        case .buttock: "Buttock"
        case .hip: "Hip"
        case .groin: "Groin"
        case .thighFront: "Front of the thigh"
        case .thighBack: "Back of the thigh"
        case .knee: "Knee"
        case .shin: "Shin"
        case .calf: "Calf"
        case .ankle: "Ankle"
        case .foot: "Foot"
        }
    }

    package var hasSides: Bool {
        switch self {
        case .head, .neck, .chest, .abdomen, .upperBack, .lowerBack: false
        default: true
        }
    }

    package var isLeg: Bool {
        switch self {
        case .buttock, .hip, .groin, .thighFront, .thighBack, .knee, .shin, .calf, .ankle, .foot: true
        default: false
        }
    }

    package var isBack: Bool { self == .lowerBack || self == .upperBack || self == .buttock }

    /// A strain of these is what the rules of muscle injuries are about; which rules an episode follows is the clinician's to say.
    package func kind(afterInjury: Bool) -> EpisodeKind {
        if self == .lowerBack { return .back }
        let isMuscle = [.upperArm, .groin, .thighFront, .thighBack, .calf].contains(self)
        return isMuscle && afterInjury ? .muscle : .other
    }
}
