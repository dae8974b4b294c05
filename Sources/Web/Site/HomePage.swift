// SPDX-License-Identifier: Apache-2.0

/// The front door.
struct HomePage: PageValue {
    static let template = "home"

    var frame: Frame
    var heading: String
    var lead: String
    /// Where "Buy now 3D Gait" leads: `/order/3d-gait`.
    var buyURL: String
    var buyPrice: String
    var services: [ServiceCard]
    /// Booking of the telehealth service.
    var telehealthURL: String
    /// Booking of the consultation.
    var officeURL: String
    var featuredCase: Teaser?
    var articles: [Teaser]
    /// `Content/pages/home.md`, rendered.
    var bodyHTML: String
}

/// A door to a text.
struct Teaser: Sendable {
    var title: String
    var summary: String
    var url: String
    /// "2 March 2026"
    var date: String
}
