// SPDX-License-Identifier: Apache-2.0

/// A time for a paid order.
struct ChooseTimePage: PageValue {
    static let template = "choose-time"

    var frame: Frame
    var service: ServiceCard
    /// A sentence beneath the heading: "Paid; nothing more is due."
    var intro: String
    /// Where the form is posted. Fields: attempt, slot.
    var action: String
    var attempt: String
    var grid: TimeGrid
    /// A taken time is said here; `field` "times" leads to the first.
    var errorSummary: ErrorSummary?
    /// Another time for a booking, not the first one of an order.
    var isMove = false
}
