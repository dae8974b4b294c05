// SPDX-License-Identifier: Apache-2.0

package import Recovery

/// A warning question in plain words. The flags and their levels are those of the domain notes 2.2 and 2.3.
package struct WarningQuestion: Sendable, Hashable {
    package let flag: Flag
    package let words: String

    /// What is asked about a region, the emergencies first.
    package static func questions(for region: BodyRegion) -> [WarningQuestion] {
        flags(for: region).map { WarningQuestion(flag: $0, words: words($0, for: region)) }
    }

    private static func flags(for region: BodyRegion) -> [Flag] {
        switch region {
        case .lowerBack, .upperBack, .buttock:
            return [
                .caudaEquina, .progressiveDeficit, .aneurysm, .infection, .fracture, .malignancy, .inflammatory,
                .radicularPain,
            ]
        case .head, .neck: return [.progressiveDeficit, .infection, .fracture, .malignancy]
        case .chest, .abdomen: return [.aneurysm, .infection, .fracture, .malignancy]
        default:
            var flags: [Flag] = [.compartment]
            if region == .thighFront || region == .knee { flags.append(.extensorMechanism) }
            if region.isLeg { flags.append(.thrombosis) }
            return flags + [.infection, .fracture, .malignancy]
        }
    }

    private static func words(_ flag: Flag, for region: BodyRegion) -> String {
        switch flag {
        case .caudaEquina:
            "New in the last weeks: trouble passing or holding urine or stool, numbness between the legs, new trouble with sex, or pain down both legs?"
        case .progressiveDeficit:
            region == .neck || region == .head
                ? "Is an arm or a leg getting weaker, are your hands clumsy, or has walking become unsteady?"
                : "Is a leg getting weaker, are both legs weak, or has walking become unsteady?"
        case .aneurysm:
            "Sudden, severe pain in the back, belly or chest with faintness or breathlessness, or do you know that your aorta is widened?"
        case .infection:
            region.isBack || !region.hasSides
                ? "Fever, chills, an infection in the last weeks, injected drugs, or a weakened immune system?"
                : "Fever, or is the painful place hot and red, or do you have diabetes or a weakened immune system?"
        case .fracture:
            "A hard fall or accident, or a small one with brittle bones, long cortisone treatment or more than 65 years of age?"
        case .malignancy:
            "Cancer now or in the past, weight loss without a reason, or pain at night that nothing relieves?"
        case .inflammatory:
            "For more than three months, stiff for over half an hour in the morning and better when you move; or psoriasis, an inflamed bowel or an inflamed eye?"
        case .compartment:
            "Is it tense and swollen with pain far beyond the injury, or is the hand or foot numb, cold or pale?"
        case .thrombosis: "Is the calf or thigh swollen without an injury that explains it?"
        case .extensorMechanism: "Are you unable to straighten the knee, or to lift the straight leg?"
        case .radicularPain: "Does the pain run down a leg, below the knee?"
        }
    }

    /// Signs of a tear that a patient can tell; asked about muscles. The examiner asks the rest.
    package static let tearSigns: [(sign: TearSigns.Sign, words: String)] = [
        (.pop, "Did you feel or hear a pop or a snap?"),
        (.bruising, "Is there a bruise?"),
        (.cannotBearWeight, "Did you have to stop at once, or are you unable to put weight on it?"),
    ]

    package static func asksForTear(_ region: BodyRegion) -> Bool {
        [.shoulder, .upperArm, .forearm, .chest, .buttock, .groin, .thighFront, .thighBack, .knee, .calf, .ankle]
            .contains(region)
    }
}

/// What matters before a needle is set (domain notes 3.3).
package enum PrecautionKind: String, Sendable, CaseIterable, Codable {
    case anticoagulant, bleedingDisorder, pregnancy, pacemaker, implant, epilepsy, immunosuppression, diabetes,
        lymphoedema
    case fainting, metalAllergy, lungDisease

    /// As a patient is asked.
    package var question: String {
        switch self {
        case .anticoagulant: "Blood thinners (for example warfarin, apixaban, heparin)"
        case .bleedingDisorder: "A bleeding disorder or liver cirrhosis"
        case .pregnancy: "Pregnant, or possibly so"
        case .pacemaker: "A pacemaker or defibrillator"
        case .implant: "An artificial joint, metal or another implant"
        case .epilepsy: "Epilepsy"
        case .immunosuppression: "A weakened immune system or a heart valve disease"
        case .diabetes: "Diabetes that is hard to control"
        case .lymphoedema: "Lymph swelling of an arm or leg, or lymph nodes removed"
        case .fainting: "Fainting at needles or blood"
        case .metalAllergy: "An allergy to nickel or other metals"
        case .lungDisease: "Lung disease (COPD), or you smoke"
        }
    }
}
