// SPDX-License-Identifier: Apache-2.0

/// Where the clinic is and when it is open.
struct ContactPage: PageValue {
    static let template = "contact"

    struct Hours: Sendable {
        /// "Monday to Thursday"
        var days: String
        /// "8:00 am to 6:00 pm"
        var times: String
    }

    var frame: Frame
    var lead: String
    var hours: [Hours]
    var timeZoneLabel: String
    /// `Content/pages/contact.md`, rendered.
    var bodyHTML: String
}
