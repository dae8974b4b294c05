// SPDX-License-Identifier: Apache-2.0

/// The form that buys a service which is paid before it is booked (3D Gait), with its clinical question.
struct OrderPage: PageValue {
    static let template = "order"

    var frame: Frame
    var service: ServiceCard
    var included: [String]
    var preparation: [String]
    /// Where the form is posted. Fields: attempt, question, name, email, phone, terms ("yes").
    var action: String
    /// Made anew for each empty form and kept while it is corrected: a second press is the same order.
    var attempt: String
    var question = FieldValue()
    var name = FieldValue()
    var email = FieldValue()
    var phone = FieldValue()
    var discount = FieldValue()
    var terms = FieldValue()
    var termsTicked = false
    var termsText: String
    /// Beneath the button: where the card is entered.
    var paymentNote: String
    var errorSummary: ErrorSummary?
}
