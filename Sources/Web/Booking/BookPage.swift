// SPDX-License-Identifier: Apache-2.0

/// Booking without an order: a time and who comes, in one form.
struct BookPage: PageValue {
    static let template = "book"

    var frame: Frame
    var service: ServiceCard
    /// "You pay in the clinic, after the visit."
    var paymentNote: String
    /// Something is due when booking: the button leads to the payment page.
    var pays = false
    /// Where the form is posted. Fields: attempt, slot, name, email, phone, reason.
    var action: String
    var attempt: String
    var grid: TimeGrid
    var name = FieldValue()
    var email = FieldValue()
    var phone = FieldValue()
    var reason = FieldValue()
    var discount = FieldValue()
    /// "You have 4 sessions left; this visit uses one." Then nothing is paid.
    var creditNote: String?
    var errorSummary: ErrorSummary?
}
