// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Diary
package import Foundation
package import Payments
package import Storage

// Packages: bought like a service, held at booking, used at attendance, shared with the family, given back for money.
extension Clinic {
    /// Places the order of a package and gives the address of the payment page.
    package func orderPackage(_ form: OrderForm) async throws -> (paymentURL: String, orderPath: String) {
        let now = clock.now()
        let key = form.contact.normalizedEmail
        let access = Secret(Self.derived("access", form.attempt, key))
        let begun = try await store.write {
            [patients, orders, packageOffers] transaction -> (Order, CheckoutAttempt?) in
            guard let offer = try packageOffers.find(form.serviceSlug, in: transaction), !offer.isEnded else {
                throw PackageError.unknownOffer
            }
            let patient = try patients.findOrAdd(form.contact, by: .visitor, at: now, in: transaction)
            let order = try orders.place(
                Orders.Request(
                    patient: patient, contactName: form.contact.name, serviceSlug: offer.orderSlug,
                    serviceName: offer.name, price: offer.price, question: "",
                    formAttempt: Self.derived("order", form.attempt, key), access: access,
                    discountCode: form.discountCode),
                by: .visitor, at: now, in: transaction)
            guard order.state == .awaitingPayment || order.state == .expired else { throw OrderRefusal.alreadyPaid }
            return (order, try beginPaying(order, at: now, in: transaction))
        }
        return try await paymentPage(begun, access: access, email: key)
    }

    // MARK: What the booking journeys call, in their own transaction

    /// A visit was booked: it holds a credit of the package that ends first.
    /// - Returns: the package that pays; nil where the patient has none for this service, and money is due.
    @discardableResult
    package func holdCredit(
        booking: String, service: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> CreditPackage? {
        try packages.hold(
            booking: booking, service: service, patient: patient, by: actor, at: now, in: transaction)
    }

    /// The patient came (`fulfilled`). Nothing where the booking holds no credit.
    @discardableResult
    package func useCredit(
        booking: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> CreditPackage? {
        try packages.use(booking: booking, by: actor, at: now, in: transaction)
    }

    /// The visit was cancelled, or nobody came. `timely` gives the credit back; otherwise the package's policy says.
    @discardableResult
    package func returnCredit(
        booking: String, because why: CreditReturn, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> CreditPackage? {
        try packages.giveBack(booking: booking, because: why, by: actor, at: now, in: transaction)
    }

    /// Staff take back what they said of the attendance.
    @discardableResult
    package func holdCreditAgain(
        booking: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> CreditPackage? {
        try packages.holdAgain(booking: booking, by: actor, at: now, in: transaction)
    }

    /// How many visits of a service a patient's packages still pay for.
    package func creditsLeft(for service: String, of patient: Patient.ID) async throws -> Int64 {
        let now = clock.now()
        return try await store.read { [packages] in
            try packages.available(for: service, to: patient, at: now, in: $0)
        }
    }

    // MARK: Looking

    package struct PackageView: Sendable {
        package let package: CreditPackage
        package let balance: CreditBalance
        package let owner: Patient
        package let serviceName: String
        package let shares: [PackageShare]
        package let history: [CreditMovement]
        package let isFrozen: Bool
        /// What all that is left would bring back.
        package let refundWorth: Money
        package let refundable: Money
    }

    private func view(_ package: CreditPackage, at now: Date, in transaction: any Transaction) throws -> PackageView {
        try packages.expire(package.id, at: now, in: transaction)
        guard let owner = try patients.find(package.patient, in: transaction),
            let order = try orders.find(package.order, in: transaction)
        else { throw PackageError.unknownPackage }
        let balance = try packages.balance(of: package.id, in: transaction)
        return PackageView(
            package: package, balance: balance, owner: owner,
            serviceName: try services.find(slug: package.service, in: transaction)?.name ?? package.service,
            shares: try packages.shares(of: package.id, in: transaction),
            history: try packages.history(of: package.id, in: transaction),
            isFrozen: try packages.isFrozen(package, in: transaction),
            refundWorth: try packages.refundWorth(balance.available, of: package, in: transaction),
            refundable: order.price.amount(try OrderBalances().balance(of: order, in: transaction).refundable))
    }

    /// A patient's own packages, and those shared with them.
    package func packages(of patient: Patient.ID) async throws -> [PackageView] {
        let now = clock.now()
        return try await store.write { [packages] transaction in
            try packages.list(of: patient, in: transaction).map { try view($0, at: now, in: transaction) }
        }
    }

    /// All packages, or those of people whose name or address is typed, for the desk.
    package func packageList(search: String, by actor: Actor) async throws -> [PackageView] {
        let now = clock.now()
        return try await store.write { [packages, patients, audit] transaction in
            let found: [CreditPackage]
            if search.isEmpty {
                found = try packages.list(limit: 100, in: transaction)
            } else {
                var seen: Set<CreditPackage.ID> = []
                found = try patients.search(search, limit: 20, in: transaction)
                    .flatMap { try packages.list(of: $0.id, in: transaction) }.filter { seen.insert($0.id).inserted }
            }
            for owner in Set(found.map(\.patient)) {
                try audit.record(
                    "package.see", patient: owner, subject: "packages", by: actor, at: now, in: transaction)
            }
            return try found.map { try view($0, at: now, in: transaction) }
        }
    }

    package func package(_ id: CreditPackage.ID, by actor: Actor) async throws -> PackageView {
        let now = clock.now()
        return try await store.write { [packages, audit] transaction in
            guard let package = try packages.find(id, in: transaction) else { throw PackageError.unknownPackage }
            try audit.record(
                "package.see", patient: package.patient, subject: "package/\(id)", by: actor, at: now, in: transaction)
            return try view(package, at: now, in: transaction)
        }
    }

    // MARK: Family and money

    /// Shares with a family member, known by their own email address; one that is new here becomes a patient.
    package func sharePackage(
        _ id: CreditPackage.ID, name: String, email: String, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { [packages, patients] transaction in
            let member = try patients.findOrAdd(
                ContactDetails(name: name, email: email, phone: nil), by: actor, at: now, in: transaction)
            try packages.share(id, with: member.id, name: name, by: actor, at: now, in: transaction)
        }
    }

    package func endShare(_ share: PackageShare.ID, of id: CreditPackage.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [packages] in try packages.endShare(share, of: id, by: actor, at: now, in: $0) }
    }

    @discardableResult
    package func refundPackage(
        _ id: CreditPackage.ID, credits: Int64, method: PaymentMethod, reason: String, formAttempt: String,
        by actor: Actor
    ) async throws -> Refund {
        let now = clock.now()
        return try await store.write { [packages] in
            try packages.refund(
                credits, of: id, method: method, reason: reason, formAttempt: formAttempt, by: actor, at: now, in: $0)
        }
    }
}
