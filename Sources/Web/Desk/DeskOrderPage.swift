// SPDX-License-Identifier: Apache-2.0

/// One order at the desk: who, what for, paid, booked, recorded, measured, told.
struct DeskOrderPage: PageValue {
    static let template = "desk-order"

    struct Recording: Sendable {
        var id: String
        var fileName: String
        /// "13.4 MB"
        var size: String
        /// "3 March 2026, 10:52 am, by Noor Lindqvist"
        var uploaded: String
        /// The first twelve digits are enough for the eye.
        var checksum: String
        var badge: Badge
        /// "Waiting", "Being analysed", "Analysed", "Can't be read"
        var stateLabel: String
        /// What is wrong with the file and what to do.
        var problem: String?
        var removeAction: String?
        /// Where what it counts as is posted (role); nil where it can't be chosen.
        var roleAction: String?
        var roles: [Choice] = []
        /// "Nobody walks in it."
        var roleNote = ""
        /// The names of people in the file.
        var names: String?
        var stripAction: String?
        /// Where a walk's events are corrected.
        var eventsURL: String?
        /// "2 by hand"
        var corrections: String?
    }

    /// Who ordered what, and how far it is.
    struct Head: Sendable {
        var number: String
        var patientName: String
        var serviceName: String
        var badge: Badge
        var stateLabel: String
        var question: String
        var email: String
        var phone: String?
        var orderedOn: String
        var payment: String
        var paymentBadge: Badge
        var amount: String
        var booked: String
        /// "4 March 2026 by Dr. Maren Holt"
        var released: String?
    }

    /// With the scripts `upload.js` and `walk.js`, and `refreshSeconds` while a recording is being analysed.
    var frame: Frame
    var head: Head
    /// What was just done: "The report is released."
    var message: String?
    var errorSummary: ErrorSummary?
    /// Where `upload.js` starts an upload; nil where there may be none, and `uploadNote` says why.
    var uploadURL: String?
    var uploadNote: String
    var recordings: [Recording]
    /// How the recordings are analysed; nil before there is one.
    var settings: GaitSettingsForm?
    /// Nil where the settings do not change any more.
    var settingsAction: String?
    /// All walks as one analysis.
    var gaitURL: String?
    var figures: GaitFigures?
    var warnings: [String]
    let hasWarnings: Bool
    var walkURL: String?
    var walkText: String
    /// Where the words are posted (words, step = save or release); nil for who may not write them.
    var wordsAction: String?
    var words: FieldValue
    var canRelease: Bool
    var releaseNote: String
    /// The patient's view, for staff.
    var reportURL: String?
    var withdrawAction: String?
    /// Payments and refunds, for who may take them.
    var moneyURL: String?

    init(
        frame: Frame, head: Head, message: String? = nil, errorSummary: ErrorSummary? = nil, uploadURL: String?,
        uploadNote: String = "", recordings: [Recording], settings: GaitSettingsForm? = nil,
        settingsAction: String? = nil, gaitURL: String? = nil, figures: GaitFigures?, warnings: [String] = [],
        walkURL: String? = nil, walkText: String = "", wordsAction: String? = nil, words: FieldValue = FieldValue(),
        canRelease: Bool = false, releaseNote: String = "", reportURL: String? = nil, withdrawAction: String? = nil,
        moneyURL: String? = nil
    ) {
        self.moneyURL = moneyURL
        self.frame = frame
        self.head = head
        self.message = message
        self.errorSummary = errorSummary
        self.uploadURL = uploadURL
        self.uploadNote = uploadNote
        self.recordings = recordings
        self.settings = settings
        self.settingsAction = settingsAction
        self.gaitURL = gaitURL
        self.figures = figures
        self.warnings = warnings
        hasWarnings = !warnings.isEmpty
        self.walkURL = walkURL
        self.walkText = walkText
        self.wordsAction = wordsAction
        self.words = words
        self.canRelease = canRelease
        self.releaseNote = releaseNote
        self.reportURL = reportURL
        self.withdrawAction = withdrawAction
    }
}
