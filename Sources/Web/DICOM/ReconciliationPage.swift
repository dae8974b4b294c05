// SPDX-License-Identifier: Apache-2.0

/// Studies that wait for somebody to say whose they are, objects that can't be read, and what went wrong lately.
struct ReconciliationPage: PageValue {
    static let template = "desk-machines"

    struct Candidate: Sendable {
        var value: String
        /// "Ana Roe, Dynamic Ultrasound, Tuesday, 3 March 2026, 9:45 to 10:15 am"
        var label: String
    }

    struct Study: Sendable {
        var field: String
        var study: String
        var patientName: String
        var detail: String
        var said: String
        var problem: String
        var candidates: [Candidate]
        let hasCandidates: Bool

        init(
            field: String, study: String, patientName: String, detail: String, said: String, problem: String,
            candidates: [Candidate]
        ) {
            self.field = field
            self.study = study
            self.patientName = patientName
            self.detail = detail
            self.said = said
            self.problem = problem
            self.candidates = candidates
            hasCandidates = !candidates.isEmpty
        }
    }

    struct Unreadable: Sendable {
        var url: String
        var name: String
        var detail: String
        var problem: String
    }

    struct Note: Sendable {
        var at: String
        var source: String
        var what: String
    }

    var frame: Frame
    var errorSummary: ErrorSummary?
    var studies: [Study]
    let hasStudies: Bool
    var unreadable: [Unreadable]
    let hasUnreadable: Bool
    var notes: [Note]
    let hasNotes: Bool

    init(frame: Frame, errorSummary: ErrorSummary? = nil, studies: [Study], unreadable: [Unreadable], notes: [Note]) {
        self.frame = frame
        self.errorSummary = errorSummary
        self.studies = studies
        hasStudies = !studies.isEmpty
        self.unreadable = unreadable
        hasUnreadable = !unreadable.isEmpty
        self.notes = notes
        hasNotes = !notes.isEmpty
    }
}
