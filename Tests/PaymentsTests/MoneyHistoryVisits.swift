// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Payments
import Storage

// Visits and the packages that pay for them.
extension MoneyHistory {
    func booking(_ number: Int) -> String { "\(name)-booking-\(number)" }

    mutating func visit(_ step: MoneyStep) throws {
        let number = step.a % 8
        let place = model.place(of: number)
        func move(_ ticket: MoneyModel.Ticket) {
            if let place { model.packages[place.package].tickets[place.ticket] = ticket }
        }
        let found: CreditPackage?
        var expected = place?.package
        switch step.kind {
        case .hold:
            let patient = step.b % patients.count
            found = try packages.hold(
                booking: booking(number), service: Self.services[number % 2], patient: patients[patient].id,
                by: Self.desk, at: model.now, in: transaction)
            if place == nil {
                expected = model.packageToHold(
                    service: number % 2, patient: patient,
                    services: Self.offers.map { Self.services.firstIndex(of: $0.service) ?? 0 })
                if let expected, let free = model.packages[expected].tickets.firstIndex(of: .available) {
                    model.packages[expected].tickets[free] = .held(number)
                }
            }
        case .use:
            found = try packages.use(booking: booking(number), by: Self.desk, at: model.now, in: transaction)
            move(.used(number))
        case .undo:
            found = try packages.holdAgain(booking: booking(number), by: Self.desk, at: model.now, in: transaction)
            move(.held(number))
        default:
            let why = CreditReturn.allCases[step.b % 3]
            found = try packages.giveBack(
                booking: booking(number), because: why, by: Self.desk, at: model.now, in: transaction)
            if let place {
                let keeps = Self.offers[model.packages[place.package].offer].latePolicy == .keep && !model.forgivesLate
                move(why != .timely && keeps ? .kept(number) : .available)
            }
        }
        guard found?.order == expected.map({ model.orders[model.packages[$0].order].id }) else {
            throw Difference(description: "another package: \(String(describing: found))")
        }
    }

    mutating func onPackages(_ step: MoneyStep, _ method: PaymentMethod, _ attempt: String) throws {
        guard !model.packages.isEmpty else { return }
        let index = step.a % model.packages.count
        let package = model.packages[index]
        guard let id = try packages.find(order: model.orders[package.order].id, in: transaction)?.id else { return }
        let other = step.c % patients.count
        switch step.kind {
        case .share:
            let isAllowed = other != package.patient && !package.sharedWith.contains(other)
            try expect(isAllowed, "sharing") {
                try packages.share(
                    id, with: patients[other].id, name: "P", by: .patient(patients[package.patient].id), at: model.now,
                    in: transaction)
            }
            if isAllowed { model.packages[index].sharedWith.insert(other) }
        case .endShare:
            for share in try packages.shares(of: id, in: transaction) where share.patient == patients[other].id {
                try packages.endShare(share.id, of: id, by: Self.desk, at: model.now, in: transaction)
            }
            model.packages[index].sharedWith.remove(other)
        default:
            let free = package.tickets.filter { $0 == .available }.count
            let wanted = step.c % (free + 2)
            let gone = package.tickets.filter { if case .refunded = $0 { true } else { false } }.count
            let price = Double(Self.offers[package.offer].price.minorUnits)
            func worth(_ tickets: Int) -> Int64 {
                Int64((price * Double(tickets) / Double(package.tickets.count)).rounded(.down))
            }
            let amount = worth(gone + wanted) - worth(gone)
            let isAllowed = wanted > 0 && wanted <= free && model.mayRefund(amount, package.order, method)
            var made: Refund?
            try expect(isAllowed, "refunding \(wanted) sessions by \(method)") {
                for _ in 0..<2 {
                    made = try packages.refund(
                        Int64(wanted), of: id, method: method, reason: "", formAttempt: attempt, by: Self.desk,
                        at: model.now, in: transaction)
                }
            }
            guard let made else { return }
            guard made.amount.minorUnits == amount else { throw Difference(description: "worth \(made.amount)") }
            noteAsked(made, order: package.order, amount: amount)
            for _ in 0..<wanted {
                if let ticket = model.packages[index].tickets.firstIndex(of: .available) {
                    model.packages[index].tickets[ticket] = .refunded(by: made.id)
                }
            }
        }
    }
}
