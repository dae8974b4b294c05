// SPDX-License-Identifier: Apache-2.0

/// The desk's mail: what came back, what may still be taken back, what left.
struct DeskMailPage: PageValue {
    static let template = "desk-mail"

    struct Bounce: Sendable {
        var patient: String
        var phone: String?
        var phoneLink: String?
        var email: String
        var subject: String
        /// "3 March 2026, 10:52 am"
        var cameBack: String
        var reason: String
        var settleAction: String
    }

    struct Letter: Sendable {
        var patient: String
        var email: String
        var subject: String
        /// When it leaves, or left.
        var moment: String
        var takeBackAction: String?
        var badge: Badge
        var stateLabel: String
    }

    var frame: Frame
    var links: [Frame.Link]
    var message: String?
    var bounces: [Bounce]
    var waiting: [Letter]
    let hasWaiting: Bool
    var departed: [Letter]
    let hasDeparted: Bool

    init(
        frame: Frame, links: [Frame.Link], message: String?, bounces: [Bounce], waiting: [Letter], departed: [Letter]
    ) {
        self.frame = frame
        self.links = links
        self.message = message
        self.bounces = bounces
        self.waiting = waiting
        hasWaiting = !waiting.isEmpty
        self.departed = departed
        hasDeparted = !departed.isEmpty
    }
}

/// The clinic's letters, each with its words.
struct DeskLettersPage: PageValue {
    static let template = "desk-letters"

    var frame: Frame
    var links: [Frame.Link]
    var message: String?
    var errorSummary: ErrorSummary?
    var letters: [Entry]
    var delayMinutes: FieldValue
    var followUpHours: FieldValue
}

/// The words of one letter.
struct DeskLetterPage: PageValue {
    static let template = "desk-letter"

    struct Placeholder: Sendable {
        /// "{when}"
        var name: String
        var meaning: String
        /// "needed", "also in the subject"
        var note: String?
    }

    struct Version: Sendable {
        var writtenAt: String
        var writtenBy: String
        var subject: String
        var words: String?
    }

    struct Preview: Sendable {
        var subject: String
        var paragraphs: [PracticeMailPage.Paragraph]
    }

    var frame: Frame
    var title: String
    var action: String
    var languages: [Frame.Link] = []
    var isEdited: Bool
    var message: String?
    var errorSummary: ErrorSummary?
    var subject: FieldValue
    var body: FieldValue
    var placeholders: [Placeholder]
    /// Nil where the text can't be written.
    var preview: Preview?
    var history: [Version]
    let hasHistory: Bool

    init(
        frame: Frame, title: String, action: String, isEdited: Bool, message: String?, errorSummary: ErrorSummary?,
        subject: FieldValue, body: FieldValue, placeholders: [Placeholder], preview: Preview?, history: [Version]
    ) {
        self.frame = frame
        self.title = title
        self.action = action
        self.isEdited = isEdited
        self.message = message
        self.errorSummary = errorSummary
        self.subject = subject
        self.body = body
        self.placeholders = placeholders
        self.preview = preview
        self.history = history
        hasHistory = !history.isEmpty
    }
}

/// The programs that are told what happens here.
struct DeskWebhooksPage: PageValue {
    static let template = "desk-webhooks"

    struct Event: Sendable {
        /// "booking.created"
        var name: String
        var field: String
        var isChosen: Bool
    }

    var frame: Frame
    var links: [Frame.Link]
    var message: String?
    var errorSummary: ErrorSummary?
    var endpoints: [Entry]
    var url: FieldValue
    var events: [Event]
}

/// One endpoint: its secret, its events, its log.
struct DeskWebhookPage: PageValue {
    static let template = "desk-webhook"

    struct Delivery: Sendable {
        var at: String
        var event: String
        var badge: Badge
        var stateLabel: String
        /// "200, after 1 try"
        var answer: String
        var body: String
        var replayAction: String
    }

    var frame: Frame
    var url: String
    var action: String
    var message: String?
    var secret: String
    /// "The old secret signs as well until 4 March 2026, 10:00 am."
    var rotationNote: String?
    var events: [DeskWebhooksPage.Event]
    var deliveries: [Delivery]
    let hasDeliveries: Bool

    init(
        frame: Frame, url: String, action: String, message: String?, secret: String, rotationNote: String?,
        events: [DeskWebhooksPage.Event], deliveries: [Delivery]
    ) {
        self.frame = frame
        self.url = url
        self.action = action
        self.message = message
        self.secret = secret
        self.rotationNote = rotationNote
        self.events = events
        self.deliveries = deliveries
        hasDeliveries = !deliveries.isEmpty
    }
}

/// A person's private calendar address, and, for patients, their reminders.
struct CalendarFeedPart: Sendable {
    var action: String
    /// "3 March 2026"; nil where there is none.
    var madeOn: String?
    /// Shown once, right after it was made.
    var freshURL: String?
}

struct PortalMessagesPage: PageValue {
    static let template = "portal-messages"

    var frame: Frame
    var message: String?
    var wantsReminders: Bool
    var feed: CalendarFeedPart
}

struct DeskFeedPage: PageValue {
    static let template = "desk-feed"

    var frame: Frame
    var links: [Frame.Link]
    var message: String?
    var feed: CalendarFeedPart
}

/// Ends reminders by the link of a letter.
struct RemindersPage: PageValue {
    static let template = "reminders"

    var frame: Frame
    var action: String
    var wantsReminders: Bool
    /// Whether something was changed just now.
    var isChanged: Bool
}
