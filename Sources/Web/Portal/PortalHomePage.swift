// SPDX-License-Identifier: Apache-2.0

/// What a patient has here.
struct PortalHomePage: PageValue {
    static let template = "portal-home"

    var frame: Frame
    /// "Hello, Ana"
    var greeting: String
    /// Examinations of today, with the pain slider.
    var exams: [Entry]
    var reports: [Entry]
    var bookings: [Entry]
    var orders: [Entry]
}
