// SPDX-License-Identifier: Apache-2.0

package import Recovery

/// What should be thought of before these needles are set in this patient. It warns and asks for a reason; it forbids nothing
/// (domain notes 3.3).
package struct NeedleWarning: Sendable, Hashable {
    /// Stable, so that a reason stays with its warning.
    package let key: String
    package let words: String

    package static func warnings(
        points: [AcupuncturePoint], precautions: [PrecautionKind: Answer], isElectro: Bool, isFirstSession: Bool
    ) -> [NeedleWarning] {
        var warnings: [NeedleWarning] = []
        func warn(_ key: String, _ words: String) { warnings.append(NeedleWarning(key: key, words: words)) }
        func has(_ kind: PrecautionKind) -> Bool { precautions[kind] == .yes }
        func named(_ chosen: (AcupuncturePoint) -> Bool) -> String? {
            let codes = points.filter(chosen).map(\.code)
            return codes.isEmpty ? nil : Array(Set(codes)).sorted().joined(separator: ", ")
        }
        if has(.anticoagulant) || has(.bleedingDisorder) {
            warn(
                "bleeding",
                "Anticoagulant or clotting disorder: no deep needling, press longer. Minor bleeding is more frequent (warfarin odds ×4.95, DOAC ×3.07; Hsieh 2023)."
            )
        }
        if has(.pregnancy), let codes = named(isCautionedInPregnancy) {
            warn(
                "pregnancy",
                "Pregnancy and \(codes): traditionally avoided. A review found no harm at these points (Carr 2015); talk about it."
            )
        }
        if precautions[.pregnancy] ?? .notAsked == .notAsked {
            warn("pregnancy-not-asked", "Pregnancy has not been asked about today.")
        }
        if let codes = named(isThoracic) {
            warn(
                "thorax",
                "\(codes) lie over the lung: record depth and angle, give the card “chest pain or breathless within 24 hours”."
                    + (has(.lungDisease) ? " Lung disease or smoking makes a collapsed lung more likely." : ""))
        }
        if let codes = named({ ["LI18", "ST9", "SI17", "GV15", "GV16", "BL1", "ST1"].contains($0.code) }) {
            warn("vessel", "\(codes): near vessel, spinal cord or eye; only by who is trained for it.")
        }
        if isElectro, has(.pacemaker) || has(.epilepsy) || has(.pregnancy) {
            warn("electro", "Electrical stimulation with a pacemaker, epilepsy or pregnancy: leave it out.")
        }
        if has(.lymphoedema) { warn("lymphoedema", "Do not needle the limb with lymphoedema.") }
        if has(.implant) { warn("implant", "Do not needle at the site of a prosthesis or an implant.") }
        if has(.immunosuppression) || has(.diabetes) {
            warn("infection", "Raised risk of infection: clean skin, no needles that stay in.")
        }
        if has(.metalAllergy) { warn("metal", "Allergy to metals: choose the needle accordingly and note it.") }
        if has(.fainting) || isFirstSession {
            warn("fainting", "\(has(.fainting) ? "Fainted before" : "First session"): lying down, fewer needles.")
        }
        return warnings
    }

    private static func isCautionedInPregnancy(_ point: AcupuncturePoint) -> Bool {
        switch point.channel {
        case "LI": point.number == 4
        case "SP": point.number == 6
        case "BL": point.number == 60 || point.number == 67 || (31...34).contains(point.number)
        case "GB": point.number == 21
        case "CV": (2...7).contains(point.number)
        default: false
        }
    }

    private static func isThoracic(_ point: AcupuncturePoint) -> Bool {
        switch point.channel {
        case "GB": point.number == 21
        case "LU": point.number <= 2
        case "BL": (11...21).contains(point.number) || (41...51).contains(point.number)
        case "SI": (9...15).contains(point.number)
        case "ST": (11...18).contains(point.number)
        case "KI": (22...27).contains(point.number)
        case "CV": point.number == 17
        default: false
        }
    }
}
