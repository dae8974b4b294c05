// SPDX-License-Identifier: Apache-2.0

/// Why a link opens nothing, now or any more.
struct CallDoorPage: PageValue {
    static let template = "call-door"

    var frame: Frame
    var title: String
    var detail: String
    /// When the door opens.
    var opens: String?
    /// The start in RFC 3339, and the clinic's zone, from which the reader's own time is shown.
    var instant: String?
    var zone: String?
}

/// Before the call: devices, who and where one is, consent.
struct CallPreparePage: PageValue {
    static let template = "call-prepare"

    var frame: Frame
    var heading: String
    /// "Telehealth Visit, Tuesday, 3 March 2026, 9:45 to 10:15 am"
    var visit: String
    var action: String
    var isPatient: Bool
    var name = FieldValue()
    var bornOn = FieldValue()
    var place = FieldValue()
    var callBack = FieldValue()
    var agree = FieldValue()
    /// What speaks for a visit in person; each is one tick.
    var warnings: [Tick]
    /// What a camera can't do.
    var limits: [String]
    var consent: [String]
    /// Without a relay: that some networks will fail.
    var lineNote: String?
    /// Set where what was told before the visit has to be examined in person.
    var adviceURL: String?
    var errorSummary: ErrorSummary?

    struct Tick: Sendable {
        var name: String
        var label: String
        var isTicked: Bool
    }
}

/// What was ticked speaks for being seen in person: a time for that, on the spot.
struct CallAdvicePage: PageValue {
    static let template = "call-advice"

    struct Time: Sendable {
        var value: String
        var label: String
        var isChosen: Bool
    }

    var frame: Frame
    var isEmergency: Bool
    var reasons: [String]
    var serviceName: String
    /// "$150, paid in the clinic after the visit"
    var price: String
    var times: [Time]
    let hasTimes: Bool
    /// Where a time is booked; nil where it has to be paid first, then `bookURL` leads there.
    var action: String
    var bookURL: String?
    /// A time that was just booked.
    var booked: String?
    var problem: String?
    var goOnURL: String
    /// Whether the consent is still to come.
    var isBefore: Bool
}

/// The waiting room and the call, of a patient or a guest.
struct CallRoomPage: PageValue {
    static let template = "call-room"

    var frame: Frame
    var visit: String
    var with: String
    var stage: CallStage
    /// Who left may come back.
    var backAction: String?
    var lineNote: String?
    /// Set for who must be seen in person rather than by video.
    var adviceURL: String?
}

/// The part of the page that is the call itself, the same on both sides.
struct CallStage: Sendable {
    /// Where signals go and come from.
    var base: String
    var me: String
    /// "patient", "clinician" or "guest"
    var role: String
    var state: String
    /// The last signal before the page was made.
    var after: String
    var startsAt: String
    /// What was said before, as JSON lines of signals.
    var chat: [String]
    var isPatient: Bool
    var isClinician: Bool
}
