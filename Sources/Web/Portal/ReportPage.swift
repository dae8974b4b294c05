// SPDX-License-Identifier: Apache-2.0

/// The gait report that a patient reads once a clinician has released it.
struct ReportPage: PageValue {
    static let template = "report"

    /// With the scripts `walk.js` and `print.js`.
    var frame: Frame
    var serviceName: String
    var patientName: String
    var measuredOn: String
    /// What the patient asked in the order.
    var question: String
    /// The clinician's words, by paragraph.
    var words: [String]
    var clinician: String
    var releasedOn: String
    /// The JSON that `walk.js` plays; nil where the recording has no points to draw.
    var walkURL: String?
    /// What the moving figure shows, for who cannot see it.
    var walkText: String
    /// A sentence before the figures.
    var numbersIntro: String
    var figures: GaitFigures
    var methods: [String]
    var warnings: [String]
    let hasWarnings: Bool
    /// Curves, scores, comparison; nil of a report from before they were computed.
    var visit: GaitVisitPart?

    init(
        frame: Frame, serviceName: String, patientName: String, measuredOn: String, question: String, words: [String],
        clinician: String, releasedOn: String, walkURL: String?, walkText: String, numbersIntro: String,
        figures: GaitFigures, methods: [String], warnings: [String], visit: GaitVisitPart? = nil
    ) {
        self.visit = visit
        self.frame = frame
        self.serviceName = serviceName
        self.patientName = patientName
        self.measuredOn = measuredOn
        self.question = question
        self.words = words
        self.clinician = clinician
        self.releasedOn = releasedOn
        self.walkURL = walkURL
        self.walkText = walkText
        self.numbersIntro = numbersIntro
        self.figures = figures
        self.methods = methods
        self.warnings = warnings
        hasWarnings = !warnings.isEmpty
    }
}
