// SPDX-License-Identifier: Apache-2.0

/// Booking inside another site's page: the same form without what stands around it.
struct WidgetPage: PageValue {
    static let template = "widget"

    var frame: Frame
    var book: BookPage
    /// Where the form leads: into the widget itself, or, to pay, into the whole window.
    var formTarget: String
    /// The widget's list of services.
    var servicesURL = "/widget"
}

/// The services, of which one is chosen.
struct WidgetServicesPage: PageValue {
    static let template = "widget-services"

    struct Door: Sendable {
        var service: ServiceCard
        var url: String
        /// "_self", or "_top" where the way leads out of the widget.
        var target: String
    }

    var frame: Frame
    var doors: [Door]
}

/// Booked, inside another site's page.
struct WidgetBookedPage: PageValue {
    static let template = "widget-booked"

    var frame: Frame
    var serviceName: String
    var when: String
    var timeZoneLabel: String
    var place: String
    var manageURL: String
}

/// The owner's page: which sites may show the widget, and the line that shows it.
struct OwnerWidgetPage: PageValue {
    static let template = "owner-widget"

    struct Snippet: Sendable {
        var id: String
        var label: String
        var code: String
    }

    var frame: Frame
    var message: String?
    var origins = FieldValue()
    var snippets: [Snippet]
    var errorSummary: ErrorSummary?
}
