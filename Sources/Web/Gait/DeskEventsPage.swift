// SPDX-License-Identifier: Apache-2.0

/// A walk's events on the signals that they are judged by. The table is the form; `events.js` makes its rows movable marks
/// on the curves.
struct DeskEventsPage: PageValue {
    static let template = "desk-events"

    /// One foot's signals as SVG; the box is 1000 wide, and 160 high.
    struct Panel: Sendable {
        /// "left" or "right"
        let side: String
        let label: String
        /// What the drawing shows, for who does not see it.
        let text: String
        let heel: String
        let toe: String
        let speed: String
        let load: String
        /// Upright lines of the events, for who has no script.
        let marks: [Mark]
        /// "120 mm"
        let highest: String

        struct Mark: Sendable {
            let kind: String
            let x: String
        }
    }

    struct Row: Sendable {
        let index: Int
        let number: Int
        let isLeft: Bool
        let isStrike: Bool
        /// "2.140"
        let seconds: String
        /// "force plate"
        let source: String
        let isNew: Bool
    }

    /// With the script `events.js`, and `refreshSeconds` while the figures are computed anew.
    var frame: Frame
    var orderURL: String
    var patientName: String
    var fileName: String
    var message: String?
    var errorSummary: ErrorSummary?
    /// Why nothing can be changed.
    var closed: String?
    /// Where the list is posted; nil where nothing may change.
    var saveAction: String?
    var undoAction: String?
    /// "2 corrections are in force."
    var corrections: String
    /// Seconds of the first and the last frame, frames a second.
    var start: String
    var end: String
    var rate: String
    var panels: [Panel]
    var rows: [Row]
    /// How many rows the form has, empty ones included.
    var rowCount: Int
}
