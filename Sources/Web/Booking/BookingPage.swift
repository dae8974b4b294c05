// SPDX-License-Identifier: Apache-2.0

import Content

/// A booking: its confirmation, and later its place to manage it.
struct BookingPage: PageValue {
    static let template = "booking"

    enum State: Sendable, CaseIterable {
        case booked, cancelled, past
    }

    var frame: Frame
    let heading: String
    let badge: Badge
    let stateLabel: String
    /// "We have written to ana@example.org. See you then."
    var lead: String
    var serviceName: String
    /// "Tuesday, 3 March 2026, 9:45 to 10:45 am"
    var when: String
    var timeZoneLabel: String
    /// The start in RFC 3339, and the clinic's IANA zone, from which the reader's own time is shown.
    var instant = ""
    var zone = ""
    var clinician: String
    /// The address, or "By video; the link comes by mail".
    var place: String
    /// The `.ics`.
    var calendarURL: String?
    /// Where the questions before the visit begin; nil where there are none.
    var intakeAction: String?
    var preparation: [String]
    let hasPreparation: Bool
    let canChange: Bool
    /// "Free until Monday 9:45 am. After that …"
    var changeNote: String
    var moveURL: String?
    /// Where the button is posted.
    var cancelAction: String
    /// The way into a visit by video.
    var joinAction: String?
    /// After a cancellation: where a new time is chosen.
    var bookAgainURL: String?
    /// What was paid stays for another time: "$280 stays paid."
    var keptNote: String?
    /// What was paid comes back if the patient wants it: "Send $280 back to my card".
    var moneyBackLabel: String?
    /// And otherwise: "Keep $280 for another time".
    var moneyStaysLabel: String?

    init(
        frame: Frame, state: State, lead: String, serviceName: String, when: String, timeZoneLabel: String,
        clinician: String, place: String, calendarURL: String?, preparation: [String], changeNote: String = "",
        moveURL: String? = nil, cancelAction: String = "", bookAgainURL: String? = nil
    ) {
        self.frame = frame
        switch state {
        case .booked: (heading, badge, stateLabel) = (heard("You are booked"), .good, heard("Booked"))
        case .cancelled: (heading, badge, stateLabel) = (heard("This booking is cancelled"), .bad, heard("Cancelled"))
        case .past: (heading, badge, stateLabel) = (heard("This visit is over"), .plain, heard("Past"))
        }
        self.lead = lead
        self.serviceName = serviceName
        self.when = when
        self.timeZoneLabel = timeZoneLabel
        self.clinician = clinician
        self.place = place
        self.calendarURL = state == .booked ? calendarURL : nil
        self.preparation = preparation
        hasPreparation = state == .booked && !preparation.isEmpty
        canChange = state == .booked && !cancelAction.isEmpty
        self.changeNote = changeNote
        self.moveURL = moveURL
        self.cancelAction = cancelAction
        self.bookAgainURL = bookAgainURL
    }
}
