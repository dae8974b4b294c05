// SPDX-License-Identifier: Apache-2.0

/// A question that must not be missed.
public enum Flag: String, Hashable, Sendable, CaseIterable {
    /// Trouble with bladder, bowel, saddle sensation or both legs.
    case caudaEquina
    /// Weakness that grows, or signs of the spinal cord.
    case progressiveDeficit
    /// A ruptured or symptomatic aneurysm of the aorta.
    case aneurysm
    /// Infection of the spine or of a limb.
    case infection
    /// A broken bone.
    case fracture
    /// A tumour.
    case malignancy
    /// Inflammatory disease of the spine.
    case inflammatory
    /// Pressure in a muscle compartment.
    case compartment
    /// A clot in a deep vein.
    case thrombosis
    /// The knee cannot be extended against gravity.
    case extensorMechanism
    /// Pain that radiates below the knee, or sciatica. No red flag: it only decides whether partial improvement is enough at week 6 (A9).
    case radicularPain

    /// How soon a "yes" must be answered. Levels are the clinic's own (domain notes 2.1); the flags come from the sources named in `source`.
    public enum Triage: String, Hashable, Sendable {
        /// Now; on the same day; within two weeks; no duty of its own.
        case emergency, sameDay, soon, none
    }

    /// How soon.
    public var triage: Triage {
        switch self {
        case .caudaEquina, .progressiveDeficit, .aneurysm, .compartment: .emergency
        case .infection, .fracture, .thrombosis, .extensorMechanism: .sameDay
        case .malignancy, .inflammatory: .soon
        case .radicularPain: .none
        }
    }

    /// Whether a "yes" makes imaging of the back before week 6 reasonable (ACR Appropriateness Criteria 2021; domain notes 2.2).
    public var allowsEarlyImagingOfTheBack: Bool {
        switch self {
        case .caudaEquina, .progressiveDeficit, .aneurysm, .infection, .fracture, .malignancy, .inflammatory: true
        case .compartment, .thrombosis, .extensorMechanism, .radicularPain: false
        }
    }

    /// In words that complete "asked about …".
    public var words: String {
        switch self {
        case .caudaEquina: "cauda equina"
        case .progressiveDeficit: "progressive deficit"
        case .aneurysm: "aortic aneurysm"
        case .infection: "infection"
        case .fracture: "fracture"
        case .malignancy: "malignancy"
        case .inflammatory: "inflammatory disease"
        case .compartment: "compartment syndrome"
        case .thrombosis: "thrombosis"
        case .extensorMechanism: "extensor mechanism"
        case .radicularPain: "radicular pain"
        }
    }
}
