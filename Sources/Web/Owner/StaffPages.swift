// SPDX-License-Identifier: Apache-2.0

/// The clinic's staff: who may sign in, and as what.
struct StaffPage: PageValue {
    static let template = "owner-staff"

    struct Person: Sendable {
        var id: String
        var name: String
        var email: String
        var roles: [Choice]
        var action: String
        var isOpen: Bool
        var hasSecondKey: Bool
        /// The reader's own account is closed by somebody else.
        var isReader: Bool
    }

    /// A link that is shown once, to be handed over.
    struct Invitation: Sendable {
        var name: String
        var url: String
    }

    var frame: Frame
    var message: String?
    var invitation: Invitation?
    var people: [Person]
    var name = FieldValue()
    var email = FieldValue()
    var roles: [Choice]
    var errorSummary: ErrorSummary?
}

/// A member of staff sets their own password, by the link that they were given.
struct StaffSetupPage: PageValue {
    static let template = "staff-setup"

    var frame: Frame
    var name: String
    var email: String
    var action: String
    var password = FieldValue()
    var errorSummary: ErrorSummary?
}
