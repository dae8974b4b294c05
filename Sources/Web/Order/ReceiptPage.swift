// SPDX-License-Identifier: Apache-2.0

/// A receipt that prints on one sheet.
struct ReceiptPage: PageValue {
    static let template = "receipt"

    struct Line: Sendable {
        var what: String
        var amount: String
    }

    /// With the script `print.js`.
    var frame: Frame
    var number: String
    var orderNumber: String
    var payer: String
    var paidOn: String
    /// "Card, through Stripe"
    var method: String
    var lines: [Line]
    var total: String
    /// "Refunded $240.00 on 4 March 2026."
    var refundNote: String?
    var backURL: String?
}
