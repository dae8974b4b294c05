// SPDX-License-Identifier: Apache-2.0

/// All services with prices.
struct ServicesPage: PageValue {
    static let template = "services"

    var frame: Frame
    var lead: String
    var services: [ServiceCard]
    /// Booking of the telehealth service.
    var telehealthURL: String
    /// Booking of the consultation.
    var officeURL: String
}

/// One service: what it is for, what happens, what it costs.
struct ServicePage: PageValue {
    static let template = "service"

    var frame: Frame
    var service: ServiceCard
    /// `Content/services/{slug}.md`, rendered.
    var bodyHTML: String
    /// Beneath the button: when it is paid.
    var paymentNote: String
    var preparation: [String]
    let hasPreparation: Bool

    init(frame: Frame, service: ServiceCard, bodyHTML: String, paymentNote: String, preparation: [String]) {
        self.frame = frame
        self.service = service
        self.bodyHTML = bodyHTML
        self.paymentNote = paymentNote
        self.preparation = preparation
        hasPreparation = !preparation.isEmpty
    }
}
