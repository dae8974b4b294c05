// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Payments
import Storage
import Testing

/// A run of events against the books: three orders at most, and a shop of somebody else's.
private struct Run {
    let name: String
    var generator: SeededGenerator
    var orders: [Order] = []
    var sessions: [ProviderSession] = []
    var becamePaid: [Order.ID: Int] = [:]

    init(_ name: String, seed: UInt64) {
        self.name = name
        generator = SeededGenerator(seed: seed)
    }

    mutating func placeOrders(at desk: CashDesk) async throws {
        for number in 0..<Int.random(in: 1...3, using: &generator) {
            let price = Money(minorUnits: .random(in: 1...500_000, using: &generator), currency: "USD")
            let order = try await desk.place(price: price)
            orders.append(order)
            for page in 0..<Int.random(in: 1...3, using: &generator) {
                try await open(page, of: number, order, at: desk)
            }
        }
        if Bool.random(using: &generator) {
            sessions.append(
                ProviderSession(
                    "cs_\(name)_stranger", kind: .paid, order: nil, reference: "shop-7", amount: 900,
                    using: &generator))
        }
    }

    /// Another page for the order. One that the clinic had open is told to be closed first; else the new one is unknown to
    /// the clinic but for the order's name on it, as after a crash or by hand at the provider.
    private mutating func open(_ page: Int, of number: Int, _ order: Order, at desk: CashDesk) async throws {
        let kind = ProviderSession.Kind.allCases.randomElement(using: &generator) ?? .paid
        let change = kind == .paysAnotherSum ? Int64.random(in: 1...700, using: &generator) : 0
        let session = ProviderSession(
            "cs_\(name)_\(number)_\(page)", kind: kind, order: number, reference: order.id.description,
            amount: order.price.minorUnits + change, using: &generator)
        if let last = sessions.indices.last, sessions[last].order == number,
            let end = sessions[last].events.last(where: { if case .closed = $0.meaning { true } else { false } })
        {
            try await desk.take(end.text)
            sessions[last].learn(end.meaning)
        }
        let isKnown = Int.random(in: 0..<5, using: &generator) > 0
        let hasOpenPage = try await desk.store.read { try !desk.orders.openAttempts(of: order.id, in: $0).isEmpty }
        if isKnown, !hasOpenPage {
            try await desk.begin(session.id, for: order)
        } else if !hasOpenPage {
            // The program ends before the page's name is written down.
            try await desk.store.write { _ = try desk.orders.beginCheckout(order, at: CashDesk.opening, in: $0) }
        }
        sessions.append(session)
    }

    /// Each event 0 to 5 times, shuffled, over days, one after the other or four at once.
    mutating func deliver(to desk: CashDesk) async throws {
        var posts: [(session: Int, fact: ProviderFact)] = []
        for (index, session) in sessions.enumerated() {
            for fact in session.events {
                let times = Int.random(in: 0...5, using: &generator)
                if times > 0 { sessions[index].learn(fact.meaning) }
                posts += Array(repeating: (index, fact), count: times)
            }
        }
        posts.shuffle(using: &generator)
        let atOnce = Int.random(in: 0..<4, using: &generator) == 0 ? 4 : 1
        var now = CashDesk.opening
        while !posts.isEmpty {
            now += Double.random(in: 0...86_400, using: &generator)
            let batch = posts.prefix(atOnce).map(\.fact.text)
            posts.removeFirst(batch.count)
            let paid = try await withThrowingTaskGroup(of: [Order].self) { [now] group in
                for event in batch { group.addTask { try await desk.take(event, at: now) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for order in paid { becamePaid[order.id, default: 0] += 1 }
            if Int.random(in: 0..<6, using: &generator) == 0 { try await ask(desk, at: now) }
        }
    }

    /// The clinic asks about a page; the answer is what is true at the end.
    private mutating func ask(_ desk: CashDesk, at now: Date) async throws {
        guard let index = sessions.indices.randomElement(using: &generator),
            let facts = sessions[index].finalFacts(reference: sessions[index].order.map { orders[$0].id.description })
        else { return }
        let order = try await desk.store.write { try desk.settlement.apply(facts, at: now, in: $0) }
        if let order { becamePaid[order.id, default: 0] += 1 }
        if sessions[index].isPaid { sessions[index].knowsPaid = true }
        if sessions[index].kind == .expires { sessions[index].knowsClosed = true }
    }

    /// Compares everything that the clinic wrote with what it was told.
    func compare(with desk: CashDesk) async throws {
        for (number, order) in orders.enumerated() {
            let pages = sessions.filter { $0.order == number }
            let net = pages.reduce(0) { $0 + $1.net }
            let right = pages.filter { $0.knowsPaid && $0.amount == order.price.minorUnits }
            let now = try await desk.order(order.id)
            #expect(try await desk.received(order.id) == net, "\(name): order \(number)")
            #expect((now.receiptNumber != nil) == !right.isEmpty, "\(name): order \(number)")
            #expect((now.paidAt != nil) == !right.isEmpty, "\(name): order \(number)")
            #expect(becamePaid[order.id, default: 0] == (right.isEmpty ? 0 : 1), "\(name): order \(number)")
            if right.isEmpty {
                #expect(now.state == .awaitingPayment || now.state == .expired, "\(name): order \(number)")
                let hasOpenPage = try await desk.store.read {
                    try !desk.orders.openAttempts(of: order.id, in: $0).isEmpty
                }
                if hasOpenPage { #expect(now.state == .awaitingPayment, "\(name): order \(number)") }
                if pages.allSatisfy({ $0.knowsClosed && !$0.knowsPaid }), !hasOpenPage {
                    #expect(now.state == .expired, "\(name): order \(number)")
                }
            } else {
                #expect(now.state == (net > 0 ? .paid : .refunded), "\(name): order \(number)")
            }
            let told = try await desk.store.read { transaction in
                try transaction.value(
                    Int.self,
                    """
                    SELECT count(*) FROM audit_entry
                    WHERE action = \("order.paid") AND subject = \("order/\(order.id)")
                    """)
            }
            #expect(told == (right.isEmpty ? 0 : 1), "\(name): order \(number)")
        }
    }

    /// The discrepancies that a person must hear of.
    var expectedDiscrepancies: Int {
        let strangers = sessions.filter { $0.order == nil && $0.knowsPaid }.count
        return orders.indices.reduce(strangers) { count, number in
            let paid = sessions.filter { $0.order == number && $0.knowsPaid }
            let right = paid.filter { $0.amount == orders[number].price.minorUnits }
            return count + paid.count - right.count + max(0, right.count - 1)
        }
    }
    /// What the whole ledger holds because of this run.
    var expectedNet: Int64 { sessions.reduce(0) { $0 + ($1.order == nil ? 0 : $1.net) } }
}

extension ProviderSession {
    /// The page as the provider shows it when asked after everything has happened.
    fileprivate func finalFacts(reference: String?) -> SessionFacts? {
        guard kind != .isLeft else { return nil }
        return SessionFacts(
            id: id, clientReference: reference ?? "shop-7", status: kind == .expires ? .expired : .complete,
            paymentStatus: isPaid ? .paid : .unpaid, amount: Money(minorUnits: amount, currency: "USD"),
            paymentIntent: kind == .expires ? nil : intent, url: nil)
    }
}

@Suite("Random runs of Stripe's events against an oracle, on both engines")
struct EventHistoryTests {
    @Test("each event 0 to 5 times, shuffled and late: the books are what was told, to the cent, each effect once")
    func histories() async throws {
        try await CashDesk.onEachEngine { desk in
            var net: Int64 = 0
            var discrepancies = 0
            var receipts = 0
            for number in 0..<trials(100, full: 1000) {
                var run = Run("run\(number)", seed: UInt64(number))
                try await run.placeOrders(at: desk)
                try await run.deliver(to: desk)
                try await run.compare(with: desk)
                net += run.expectedNet
                discrepancies += run.expectedDiscrepancies
                receipts += run.becamePaid.count
            }
            // Not by the code under test: the sums of the whole ledger, straight from its rows.
            let sums = try await desk.store.read { transaction in
                try transaction.rows(
                    "SELECT account, CAST(SUM(amount) AS BIGINT) AS total FROM ledger_entry GROUP BY account"
                ).reduce(into: [String: Int64]()) { try $0[$1.get("account")] = $1.get("total") }
            }
            #expect(sums["providerClearing"] == net)
            #expect(sums["prepaidServices"] == -net)
            let found = try await desk.faults()
            #expect(found.count == discrepancies, "\(found.prefix(5))")
            let numbers = try await desk.store.read { transaction in
                try transaction.rows("SELECT receipt_number FROM purchase_order WHERE receipt_number IS NOT NULL")
                    .map { try $0.get("receipt_number", as: String.self) }
            }
            // No receipt's number is missing or given twice.
            #expect(Set(numbers).count == receipts && numbers.max() == "R-" + String(1_000_000 + receipts).dropFirst())
            #expect(net > 0 && discrepancies > 10 && receipts > 50, "the runs met too little")
        }
    }
}
