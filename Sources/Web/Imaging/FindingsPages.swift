// SPDX-License-Identifier: Apache-2.0

/// The findings of a visit as they are written.
struct FindingsEditPage: PageValue {
    static let template = "desk-findings"

    struct Grade: Sendable {
        /// The field's name: the system's.
        var field: String
        var name: String
        var note: String
        /// "Cross-section lies in class 2; gap at peak in class 1."
        var hint: String
        var classes: [Choice]
    }

    struct Clip: Sendable {
        var loop: String
        var name: String
        var isChosen: Bool
        var first: String
        var last: String
        var lastFrame: Int
        var caption: String
        var still: String
    }

    struct Version: Sendable {
        var name: String
        var url: String
        var state: String
        var badge: Badge
    }

    var frame: Frame
    var patientName: String
    var visit: String
    var visitURL: String
    var action: String?
    var errorSummary: ErrorSummary?
    var region: String
    var words: String
    var wordsForPatient: String
    var section: String
    var grades: [Grade]
    var clips: [Clip]
    var table: MeasureTable
    var versions: [Version]
    let hasVersions: Bool
    /// The newest signed version says something else than what stands here.
    var isChanged: Bool

    init(
        frame: Frame, patientName: String, visit: String, visitURL: String, action: String?,
        errorSummary: ErrorSummary? = nil, region: String, words: String, wordsForPatient: String, section: String,
        grades: [Grade], clips: [Clip], table: MeasureTable, versions: [Version], isChanged: Bool
    ) {
        self.frame = frame
        self.patientName = patientName
        self.visit = visit
        self.visitURL = visitURL
        self.action = action
        self.errorSummary = errorSummary
        self.region = region
        self.words = words
        self.wordsForPatient = wordsForPatient
        self.section = section
        self.grades = grades
        self.clips = clips
        self.table = table
        self.versions = versions
        hasVersions = !versions.isEmpty
        self.isChanged = isChanged
    }
}

/// What was measured and accepted, with what it is compared with.
struct MeasureTable: Sendable {
    struct Row: Sendable {
        /// "Opening on contraction"
        var name: String
        /// "Left rectus femoris"
        var place: String
        var value: String
        /// "1.1 mm at rest, 13.0 mm at most"
        var detail: String
    }
    struct Comparison: Sendable {
        var name: String
        var now: String
        var other: String
        var with: String
        /// "12 % smaller, more than healthy sides differ (8.8 %)"
        var difference: String
    }
    var rows: [Row]
    let hasRows: Bool
    var comparisons: [Comparison]
    let hasComparisons: Bool
    /// "It hurt most in frame 31 of contraction.mp4 (7 of 10), at the widest opening."
    var worst: [String]

    init(rows: [Row], comparisons: [Comparison], worst: [String]) {
        self.rows = rows
        hasRows = !rows.isEmpty
        self.comparisons = comparisons
        hasComparisons = !comparisons.isEmpty
        self.worst = worst
    }
}

/// A picture or clip of signed findings.
struct FindingsClip: Sendable {
    var caption: String
    var stillURL: String
    var width: Int
    var height: Int
    /// For `clip.js`; nil for a single picture.
    var clipURL: String?
}

/// Signed findings, for colleagues and for paper.
struct FindingsPage: PageValue {
    static let template = "desk-findings-signed"

    struct Grade: Sendable {
        var system: String
        var grade: String
        var note: String
    }

    var frame: Frame
    var patientName: String
    var visit: String
    var visitURL: String
    var versionName: String
    var isSuperseded: Bool
    var region: String
    var words: [String]
    var wordsForPatient: [String]
    var grades: [Grade]
    let hasGrades: Bool
    var table: MeasureTable
    var clips: [FindingsClip]
    /// The findings as a DICOM object.
    var reportURL: String
    /// "Signed by Dr. Juniper Fable, 3 March 2026, 11:02 am"
    var signed: String
    var released: String?
    var releaseAction: String?

    init(
        frame: Frame, patientName: String, visit: String, visitURL: String, versionName: String, isSuperseded: Bool,
        region: String, words: [String], wordsForPatient: [String], grades: [Grade], table: MeasureTable,
        clips: [FindingsClip], reportURL: String, signed: String, released: String?, releaseAction: String?
    ) {
        self.frame = frame
        self.patientName = patientName
        self.visit = visit
        self.visitURL = visitURL
        self.versionName = versionName
        self.isSuperseded = isSuperseded
        self.region = region
        self.words = words
        self.wordsForPatient = wordsForPatient
        self.grades = grades
        hasGrades = !grades.isEmpty
        self.table = table
        self.clips = clips
        self.reportURL = reportURL
        self.signed = signed
        self.released = released
        self.releaseAction = releaseAction
    }
}

/// Released findings, as the patient reads them.
struct PatientFindingsPage: PageValue {
    static let template = "portal-findings"

    struct Row: Sendable {
        var name: String
        var value: String
        var detail: String
    }

    var frame: Frame
    var visit: String
    var region: String
    var words: [String]
    var rows: [Row]
    let hasRows: Bool
    var clips: [FindingsClip]
    var signed: String

    init(
        frame: Frame, visit: String, region: String, words: [String], rows: [Row], clips: [FindingsClip], signed: String
    ) {
        self.frame = frame
        self.visit = visit
        self.region = region
        self.words = words
        self.rows = rows
        hasRows = !rows.isEmpty
        self.clips = clips
        self.signed = signed
    }
}

/// A loop leaves the record.
struct SharePage: PageValue {
    static let template = "desk-share"

    struct Clip: Sendable {
        var url: String
        /// "Agreed by Ana Example on 2026-03-02"
        var consent: String
        var endAction: String
    }

    var frame: Frame
    var loopURL: String
    var fileName: String
    var errorSummary: ErrorSummary?
    var firstFrameURL: String
    var width: Int
    var height: Int
    var lastFrame: Int
    var clearAction: String
    /// "Free of text: from 10, 40, 300 wide and 200 high."
    var cleared: String?
    var exportURL: String?
    var caseAction: String?
    var consentText: String
    var clips: [Clip]
    let hasClips: Bool

    init(
        frame: Frame, loopURL: String, fileName: String, errorSummary: ErrorSummary? = nil, firstFrameURL: String,
        width: Int, height: Int, lastFrame: Int, clearAction: String, cleared: String?, exportURL: String?,
        caseAction: String?, consentText: String, clips: [Clip]
    ) {
        self.frame = frame
        self.loopURL = loopURL
        self.fileName = fileName
        self.errorSummary = errorSummary
        self.firstFrameURL = firstFrameURL
        self.width = width
        self.height = height
        self.lastFrame = lastFrame
        self.clearAction = clearAction
        self.cleared = cleared
        self.exportURL = exportURL
        self.caseAction = caseAction
        self.consentText = consentText
        self.clips = clips
        hasClips = !clips.isEmpty
    }
}
