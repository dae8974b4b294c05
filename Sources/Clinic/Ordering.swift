// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Crypto
package import Diary
package import Foundation
import Logging
package import Payments
import Storage

/// What a person filled in to buy a service.
package struct OrderForm: Sendable {
    package var serviceSlug: String
    package var contact: ContactDetails
    package var question: String
    /// The form's own random text: the button pressed twice is one order.
    package var attempt: String
    /// The time that is kept while the buyer pays; nil where it is chosen afterwards.
    package var time: HeldTime?
    /// A word that makes it cheaper; empty where there is none.
    package var discountCode = ""

    /// A time and, where one was chosen, the clinician.
    package struct HeldTime: Sendable {
        package var start: Date
        package var clinician: DiaryResource.ID?

        package init(start: Date, clinician: DiaryResource.ID?) {
            self.start = start
            self.clinician = clinician
        }
    }

    package init(
        serviceSlug: String, contact: ContactDetails, question: String, attempt: String, time: HeldTime? = nil
    ) {
        self.time = time
        self.serviceSlug = serviceSlug
        self.contact = contact
        self.question = question
        self.attempt = attempt
    }
}

/// Why an order could not be placed or paid.
package enum OrderRefusal: Error, Sendable, Equatable {
    case unknownService
    case unknownOrder
    case alreadyPaid
    /// The payment page can't be had right now; the order is kept.
    case paymentPageUnavailable
    case paymentsNotConfigured
}

// Buying: order → the provider's page → the facts → paid.
extension Clinic {
    /// Places the order and gives the address of the payment page.
    package func order(_ form: OrderForm) async throws -> (paymentURL: String, orderPath: String) {
        let now = clock.now()
        let key = form.contact.normalizedEmail
        // From the form's random text, so that the same form gives the same order page, and Stripe the same request.
        let access = Secret(Self.derived("access", form.attempt, key))
        let begun = try await store.write { [patients, orders, services] transaction -> (Order, CheckoutAttempt?) in
            guard let service = try services.find(slug: form.serviceSlug, in: transaction) else {
                throw OrderRefusal.unknownService
            }
            let patient = try patients.findOrAdd(form.contact, by: .visitor, at: now, in: transaction)
            let order = try orders.place(
                Orders.Request(
                    patient: patient, contactName: form.contact.name, serviceSlug: service.slug,
                    serviceName: service.name,
                    price: form.time == nil ? service.price : service.dueAtBooking ?? service.price,
                    question: form.question,
                    formAttempt: Self.derived("order", form.attempt, key), access: access, total: service.price,
                    discountCode: form.discountCode),
                by: .visitor, at: now, in: transaction)
            guard order.state == .awaitingPayment || order.state == .expired else { throw OrderRefusal.alreadyPaid }
            if let time = form.time { try keep(time, for: order, at: now, in: transaction) }
            return (order, try beginPaying(order, at: now, in: transaction))
        }
        return try await paymentPage(begun, access: access, email: key)
    }

    /// The first step of paying; nil where nothing is to be paid, and the order is done.
    func beginPaying(
        _ order: Order, at now: Date, in transaction: any Transaction
    ) throws -> CheckoutAttempt? {
        if let free = try orders.settleFree(order, at: now, in: transaction) {
            try settled(free, at: now, in: transaction)
            return nil
        }
        return try orders.beginCheckout(order, at: now, in: transaction)
    }

    func paymentPage(
        _ begun: (order: Order, attempt: CheckoutAttempt?), access: Secret, email: String
    ) async throws -> (paymentURL: String, orderPath: String) {
        let path = Self.orderPath(begun.order.id, access)
        guard let attempt = begun.attempt else { return (settings.publicURL + path, path) }
        return (try await paymentPage(order: begun.order, attempt: attempt, access: access, email: email), path)
    }

    /// The payment page again, for an order whose last try ended without payment.
    package func payAgain(_ id: Order.ID, access: Secret) async throws -> String {
        let now = clock.now()
        let begun = try await store.write {
            [orders, patients] transaction -> (order: Order, attempt: CheckoutAttempt, patient: Patient?) in
            guard let order = try orders.find(id, access: access, in: transaction) else {
                throw OrderRefusal.unknownOrder
            }
            guard order.state == .awaitingPayment || order.state == .expired else { throw OrderRefusal.alreadyPaid }
            try keepAgain(order, at: now, in: transaction)
            return (
                order, try orders.beginCheckout(order, at: now, in: transaction),
                try patients.find(order.patient, in: transaction)
            )
        }
        return try await paymentPage(
            order: begun.order, attempt: begun.attempt, access: access, email: begun.patient?.email ?? "")
    }

    private func paymentPage(
        order: Order, attempt: CheckoutAttempt, access: Secret, email: String
    ) async throws -> String {
        if let url = attempt.url { return url }
        let page = settings.publicURL + Self.orderPath(order.id, access)
        let facts: SessionFacts
        do {
            facts = try await provider.createSession(
                CheckoutProvider.Request(
                    idempotencyKey: attempt.id, clientReference: order.id.description,
                    label: "Order \(order.reference)", price: order.price, email: email, successURL: page,
                    cancelURL: page, expiresAt: attempt.begunAt.addingTimeInterval(3600)))
        } catch CheckoutProvider.Failure.notConfigured {
            throw OrderRefusal.paymentsNotConfigured
        } catch let failure as CheckoutProvider.Failure {
            logger.error("The payment page could not be made.", metadata: ["failure": "\(failure)"])
            if case .refused = failure {
                // The next try must be another request to the provider.
                try await store.write { [orders] in try orders.abandon(attempt, in: $0) }
            }
            throw OrderRefusal.paymentPageUnavailable
        }
        try await store.write { [orders] in try orders.recordSession(facts, for: attempt, in: $0) }
        guard let url = facts.url else { throw OrderRefusal.paymentPageUnavailable }
        return url
    }

    /// An order as its buyer sees it.
    package struct OrderView: Sendable {
        package let order: Order
        package let patient: Patient
        package let booking: Booking?
        /// A time that was kept for it and is free again.
        package let lost: Booking?
    }

    /// The buyer's page. While the order waits for payment the provider is asked, so that the page is right even where no
    /// event ever comes.
    package func orderView(_ id: Order.ID, access: Secret) async throws -> OrderView {
        let view = try await readOrderView(id, access: access)
        guard view.order.state == .awaitingPayment else { return view }
        await askAboutOrder(id)
        return try await readOrderView(id, access: access)
    }

    private func readOrderView(_ id: Order.ID, access: Secret) async throws -> OrderView {
        try await store.read { [orders, patients, bookings] transaction in
            guard let order = try orders.find(id, access: access, in: transaction),
                let patient = try patients.find(order.patient, in: transaction)
            else { throw OrderRefusal.unknownOrder }
            let latest = try bookings.latest(orderID: id.description, in: transaction)
            let isLive = latest?.isLive(at: clock.now()) ?? false
            return OrderView(
                order: order, patient: patient, booking: isLive ? latest : nil,
                lost: !isLive && latest?.state != .confirmed && latest?.cancellation != .byPatient ? latest : nil)
        }
    }

    package static func orderPath(_ id: Order.ID, _ access: Secret) -> String { "/orders/\(id)/\(access.text)" }

    static func derived(_ purpose: String, _ attempt: String, _ email: String) -> String {
        let digest = SHA256.hash(data: Data("\(purpose)|\(attempt)|\(email)".utf8))
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
