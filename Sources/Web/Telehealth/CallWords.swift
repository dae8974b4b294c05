// SPDX-License-Identifier: Apache-2.0

import Care
import Clinic
import Content
import Foundation
import Telehealth

/// What patients read before a call.
enum CallWords {
    /// Rises with every change of `consent`: a consent names the version to which it was given.
    static let consentVersion = "video-1"

    /// To what somebody agrees, paragraph by paragraph.
    static var consent: [String] {
        [
            said(
                "I agree to be seen by video today. I may say no, or stop at any time, and ask for a visit in the clinic instead; it changes nothing in my care."
            ),
            said(
                "Picture and sound go from my device to the clinician’s, encrypted. Nothing is recorded. A single picture is kept only if I agree to that picture when I am asked."
            ),
            said(
                "A camera can’t feel, press, test strength or look under the skin. The clinician may find that I have to be seen in person."
            ),
            said(
                "I am where I said I am, so that help can be sent there in an emergency, and I can be called back at my number if the line breaks."
            ),
            said("I choose a place where nobody else hears what I don’t want them to hear."),
        ]
    }

    /// To what a guest agrees.
    static var guestConsent: [String] {
        [
            said(
                "The patient and the clinician know that I am there. I keep to myself what I see and hear, and I record nothing."
            ),
            said("Picture and sound go between our devices, encrypted. Nothing is recorded."),
        ]
    }

    /// What can't be examined by video.
    static var limits: [String] {
        [
            said("Strength against a hand that holds against it"),
            said("Reflexes, and feeling tested with a pin or a brush"),
            said("Swelling, warmth and gaps that are felt, not seen"), said("Whether a joint is loose"),
            said("The muscle itself: that takes ultrasound, in the clinic"),
        ]
    }

    enum Warning: String, CaseIterable {
        case pop, weak, emergency

        var label: String {
            switch self {
            case .pop:
                said(
                    "I felt or heard a pop, or there is a dent, a big bruise, or a limb that I can’t load since an injury."
                )
            case .weak: said("An arm or a leg has become weak or numb, or is getting weaker.")
            case .emergency:
                said(
                    "I can’t hold or pass water or stool as usual, or I am numb between the legs, or both legs are weak."
                )
            }
        }

        private var need: Intake.NeedForHands {
            switch self {
            case .pop: .tear
            case .weak: .deficit
            case .emergency: .caudaEquina
            }
        }

        /// What the answers before the visit say of it.
        static func told(_ needs: Set<Intake.NeedForHands>) -> [Warning] { allCases.filter { needs.contains($0.need) } }

        /// What was ticked at the door or told before.
        static func found(_ entrance: Clinic.CallEntrance) -> [Warning] {
            let ticked = (entrance.consent?.form.warnings ?? "").components(separatedBy: "; ")
            return allCases.filter { ticked.contains($0.finding) || entrance.needsHands.contains($0.need) }
        }

        /// As the clinician reads it, and as it is kept.
        var finding: String {
            switch self {
            case .pop: "a tear is possible"
            case .weak: "a neurological deficit is possible"
            case .emergency: "signs of cauda equina: emergency"
            }
        }
    }
}
