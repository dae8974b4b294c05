// SPDX-License-Identifier: Apache-2.0

/// The list of who waits.
struct DeskVideoPage: PageValue {
    static let template = "desk-video"

    struct Visit: Sendable {
        var id: String
        var time: String
        var patient: String
        var clinician: String
        var badge: Badge
        var stateLabel: String
        /// "since 9:41 am"
        var since: String?
        var isWaiting: Bool
        /// The room, for who may hold calls.
        var callURL: String?
        var joinAction: String?
        var admitAction: String?
        var noticeAction: String?
        var moveAction: String?
        var times: [CallAdvicePage.Time]
        let hasTimes: Bool
    }

    var frame: Frame
    var dayLabel: String
    var previousURL: String
    var nextURL: String
    var visits: [Visit]
    var relayNote: String?
    var problem: String?
}

/// One visit by video, on the clinician's side: before, in and after the call.
struct DeskCallPage: PageValue {
    static let template = "desk-call"

    struct Person: Sendable {
        var name: String
        var badge: Badge
        var stateLabel: String
        /// "Ana Example, born 1980-02-01, in Albany, NY, call back 555 0100"
        var details: [String]
        var warnings: String?
        var admitAction: String?
        var removeAction: String?
    }

    struct Measure: Sendable {
        var joint: String
        var side: String
        var degrees: String
        var at: String
        var picture: String
        var pictureURL: String?
        var askAction: String?
    }

    struct Comparison: Sendable {
        var joint: String
        var left: String
        var right: String
        var difference: String
    }

    var frame: Frame
    var path: String
    var patientName: String
    var visit: String
    var badge: Badge
    var stateLabel: String
    /// The call, once joined and until it is closed.
    var stage: CallStage?
    var canJoin: Bool
    var early: String?
    var people: [Person]
    var isOpen: Bool
    var isOver: Bool
    /// An invitation that was just made.
    var invitation: String?
    var relayNote: String?
    /// What can be put into the call.
    var things: [Choice]
    let hasThings: Bool
    var joints: [String]
    var measures: [Measure]
    let hasMeasures: Bool
    var comparisons: [Comparison]
    let hasComparisons: Bool
    var pain: [Fact]
    let hasPain: Bool
    var figures: [Fact]
    let hasFigures: Bool
    /// Where what is left to do is done.
    var dayURL: String
    var loopsURL: String
    /// Where the note is begun: one for each open episode.
    var notes: [Choice]
    var careURL: String?
    /// Times for the next visit, by video and in person.
    var followUps: [Choice]
    let hasFollowUps: Bool
    /// A next visit that was just booked.
    var booked: String?
    var billAction: String?
    var orderURL: String?
    var reopenAction: String?
    var problem: String?
}
