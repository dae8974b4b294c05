// SPDX-License-Identifier: Apache-2.0

/// A patient asks for a one-time link. Posted to `/sign-in` with email and returnTo.
struct SignInPage: PageValue {
    static let template = "sign-in"

    var frame: Frame
    var email = FieldValue()
    /// A path on this site to which signing in leads; the route checks it.
    var returnTo: String?
    var errorSummary: ErrorSummary?
}

/// The mail is on its way; its code may be typed here. Posted to `/sign-in/code` with email, code and returnTo. It says
/// the same for an address that nobody has.
struct SignInSentPage: PageValue {
    static let template = "sign-in-sent"

    var frame: Frame
    var email: String
    var minutesValid: String
    var code = FieldValue()
    var returnTo: String?
    var errorSummary: ErrorSummary?
}
