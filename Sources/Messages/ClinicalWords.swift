// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Words that tell a stranger over the shoulder why somebody sees the clinic. None may stand in a subject, in a calendar's
/// title or in what other programs are told.
package enum ClinicalWords {
    /// Beginnings of words. Those of three letters and such as mean other things, too, are matched whole.
    private static let stems = [
        "gait", "ultraso", "sonogra", "acupunct", "needle", "knee", "ankle", "shoulder", "elbow", "wrist", "spine",
        "spinal", "lumbar", "muscl", "muscul", "tendo", "tendin", "ligament", "injur", "painful", "diagnos", "therap",
        "treatment", "rehab", "surg", "symptom", "fractur", "sprain", "arthr", "sciatic", "imaging", "x-ray", "walk",
        "stride", "cadence", "telehealth", "consultation", "disease", "disorder", "medic", "doctor", "posture",
        // Spanish.
        "marcha", "ecograf", "acupunt", "aguja", "rodilla", "tobillo", "hombro", "codo", "columna", "tendon",
        "ligament",
        "lesion", "dolor", "desgarr", "cirug", "fractur", "esguince", "ciatic", "enfermed", "postura", "espalda",
    ]
    private static let wholeWords = [
        "hip", "hips", "back pain", "pain", "pains", "ache", "aches", "tear", "tears", "torn", "strain", "strains",
        "mri",
        "scan", "scans", "joint", "joints", "rupture", "lesion", "limp",
    ]

    /// The first such word of a text, as it stands there.
    /// - Parameter names: further phrases that give as much away, such as the names of the clinic's services.
    package static func first(in text: String, or names: [String] = []) -> String? {
        let folded = text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
        func found(_ pattern: String) -> String? {
            folded.range(of: pattern, options: .regularExpression).map { String(folded[$0]) }
        }
        if let word = found("\\b(?:\(stems.joined(separator: "|")))[a-z]*") { return word }
        if let word = found("\\b(?:\(wholeWords.joined(separator: "|")))\\b") { return word }
        return names.first { name in
            name.count > 3 && text.range(of: name, options: [.caseInsensitive, .diacriticInsensitive]) != nil
        }
    }
}
