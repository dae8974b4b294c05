// SPDX-License-Identifier: Apache-2.0

/// Who is asked, where nobody is known yet.
struct IntakeStartPage: PageValue {
    static let template = "intake-start"

    var frame: Frame
    var name = FieldValue()
    var email = FieldValue()
    var phone = FieldValue()
    var errorSummary: ErrorSummary?
}

/// One step of the intake.
struct IntakePage: PageValue {
    static let template = "intake"

    struct Scale: Sendable {
        var name: String
        var label: String
        var low: String
        var high: String
        var numbers: [Choice]
    }

    struct Question: Sendable {
        var name: String
        var words: String
        var isYes: Bool
        var isNo: Bool
    }

    struct Activity: Sendable {
        var number: Int
        var name: String
        var numbers: [Choice]
        var isFirst: Bool
    }

    struct Tick: Sendable {
        var name: String
        var label: String
        var isTicked: Bool
    }

    struct Region: Sendable {
        var map: BodyMap
        var regions: [Choice]
        var sides: [Choice]
    }

    struct Start: Sendable {
        var since: [Choice]
        var onset: String
        var mechanisms: [Choice]
        var words: String
    }

    var frame: Frame
    /// "Step 2 of 6"
    var progress: String
    var heading: String
    var hint: String?
    var action: String
    var backURL: String?
    var errorSummary: ErrorSummary?
    /// One of these is there.
    var region: Region?
    var start: Start?
    var scales: [Scale] = []
    var activities: [Activity] = []
    var questions: [Question] = []
    var hasQuestions = false
    var ticks: [Tick] = []
    var hasTicks = false
    var tickWords = ""
    var button: String
}

/// The end of the intake: thanks, or help now.
struct IntakeDonePage: PageValue {
    static let template = "intake-done"

    var frame: Frame
    var heading: String
    var lead: String
    /// An emergency: the fixed text instead of thanks.
    var isEmergency: Bool
    var isSameDay: Bool
    /// For who booked a visit by video and told what takes hands to examine.
    var inPersonURL: String?
    var goOnURL: String?
    var goOnLabel: String
}
