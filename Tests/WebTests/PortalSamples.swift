// SPDX-License-Identifier: Apache-2.0

@testable import Web

extension Samples {
    static let portal: [(String, any PageValue)] = [
        ("sign-in", SignInPage(frame: frame("Sign in"), returnTo: "/portal")),
        (
            "sign-in-sent",
            SignInSentPage(
                frame: frame("Look in your mailbox"), email: "ana@example.org", minutesValid: "15",
                code: FieldValue(value: "123", error: "This code is wrong or used up. Ask for a new one."),
                errorSummary: ErrorSummary([.init(field: "code", message: "This code is wrong or used up.")]))
        ),
    ]
}
