// SPDX-License-Identifier: Apache-2.0

/// Who works here.
struct CliniciansPage: PageValue {
    static let template = "clinicians"

    struct Clinician: Sendable {
        var name: String
        /// "MH", drawn in place of a photograph.
        var initials: String
        var profession: String
        var languages: String
        /// `Content/clinicians/….md`, rendered.
        var bodyHTML: String
        /// Doors to what this clinician does.
        var services: [Door]
    }

    struct Door: Sendable {
        var label: String
        var url: String
    }

    var frame: Frame
    var lead: String
    var clinicians: [Clinician]
}
