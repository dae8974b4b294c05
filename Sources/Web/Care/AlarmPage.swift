// SPDX-License-Identifier: Apache-2.0

/// The open alarms, the loudest first.
struct AlarmsPage: PageValue {
    static let template = "desk-alarms"

    var frame: Frame
    var alarms: [Entry]
}

/// What one rule said of an episode, and its answer.
struct AlarmPage: PageValue {
    static let template = "desk-alarm"

    struct Input: Sendable {
        var date: String
        var what: String
    }

    struct Answer: Sendable {
        var date: String
        var what: String
        var words: String
    }

    var frame: Frame
    var patientName: String
    /// "A5"
    var rule: String
    var says: String
    var badge: Badge
    /// "Red, open"
    var stateLabel: String
    var place: String
    var episodeURL: String
    var fired: String
    var due: String
    /// "The treating clinician"
    var owner: String
    var inputs: [Input]
    /// "score of function, result of imaging"; nil where nothing was missing.
    var missing: String?
    var threshold: String
    var source: String
    /// "2026.2, rule version 1"
    var version: String
    var options: [String]
    var answers: [Answer]
    let hasAnswers: Bool
    var errorSummary: ErrorSummary?
    /// Nil once it is answered, and for who may not.
    var action: String?
    var choices: [Choice]
    var until: String
    var words: String

    init(
        frame: Frame, patientName: String, rule: String, says: String, badge: Badge, stateLabel: String, place: String,
        episodeURL: String, fired: String, due: String, owner: String, inputs: [Input], missing: String?,
        threshold: String, source: String, version: String, options: [String], answers: [Answer],
        errorSummary: ErrorSummary?, action: String?, choices: [Choice], until: String, words: String
    ) {
        self.frame = frame
        self.patientName = patientName
        self.rule = rule
        self.says = says
        self.badge = badge
        self.stateLabel = stateLabel
        self.place = place
        self.episodeURL = episodeURL
        self.fired = fired
        self.due = due
        self.owner = owner
        self.inputs = inputs
        self.missing = missing
        self.threshold = threshold
        self.source = source
        self.version = version
        self.options = options
        self.answers = answers
        hasAnswers = !answers.isEmpty
        self.errorSummary = errorSummary
        self.action = action
        self.choices = choices
        self.until = until
        self.words = words
    }
}
