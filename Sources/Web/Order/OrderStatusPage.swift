// SPDX-License-Identifier: Apache-2.0

import Content

/// What became of a payment. It says *processing* until the server knows; a browser that comes back from the card page
/// proves nothing.
struct OrderStatusPage: PageValue {
    static let template = "order-status"

    enum State: Sendable, CaseIterable {
        case processing, paid, failed, expired, refunded
    }

    var frame: Frame
    let isProcessing: Bool
    let isPaid: Bool
    let isFailed: Bool
    let isExpired: Bool
    let isRefunded: Bool
    let badge: Badge
    let stateLabel: String
    var number: String
    var serviceName: String
    /// "$240.00"
    var amount: String
    var email: String
    /// A sentence on why it failed, ran out or went back; empty where there is nothing to add.
    var message: String
    /// Paid and not booked.
    var chooseTimeURL: String?
    /// Paid and booked: "Tuesday, 3 March 2026, 9:45 am".
    var bookedWhen: String?
    var bookingURL: String?
    /// A new try after a failed or expired one.
    var retryURL: String?
    var receiptURL: String?
    /// What was bought is a package: its sessions are in the portal.
    var packageURL: String?
    /// While a time is kept: "2:05 pm", and the same in seconds since 1970 for the countdown.
    var keptUntil: String?
    var keptUntilEpoch: String?
    /// A time that was kept for it and went.
    var lostWhen: String?

    /// - Parameter frame: with `refreshSeconds` where the state is processing.
    init(
        frame: Frame, state: State, number: String, serviceName: String, amount: String, email: String,
        message: String = "", chooseTimeURL: String? = nil, bookedWhen: String? = nil, bookingURL: String? = nil,
        retryURL: String? = nil, receiptURL: String? = nil, packageURL: String? = nil
    ) {
        self.frame = frame
        isProcessing = state == .processing
        isPaid = state == .paid
        isFailed = state == .failed
        isExpired = state == .expired
        isRefunded = state == .refunded
        switch state {
        case .processing: (badge, stateLabel) = (.warn, heard("Processing"))
        case .paid: (badge, stateLabel) = (.good, heard("Paid"))
        case .failed: (badge, stateLabel) = (.bad, heard("Failed"))
        case .expired: (badge, stateLabel) = (.plain, heard("Expired"))
        case .refunded: (badge, stateLabel) = (.plain, heard("Refunded"))
        }
        self.number = number
        self.serviceName = serviceName
        self.amount = amount
        self.email = email
        self.message = message
        self.chooseTimeURL = chooseTimeURL
        self.bookedWhen = bookedWhen
        self.bookingURL = bookingURL
        self.retryURL = retryURL
        self.receiptURL = receiptURL
        self.packageURL = packageURL
    }
}
