// SPDX-License-Identifier: Apache-2.0

/// Staff sign in with password and second key. Posted to `/staff/sign-in` with email, password, code.
struct StaffSignInPage: PageValue {
    static let template = "staff-sign-in"

    /// An account of the demonstration, shown so that a stranger can look inside.
    struct Account: Sendable {
        var role: String
        var email: String
        var password: String
    }

    var frame: Frame
    var email: FieldValue
    var password: FieldValue
    var code: FieldValue
    /// Where an account may lack the second key, as in the demonstration.
    var codeOptional: Bool
    var accounts: [Account]
    let hasAccounts: Bool
    var errorSummary: ErrorSummary?

    init(
        frame: Frame, email: FieldValue = FieldValue(), password: FieldValue = FieldValue(),
        code: FieldValue = FieldValue(), codeOptional: Bool, accounts: [Account] = [],
        errorSummary: ErrorSummary? = nil
    ) {
        self.frame = frame
        self.email = email
        self.password = password
        self.code = code
        self.codeOptional = codeOptional
        self.accounts = accounts
        hasAccounts = !accounts.isEmpty
        self.errorSummary = errorSummary
    }
}

/// A member of staff binds an authenticator app. Posted to `action` with code.
struct StaffTOTPSetupPage: PageValue {
    static let template = "staff-totp-setup"

    var frame: Frame
    /// The key in groups of four letters.
    var secret: String
    /// `otpauth://totp/…`
    var setupURL: String
    var action: String
    var code = FieldValue()
    var errorSummary: ErrorSummary?
}
