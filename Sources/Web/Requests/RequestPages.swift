// SPDX-License-Identifier: Apache-2.0

import Content

/// Asking for a visit without knowing which.
struct RequestPage: PageValue {
    static let template = "request"

    var frame: Frame
    var heading: String
    var intro: String
    /// Where the form is posted. Fields: attempt, region, problem, preferred, name, email, phone.
    var action: String
    var attempt: String
    var regions: [Choice]
    var region = FieldValue()
    var problem = FieldValue()
    var preferred = FieldValue()
    var name = FieldValue()
    var email = FieldValue()
    var phone = FieldValue()
    /// The other kind of visit.
    var otherURL: String
    var otherLabel: String
    var errorSummary: ErrorSummary?
}

/// What became of a request, an offer or a place on the waitlist: a few words and what can be done.
struct AnswerPage: PageValue {
    static let template = "answer"

    struct Time: Sendable {
        var value: String
        var when: String
        var detail: String
        var isFirst = false
    }

    struct Action: Sendable {
        var url: String
        var label: String
        var isLink = false
    }

    var frame: Frame
    var kicker: String
    var heading: String
    var lead: String
    /// The desk's own words.
    var note: String?
    /// Times to choose from; posted as `booking` to `acceptURL`.
    var times: [Time] = []
    var hasTimes = false
    var acceptURL = ""
    var acceptLabel = heard("Take this time")
    var zone: String?
    var actions: [Action] = []
}

/// Joining the waitlist of a service.
struct WaitlistPage: PageValue {
    static let template = "waitlist"

    var frame: Frame
    var service: ServiceCard
    var action: String
    var attempt: String
    var clinicians: [Choice]
    var hours: [Choice]
    var from = FieldValue()
    var to = FieldValue()
    var name = FieldValue()
    var email = FieldValue()
    var phone = FieldValue()
    var errorSummary: ErrorSummary?
}

/// The desk's inbox: who asked, how long ago, and who waits for an earlier time.
struct InboxPage: PageValue {
    static let template = "desk-requests"

    struct Item: Sendable {
        var url: String
        var name: String
        var detail: String
        /// "3 hours"
        var age: String
        var badge: Badge
        var stateLabel: String
        var isOverdue: Bool
    }

    struct Waiting: Sendable {
        var name: String
        var service: String
        var wanted: String
        var since: String
    }

    var frame: Frame
    var overdue: String?
    var items: [Item]
    var hasItems: Bool
    var waiting: [Waiting]
    var hasWaiting: Bool
}

/// One request at the desk: what was asked, and the answer.
struct RequestDeskPage: PageValue {
    static let template = "desk-request"

    var frame: Frame
    var name: String
    var kicker: String
    var age: String
    var badge: Badge
    var stateLabel: String
    var problem: String
    var region: String
    var preferred: String
    var email: String
    var phone: String?
    /// What is offered at present.
    var offered: [String]
    var hasOffered: Bool
    var offeredUntil: String?
    /// Nil once it is closed.
    var action: String?
    var closeAction: String
    var closedReason: String?
    var services: [Choice]
    var serviceURL: String
    var service: String
    var grid: TimeGrid?
    var validity: [Choice]
    var note = FieldValue()
    var errorSummary: ErrorSummary?
}
