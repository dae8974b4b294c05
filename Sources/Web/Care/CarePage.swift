// SPDX-License-Identifier: Apache-2.0

/// The open episodes, and finding a patient.
struct CarePage: PageValue {
    static let template = "desk-care"

    var frame: Frame
    /// Warnings that a clinician must close, the most urgent first.
    var tasks: [Entry]
    let hasTasks: Bool
    var search: String
    var found: [Entry]
    var isNothingFound: Bool
    var episodes: [Entry]

    init(
        frame: Frame, tasks: [Entry], search: String, found: [Entry], isNothingFound: Bool, episodes: [Entry]
    ) {
        self.frame = frame
        self.tasks = tasks
        hasTasks = !tasks.isEmpty
        self.search = search
        self.found = found
        self.isNothingFound = isNothingFound
        self.episodes = episodes
    }
}

/// One warning answer and what was done about it.
struct SafetyTaskPage: PageValue {
    static let template = "desk-safety-task"

    struct Closed: Sendable {
        var outcome: String
        var words: String
        var when: String
    }

    var frame: Frame
    var patientName: String
    var level: String
    var badge: Badge
    var question: String
    var raised: String
    var due: String
    var phone: String?
    var email: String
    var episodeURL: String?
    var closed: Closed?
    /// Nil once it is closed.
    var closeAction: String?
    var outcomes: [Choice]
    var typed: String
    var errorSummary: ErrorSummary?
}

/// A patient's episodes, and opening one.
struct PatientCarePage: PageValue {
    static let template = "desk-patient-care"

    var frame: Frame
    var patientName: String
    var episodes: [Entry]
    var openAction: String
    var errorSummary: ErrorSummary?
    var regions: [Choice]
    var sides: [Choice]
    var kinds: [Choice]
    /// "2026-03-03"
    var onset: String
    var complaint: String
}
