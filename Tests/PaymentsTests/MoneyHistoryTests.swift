// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Payments
import Storage
import Testing

extension MoneyHistory {
    /// Everything that the books say of this history against the model.
    func compare() throws {
        func same<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws {
            guard found == expected else { throw Difference(description: "\(what): \(found), not \(expected)") }
        }
        for (index, expected) in model.orders.enumerated() {
            guard let order = try orders.find(expected.id, in: transaction) else { continue }
            let balance = try OrderBalances().balance(of: order, in: transaction)
            try same("order \(index) paid", balance.paid, model.paid(index))
            try same("order \(index) returned", balance.returned, model.returned(index))
            try same("order \(index) disputed", balance.disputed, model.disputed(index))
            try same("order \(index) on the way", balance.onTheWay, model.onTheWay(index))
            try same("order \(index) due", balance.due, model.due(index))
            try same("order \(index) refundable", balance.refundable, model.refundable(index))
            try same("order \(index) has a receipt", order.receiptNumber != nil, expected.hasReceipt)
            if expected.hasReceipt {
                try same("order \(index)", order.state, model.isRefunded(index) ? .refunded : .paid)
            }
        }
        for (index, patient) in patients.enumerated() {
            let credit = try AccountCredit().balance(of: patient.id, currency: "USD", in: transaction)
            try same("credit of \(index)", credit, model.credit(index))
        }
        for (index, expected) in model.packages.enumerated() {
            guard let package = try packages.find(order: model.orders[expected.order].id, in: transaction) else {
                throw Difference(description: "package \(index) is missing")
            }
            let found = try packages.balance(of: package.id, in: transaction)
            func tickets(_ isOne: (MoneyModel.Ticket) -> Bool) -> Int64 { Int64(expected.tickets.filter(isOne).count) }
            try same("package \(index) available", found.available, tickets { $0 == .available })
            try same("package \(index) held", found.held, tickets { if case .held = $0 { true } else { false } })
            try same("package \(index) used", found.used, tickets { if case .used = $0 { true } else { false } })
            try same("package \(index) kept", found.kept, tickets { if case .kept = $0 { true } else { false } })
            try same("package \(index) expired", found.expired, tickets { $0 == .expired })
            try same("package \(index) withdrawn", found.withdrawn, tickets { $0 == .withdrawn })
            try same(
                "package \(index) refunded", found.refunded, tickets { if case .refunded = $0 { true } else { false } })
        }
    }

    /// What the accounts must hold because of this history.
    var expectedAccounts: [String: Int64] {
        var sums: [String: Int64] = [:]
        for (index, order) in model.orders.enumerated() {
            for payment in order.deskPayments { sums[payment.method.account.rawValue, default: 0] += payment.amount }
            for method in PaymentMethod.allCases where method != .provider {
                sums[method.account.rawValue, default: 0] -= model.returnedAtDesk(index, method)
            }
        }
        for payment in model.payments where payment.told.isPaid {
            sums["providerClearing", default: 0] += payment.amount - payment.returned - payment.takenBack
        }
        sums["accountCredit", default: 0] -= model.grants.values.reduce(0, +)
        return sums
    }
}

@Suite("Random histories of money and packages against a model, on both engines")
struct MoneyHistoryTests {
    private func prepare(_ store: Store) async throws {
        try await store.write { transaction in
            for offer in MoneyHistory.offers { try PackageOffers().add(offer, in: transaction) }
            try TaxRates().set(try #require(TaxRate(81)), for: nil, in: transaction)
        }
    }

    /// What is wrong after these steps; nil where nothing is. The books of the history stay only where `keeps`.
    private func play(
        _ steps: [MoneyStep], name: String, forgivesLate: Bool = false, on store: Store
    ) async throws -> (wrong: String?, accounts: [String: Int64]) {
        struct Undo: Error { let difference: String }
        do {
            let accounts = try await store.write { transaction in
                var history = try MoneyHistory(name: name, in: transaction, forgivesLate: forgivesLate)
                do { try history.play(steps) } catch let difference as MoneyHistory.Difference {
                    throw Undo(difference: difference.description)
                }
                return history.expectedAccounts
            }
            return (nil, accounts)
        } catch let undo as Undo {
            return (undo.difference, [:])
        }
    }

    @Test("buy, book, cancel, miss, expire, refund, dispute, share: every ledger is what the lists say, all the time")
    func histories() async throws {
        try await CashDesk.onEachEngine { desk in
            try await prepare(desk.store)
            var expected: [String: Int64] = [:]
            for seed in 0..<UInt64(trials(250, full: 10_000)) {
                let steps = MoneyStep.history(seed)
                let result = try await play(steps, name: "h\(seed)", on: desk.store)
                if result.wrong != nil {
                    let least = try await shrunk(steps) {
                        try await play($0, name: "s\(UUID().uuidString)", on: desk.store).wrong != nil
                    }
                    let why = try await play(least, name: "why", on: desk.store).wrong ?? ""
                    Issue.record("seed \(seed), \(least.count) of \(steps.count) steps: \(least) → \(why)")
                    return
                }
                expected.merge(result.accounts, uniquingKeysWith: +)
            }
            // Straight from the rows, not by the code under test.
            let sums = try await desk.store.read { transaction in
                try transaction.rows(
                    "SELECT account, CAST(SUM(amount) AS BIGINT) AS total FROM ledger_entry GROUP BY account"
                ).reduce(into: [String: Int64]()) { try $0[$1.get("account")] = $1.get("total") }
            }
            for (account, total) in expected { #expect(sums[account] ?? 0 == total, "\(account)") }
            #expect(sums.values.reduce(0, +) == 0)
            let faults = try await desk.faults().filter { !$0.contains("was paid twice") }
            #expect(faults.isEmpty, "\(faults.prefix(5))")
            for account in ["providerClearing", "cashDrawer", "disputeLosses", "revenue", "salesTax", "goodwill"] {
                #expect(sums[account] ?? 0 != 0, "the histories never met \(account)")
            }
        }
    }

    @Test("a wrong rule is found, and the history that shows it is shrunk to what matters")
    func findsAWrongRule() async throws {
        try await CashDesk.onEachEngine { desk in
            try await prepare(desk.store)
            for seed in 0..<UInt64(200) {
                let steps = MoneyStep.history(seed)
                guard try await play(steps, name: "w\(seed)", forgivesLate: true, on: desk.store).wrong != nil else {
                    continue
                }
                let least = try await shrunk(steps) {
                    try await play($0, name: "s\(UUID().uuidString)", forgivesLate: true, on: desk.store).wrong != nil
                }
                // Bought, paid, told (or paid at the desk), booked, given back too late.
                #expect((4...5).contains(least.count), "\(least)")
                #expect(least.last?.kind == .giveBack)
                return
            }
            Issue.record("a model that forgives late cancellations was not told from the truth")
        }
    }
}
