// SPDX-License-Identifier: Apache-2.0

/// A week of free times, one of which is chosen.
struct TimeGrid: Sendable {
    struct Slot: Sendable {
        /// Comes back as the field `slot`: the start in RFC 3339, a space, the clinician's id.
        var value: String
        /// "9:00 am", the clinic's wall time; an hour that comes twice in a night says which.
        var time: String
        /// The same in RFC 3339, and the clinic's IANA zone, from which the reader's own time is shown.
        var instant: String
        var zone: String
        /// Nil where one clinician is chosen, so nothing needs to be said.
        var clinician: String?
        var isChosen = false
        /// Where several may be ticked: the name of this one's own field.
        var field: String?
    }

    struct Day: Sendable {
        /// "Tuesday"
        var weekday: String
        /// "3 March"
        var date: String
        var slots: [Slot]
    }

    struct Clinician: Sendable {
        var id: String
        var name: String
        var isChosen = false
    }

    /// The page itself, to which the filter is sent as a query (`from`, `clinician`).
    var filterURL: String
    /// In an address that carries its language, the form that filters carries it on.
    var language: String?
    /// The first day shown, YYYY-MM-DD.
    var from: String
    var clinicians: [Clinician]
    /// "New York time (EST, UTC−5)"
    var timeZoneLabel: String
    /// "2 to 8 March 2026"
    var rangeLabel: String
    /// Nil where the week is the present one.
    var previousURL: String?
    var nextURL: String?
    var isEmptyWeek: Bool
    /// In a week without free time: where the next one is.
    var nextFreeURL: String?
    /// "Tuesday, 10 March"
    var nextFreeLabel: String?
    var days: [Day]
    /// Where an earlier time can be waited for.
    var waitlistURL: String?
}
