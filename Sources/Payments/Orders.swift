// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// What happens to orders before they are paid.
package struct Orders: Sendable {
    private let audit = AuditTrail()

    package init() {}

    /// What a person asks for by pressing "Pay".
    package struct Request: Sendable {
        package let patient: Patient
        package let contactName: String
        package let serviceSlug: String
        package let serviceName: String
        package let price: Money
        package let question: String
        /// The form's own identifier: the button pressed twice is one order.
        package let formAttempt: String
        /// The key to the order's page.
        package let access: Secret
        /// What it costs altogether, where only a deposit is asked for now.
        package let total: Money?
        /// A code that makes it cheaper.
        package let discountCode: String
        /// The visit that the desk bills with it.
        package let booking: String?

        package init(
            patient: Patient, contactName: String, serviceSlug: String, serviceName: String, price: Money,
            question: String, formAttempt: String, access: Secret, total: Money? = nil, discountCode: String = "",
            booking: String? = nil
        ) {
            self.total = total
            self.discountCode = discountCode
            self.booking = booking
            self.patient = patient
            self.contactName = contactName
            self.serviceSlug = serviceSlug
            self.serviceName = serviceName
            self.price = price
            self.question = question
            self.formAttempt = formAttempt
            self.access = access
        }
    }

    package func place(
        _ request: Request, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Order {
        if let row = try transaction.first(
            "SELECT * FROM purchase_order WHERE form_attempt = \(request.formAttempt) AND patient = \(request.patient.id)"
        ) {
            // The page's key is made anew, because only its hash is kept.
            let order = try Order(row)
            try transaction.run(
                "UPDATE purchase_order SET access_sha256 = \(request.access.sha256) WHERE id = \(order.id)")
            return order
        }
        let id = Order.ID.make(at: now)
        let full = request.total ?? request.price
        let codes = DiscountCodes()
        let discount = try codes.discount(
            request.discountCode, on: full, service: request.serviceSlug, at: now, in: transaction)
        let total = full.amount(full.minorUnits - (discount?.amount ?? 0))
        // A discount makes the rest smaller before it makes the deposit smaller.
        let price = request.price.amount(min(request.price.minorUnits, total.minorUnits))
        let tax = try TaxRates().rate(of: request.serviceSlug, in: transaction)
        try transaction.run(
            """
            INSERT INTO purchase_order (id, patient, contact_name, service_slug, service_name, amount, currency, question,
                state, access_sha256, form_attempt, placed_at, paid_at, receipt_number, total_amount, tax_tenths, booking)
            VALUES (\(id), \(request.patient.id), \(request.contactName), \(request.serviceSlug), \(request.serviceName),
                \(price.minorUnits), \(price.currency), \(request.question),
                \(Order.State.awaitingPayment), \(request.access.sha256), \(request.formAttempt), \(now), \(Date?.none),
                \(String?.none), \(total.minorUnits), \(tax.tenthsOfPercent), \(request.booking))
            """)
        if let discount { try codes.note(discount, order: id, at: now, in: transaction) }
        try audit.record(
            "order.place", patient: request.patient.id, subject: "order/\(id)", by: actor, at: now, in: transaction)
        guard let order = try find(id, in: transaction) else { throw DatabaseError.column("the new order is gone") }
        return order
    }

    package func find(_ id: Order.ID, in transaction: any Transaction) throws -> Order? {
        try transaction.first("SELECT * FROM purchase_order WHERE id = \(id)").map(Order.init)
    }

    /// The order behind a buyer's page.
    package func find(_ id: Order.ID, access: Secret, in transaction: any Transaction) throws -> Order? {
        try transaction.first(
            "SELECT * FROM purchase_order WHERE id = \(id) AND access_sha256 = \(access.sha256)"
        ).map(Order.init)
    }

    package func list(of patient: Patient.ID, in transaction: any Transaction) throws -> [Order] {
        try transaction.rows("SELECT * FROM purchase_order WHERE patient = \(patient) ORDER BY placed_at DESC")
            .map(Order.init)
    }

    /// The newest first, for the desk.
    package func list(limit: Int, in transaction: any Transaction) throws -> [Order] {
        try transaction.rows("SELECT * FROM purchase_order ORDER BY placed_at DESC LIMIT \(limit)").map(Order.init)
    }

    /// Writes down that the provider will be asked for a payment page; the row's identifier is the idempotency key. An
    /// attempt that is still open is used again.
    package func beginCheckout(
        _ order: Order, at now: Date, in transaction: any Transaction
    ) throws -> CheckoutAttempt {
        if let row = try transaction.first(
            "SELECT * FROM checkout_attempt WHERE purchase_order = \(order.id) AND NOT closed ORDER BY begun_at DESC")
        {
            return try CheckoutAttempt(row)
        }
        let id = Identifier<CheckoutAttempt>.make(at: now).description
        try transaction.run(
            """
            INSERT INTO checkout_attempt (id, purchase_order, session_id, url, begun_at, closed, paid, payment_intent, asked_at)
            VALUES (\(id), \(order.id), \(String?.none), \(String?.none), \(now), \(false), \(false), \(String?.none), \(now))
            """)
        // An expired order whose buyer tries again waits again.
        try transaction.run(
            """
            UPDATE purchase_order SET state = \(Order.State.awaitingPayment)
            WHERE id = \(order.id) AND state = \(Order.State.expired)
            """)
        return CheckoutAttempt(id: id, order: order.id, sessionID: nil, url: nil, begunAt: now)
    }

    package func recordSession(
        _ facts: SessionFacts, for attempt: CheckoutAttempt, in transaction: any Transaction
    ) throws {
        try transaction.run(
            "UPDATE checkout_attempt SET session_id = \(facts.id), url = \(facts.url) WHERE id = \(attempt.id)")
    }

    /// Writes down a page of the order's that exists at the provider only.
    func adopt(
        _ facts: SessionFacts, for order: Order, at now: Date, in transaction: any Transaction
    ) throws -> CheckoutAttempt {
        let id = Identifier<CheckoutAttempt>.make(at: now).description
        try transaction.run(
            """
            INSERT INTO checkout_attempt (id, purchase_order, session_id, url, begun_at, closed, paid, payment_intent, asked_at)
            VALUES (\(id), \(order.id), \(facts.id), \(facts.url), \(now), \(true), \(false), \(String?.none), \(now))
            """)
        return CheckoutAttempt(id: id, order: order.id, sessionID: facts.id, url: facts.url, begunAt: now)
    }

    /// Attempts about which the provider has been silent for longer than `silence`.
    package func silentAttempts(
        at now: Date, silence: TimeInterval, in transaction: any Transaction
    ) throws -> [CheckoutAttempt] {
        try transaction.rows(
            """
            SELECT * FROM checkout_attempt WHERE NOT closed AND asked_at < \(now.addingTimeInterval(-silence))
            ORDER BY asked_at LIMIT \(100)
            """
        ).map(CheckoutAttempt.init)
    }

    package func openAttempts(of order: Order.ID, in transaction: any Transaction) throws -> [CheckoutAttempt] {
        try transaction.rows("SELECT * FROM checkout_attempt WHERE purchase_order = \(order) AND NOT closed")
            .map(CheckoutAttempt.init)
    }

    package func noteAsked(_ attempt: CheckoutAttempt, at now: Date, in transaction: any Transaction) throws {
        try transaction.run("UPDATE checkout_attempt SET asked_at = \(now) WHERE id = \(attempt.id)")
    }

    /// Closes an attempt whose page was never made; its buyer saw an error and may try again.
    package func abandon(_ attempt: CheckoutAttempt, in transaction: any Transaction) throws {
        try transaction.run(
            "UPDATE checkout_attempt SET closed = \(true) WHERE id = \(attempt.id) AND session_id IS NULL")
    }
}
