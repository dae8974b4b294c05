// SPDX-License-Identifier: Apache-2.0

/// What the mailed link opens: one button, because only a press may use the link up. Posted to `action`.
struct SignInLinkPage: PageValue {
    static let template = "sign-in-link"

    var frame: Frame
    var action: String
}
