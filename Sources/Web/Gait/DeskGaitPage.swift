// SPDX-License-Identifier: Apache-2.0

/// All walks of an order as one analysis, before a clinician writes words to it.
struct DeskGaitPage: PageValue {
    static let template = "desk-gait"

    /// With the script `walk.js`, and `refreshSeconds` while the figures are computed anew.
    var frame: Frame
    var orderURL: String
    var patientName: String
    var number: String
    /// Why there is nothing to see.
    var failure: String?
    var figures: GaitFigures?
    var visit: GaitVisitPart?
    var walkURL: String?
    var walkText: String
    /// Where the earlier visit to compare with is chosen; nil where there is none or nothing changes any more.
    var compareAction: String?
    var compareChoices: [Choice]
}

/// The clinic's normative sets.
struct DeskNormsPage: PageValue {
    static let template = "desk-norms"

    struct Norm: Sendable {
        let name: String
        /// "Our laboratory, n = 42, 18 to 65 years"
        let detail: String
        let added: String
        let removeAction: String
    }

    /// With the script `read-file.js`.
    var frame: Frame
    var message: String?
    var errorSummary: ErrorSummary?
    var norms: [Norm]
    let hasNorms: Bool
    /// The set that comes with Fascia.
    var builtIn: String
    var name: FieldValue
    var csv: FieldValue

    init(
        frame: Frame, message: String? = nil, errorSummary: ErrorSummary? = nil, norms: [Norm], builtIn: String,
        name: FieldValue = FieldValue(), csv: FieldValue = FieldValue()
    ) {
        self.frame = frame
        self.message = message
        self.errorSummary = errorSummary
        self.norms = norms
        hasNorms = !norms.isEmpty
        self.builtIn = builtIn
        self.name = name
        self.csv = csv
    }
}
