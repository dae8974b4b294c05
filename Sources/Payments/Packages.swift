// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// What happens to the credits of packages. Bookings are known by their identifier's text alone.
package struct Packages: Sendable {
    /// The credits that are left go at the end of their time.
    package struct ExpireJob: Codable, Sendable {
        package static let kind = "package.expire"
        package let package: CreditPackage.ID
    }

    let credits = CreditLedger()
    private let audit = AuditTrail()

    package init() {}

    /// The order is paid: its package has its credits. Nothing where the order is for no package.
    func issue(for order: Order, at now: Date, in transaction: any Transaction) throws {
        guard let slug = order.packageOffer, let offer = try PackageOffers().find(slug, in: transaction) else { return }
        let id = CreditPackage.ID.make(at: now)
        let expires = now.addingTimeInterval(Double(offer.validDays) * 86_400)
        try transaction.run(
            """
            INSERT INTO credit_package (id, offer, purchase_order, patient, name, service, credits, amount, currency,
                late_policy, bought_at, expires_at)
            VALUES (\(id), \(slug), \(order.id), \(order.patient), \(offer.name), \(offer.service), \(offer.credits),
                \(order.total.minorUnits), \(order.total.currency), \(offer.latePolicy), \(now), \(expires))
            """)
        try credits.move(
            offer.credits, from: .issued, to: .available, package: id, source: "buy:\(order.id)",
            by: .system("payments"), at: now, in: transaction)
        try Jobs.enqueue(
            ExpireJob.kind, key: "expire:\(id)", payload: ExpireJob(package: id), at: expires, in: transaction)
    }

    // MARK: Bookings

    /// Holds a credit for a booking, out of the package that ends first.
    /// - Returns: the package; nil where the patient has none that will do.
    package func hold(
        booking: String, service: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> CreditPackage? {
        if let place = try credits.place(ofBooking: booking, in: transaction) {
            return try find(place.package, in: transaction)
        }
        for package in try usable(by: patient, service: service, at: now, in: transaction) {
            try sweep(package, at: now, in: transaction)
            guard (try credits.balances(of: package.id, in: transaction)[.available] ?? 0) > 0 else { continue }
            try move(
                from: .available, to: .held, "hold", package, booking: booking, by: actor, at: now, in: transaction)
            return package
        }
        return nil
    }

    /// Credits that this patient may hold for a visit of the service, of all packages together.
    package func available(
        for service: String, to patient: Patient.ID, at now: Date, in transaction: any Transaction
    ) throws -> Int64 {
        try usable(by: patient, service: service, at: now, in: transaction).reduce(0) { sum, package in
            sum + max(0, try credits.balances(of: package.id, in: transaction)[.available] ?? 0)
        }
    }

    /// The patient was there: the credit is used. Nothing where the booking holds none.
    package func use(
        booking: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> CreditPackage? {
        guard let place = try credits.place(ofBooking: booking, in: transaction),
            let package = try find(place.package, in: transaction)
        else { return nil }
        if place.account != .used {
            try move(
                from: place.account, to: .used, "use", package, booking: booking, by: actor, at: now, in: transaction)
        }
        return package
    }

    /// The visit does not take place, or nobody came. In time, the credit comes back; else the package's policy says.
    package func giveBack(
        booking: String, because why: CreditReturn, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> CreditPackage? {
        guard let place = try credits.place(ofBooking: booking, in: transaction),
            let package = try find(place.package, in: transaction)
        else { return nil }
        let target: CreditLedger.Account = why == .timely || package.latePolicy == .giveBack ? .available : .kept
        if place.account != target {
            try move(
                from: place.account, to: target, target == .kept ? "keep" : "return", package, booking: booking,
                by: actor, at: now, in: transaction)
        }
        try sweep(package, at: now, in: transaction)
        return package
    }

    /// Takes back what was said of the attendance: the credit is held again.
    package func holdAgain(
        booking: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> CreditPackage? {
        guard let place = try credits.place(ofBooking: booking, in: transaction),
            let package = try find(place.package, in: transaction)
        else { return nil }
        if place.account != .held {
            try move(
                from: place.account, to: .held, "undo", package, booking: booking, by: actor, at: now, in: transaction)
        }
        return package
    }

    private func move(
        from: CreditLedger.Account, to: CreditLedger.Account, _ verb: String, _ package: CreditPackage,
        booking: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        try credits.move(
            1, from: from, to: to, package: package.id, booking: booking,
            source: try credits.source(verb, booking: booking, in: transaction), by: actor, at: now, in: transaction)
        try audit.record(
            "credit.\(verb)", patient: package.patient, subject: "package/\(package.id)", detail: ["booking": booking],
            by: actor, at: now, in: transaction)
    }

    /// Packages whose credits this patient may use now, what ends first before all.
    private func usable(
        by patient: Patient.ID, service: String, at now: Date, in transaction: any Transaction
    ) throws -> [CreditPackage] {
        try transaction.rows(
            """
            SELECT * FROM credit_package WHERE service = \(service) AND expires_at > \(now)
                AND (patient = \(patient) OR id IN (
                    SELECT package FROM package_share WHERE patient = \(patient) AND ended_at IS NULL))
            ORDER BY expires_at, id
            """
        ).map(CreditPackage.init).filter { try !isFrozen($0, in: transaction) }
    }

    /// While the bank asks for the money back, nothing more is booked on it; lost, it stays so.
    package func isFrozen(_ package: CreditPackage, in transaction: any Transaction) throws -> Bool {
        try Disputes().list(of: package.order, in: transaction).contains { !$0.isOver || $0.isLost }
    }

    // MARK: Time and money

    /// What has run out of time, or lost its money, is available no more.
    func sweep(_ package: CreditPackage, at now: Date, in transaction: any Transaction) throws {
        let left = try credits.balances(of: package.id, in: transaction)[.available] ?? 0
        guard left > 0 else { return }
        let target: CreditLedger.Account
        if now >= package.expiresAt {
            target = .expired
        } else if try Orders().find(package.order, in: transaction)?.state == .refunded
            || Disputes().list(of: package.order, in: transaction).contains(where: \.isLost)
        {
            target = .withdrawn
        } else {
            return
        }
        try credits.move(
            left, from: .available, to: target, package: package.id,
            source: try credits.source(target.rawValue, package: package.id, in: transaction), by: .system("packages"),
            at: now, in: transaction)
    }

    package func expire(_ id: CreditPackage.ID, at now: Date, in transaction: any Transaction) throws {
        guard let package = try find(id, in: transaction) else { return }
        try sweep(package, at: now, in: transaction)
    }

    func sweep(order: Order.ID, at now: Date, in transaction: any Transaction) throws {
        guard let package = try find(order: order, in: transaction) else { return }
        try sweep(package, at: now, in: transaction)
    }
}
