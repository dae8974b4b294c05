// SPDX-License-Identifier: Apache-2.0

import Foundation
import Payments

/// The clinic's money as the plainest lists of what happened and what was told: no ledger, no postings, every number
/// counted anew. A package is a row of tickets.
struct MoneyModel {
    struct Told {
        var isPaid = false
        var total: Int64 = 0
        var refunds: [String: (amount: Int64, isUndone: Bool)] = [:]
        var disputes: [String: (withdrawn: Bool, reinstated: Bool, status: String)] = [:]
    }

    struct Payment {
        let intent: String
        let session: String
        let order: Int
        let amount: Int64
        /// What is true at the provider.
        var refunded: Int64 = 0
        var undone: Int64 = 0
        var isDisputed = false
        /// What the clinic was told of it.
        var told = Told()

        var returned: Int64 {
            guard told.isPaid else { return 0 }
            let named = told.refunds.values.reduce(0) { $0 + $1.amount }
            return max(told.total, named) - told.refunds.values.reduce(0) { $0 + ($1.isUndone ? $1.amount : 0) }
        }
        var takenBack: Int64 {
            guard told.isPaid else { return 0 }
            return told.disputes.values.reduce(0) { sum, dispute in
                let holds =
                    dispute.status == "lost" || (dispute.withdrawn && !dispute.reinstated && dispute.status != "won")
                return sum + (holds ? amount : 0)
            }
        }
        var isFrozen: Bool {
            told.isPaid && told.disputes.values.contains { !["won", "warning_closed"].contains($0.status) }
        }
        var isLost: Bool { told.isPaid && told.disputes.values.contains { $0.status == "lost" } }
    }

    struct Asked {
        enum State { case requested, done, failed }
        let id: Refund.ID
        let order: Int
        let method: PaymentMethod
        let amount: Int64
        let payment: Int?
        var state: State
        /// The provider's object, once it made one.
        var object: String?
    }

    struct Order {
        let id: Payments.Order.ID
        let patient: Int
        let price: Int64
        let total: Int64
        var hasReceipt = false
        var deskPayments: [(method: PaymentMethod, amount: Int64)] = []
        /// The offer of a package.
        var offer: Int?
    }

    enum Ticket: Equatable {
        case available
        case held(Int), used(Int), kept(Int)
        case expired, withdrawn
        case refunded(by: Refund.ID)

        var booking: Int? {
            switch self {
            case .held(let booking), .used(let booking), .kept(let booking): booking
            default: nil
            }
        }
    }

    struct Package {
        let order: Int
        let offer: Int
        let patient: Int
        let expiresAt: Date
        var tickets: [Ticket]
        var sharedWith: Set<Int> = []
    }

    /// What is different from the truth on purpose, to see that a wrong rule is found.
    var forgivesLate = false

    var now: Date
    var orders: [Order] = []
    var payments: [Payment] = []
    var asked: [Asked] = []
    var packages: [Package] = []
    var grants: [Int: Int64] = [:]

    func paid(_ order: Int) -> Int64 {
        orders[order].deskPayments.reduce(0) { $0 + $1.amount }
            + payments.reduce(0) { $0 + ($1.order == order && $1.told.isPaid ? $1.amount : 0) }
    }
    func returnedAtDesk(_ order: Int, _ method: PaymentMethod? = nil) -> Int64 {
        asked.filter { $0.order == order && $0.method != .provider && (method == nil || $0.method == method) }
            .reduce(0) { $0 + $1.amount }
    }
    func returned(_ order: Int) -> Int64 {
        returnedAtDesk(order) + payments.filter { $0.order == order }.reduce(0) { $0 + $1.returned }
    }
    func disputed(_ order: Int) -> Int64 { payments.filter { $0.order == order }.reduce(0) { $0 + $1.takenBack } }
    func onTheWay(_ order: Int) -> Int64 {
        asked.filter { $0.order == order && $0.state == .requested }.reduce(0) { $0 + $1.amount }
    }
    func due(_ order: Int) -> Int64 { max(0, orders[order].total - paid(order)) }
    func refundable(_ order: Int) -> Int64 {
        max(0, paid(order) - returned(order) - disputed(order) - onTheWay(order))
    }
    func isRefunded(_ order: Int) -> Bool { orders[order].hasReceipt && paid(order) - returned(order) <= 0 }

    /// The payment by which an amount can go back, the earliest first.
    func payment(of order: Int, for amount: Int64) -> Int? {
        payments.indices.first { index in
            let payment = payments[index]
            guard payment.order == order, payment.told.isPaid else { return false }
            let waiting = asked.filter { $0.payment == index && $0.state == .requested }.reduce(0) { $0 + $1.amount }
            return payment.amount - payment.returned - payment.takenBack - waiting >= amount
        }
    }

    func mayRefund(_ amount: Int64, _ order: Int, _ method: PaymentMethod) -> Bool {
        amount > 0 && amount <= refundable(order)
            && (method != .provider || payment(of: order, for: amount) != nil)
    }

    func credit(_ patient: Int) -> Int64 {
        var sum = grants[patient] ?? 0
        for (index, order) in orders.enumerated() where order.patient == patient {
            sum += returnedAtDesk(index, .credit)
            sum -= order.deskPayments.filter { $0.method == .credit }.reduce(0) { $0 + $1.amount }
        }
        return sum
    }

    // MARK: Packages

    mutating func becomesPaid(_ order: Int, credits: [Int], days: [Int]) {
        orders[order].hasReceipt = true
        guard let offer = orders[order].offer else { return }
        packages.append(
            Package(
                order: order, offer: offer, patient: orders[order].patient,
                expiresAt: now.addingTimeInterval(Double(days[offer]) * 86_400),
                tickets: Array(repeating: .available, count: credits[offer])))
    }

    /// What has run out, or lost its money, is gone; asked after every step.
    mutating func sweep() {
        for index in packages.indices {
            let package = packages[index]
            let isLost = payments.contains { $0.order == package.order && $0.isLost }
            let end: Ticket? =
                now >= package.expiresAt
                ? .expired : isRefunded(package.order) || isLost ? .withdrawn : nil
            guard let end else { continue }
            packages[index].tickets = package.tickets.map { $0 == .available ? end : $0 }
        }
    }

    func place(of booking: Int) -> (package: Int, ticket: Int)? {
        for (index, package) in packages.enumerated() {
            if let ticket = package.tickets.firstIndex(where: { $0.booking == booking }) { return (index, ticket) }
        }
        return nil
    }

    /// The package that pays for a booking of this patient.
    func packageToHold(service: Int, patient: Int, services: [Int]) -> Int? {
        packages.indices.filter { index in
            let package = packages[index]
            return services[package.offer] == service && package.expiresAt > now
                && (package.patient == patient || package.sharedWith.contains(patient))
                && !payments.contains { $0.order == package.order && $0.isFrozen }
                && package.tickets.contains(.available)
        }.min { packages[$0].expiresAt < packages[$1].expiresAt }
    }

    mutating func fail(_ index: Int) {
        asked[index].state = .failed
        let id = asked[index].id
        for package in packages.indices {
            packages[package].tickets = packages[package].tickets.map { $0 == .refunded(by: id) ? .available : $0 }
        }
    }
}
