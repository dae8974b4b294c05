// SPDX-License-Identifier: Apache-2.0

/// The demonstration's page in Stripe's place. Posted to `action` with outcome: pay, decline or cancel.
struct PracticeCardPage: PageValue {
    static let template = "practice-card"

    var frame: Frame
    var description: String
    var amount: String
    var action: String
    /// After a decline: "The practice bank declined the card. Try again."
    var message: String?
}
