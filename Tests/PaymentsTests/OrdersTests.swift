// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Payments
import Storage
import Testing

@Suite("Orders, the ledger and the practice page, on both engines")
struct OrdersTests {
    @Test("the button pressed 16 times at once is one order and one attempt")
    func pressedOften() async throws {
        try await CashDesk.onEachEngine { desk in
            let pressed = try await withThrowingTaskGroup(of: CheckoutAttempt.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await desk.store.write { transaction in
                            let order = try desk.orders.place(
                                try desk.request(formAttempt: "form-1", in: transaction), by: .visitor,
                                at: CashDesk.opening, in: transaction)
                            return try desk.orders.beginCheckout(order, at: CashDesk.opening, in: transaction)
                        }
                    }
                }
                return try await group.reduce(into: Set<CheckoutAttempt>()) { $0.insert($1) }
            }
            #expect(pressed.count == 1)
            #expect(try await desk.store.read { try desk.orders.list(limit: 9, in: $0).count } == 1)
        }
    }

    @Test("an order's page opens by its key only, and only the key's hash is kept")
    func access() async throws {
        try await CashDesk.onEachEngine { desk in
            let access = Secret.random()
            let order = try await desk.store.write { transaction in
                try desk.orders.place(
                    try desk.request(access: access, in: transaction), by: .visitor, at: CashDesk.opening,
                    in: transaction)
            }
            try await desk.store.read { transaction in
                #expect(try desk.orders.find(order.id, access: access, in: transaction) == order)
                #expect(try desk.orders.find(order.id, access: .random(), in: transaction) == nil)
                #expect(try desk.orders.find(order.id, access: Secret(access.sha256), in: transaction) == nil)
                #expect(try desk.orders.find(.init("other"), access: access, in: transaction) == nil)
                let row = try #require(try transaction.first("SELECT * FROM purchase_order"))
                #expect(!row.values.contains(.text(access.text)))
            }
        }
    }

    @Test("after a bank said no in the end, the next try is a new page; a late first event changes nothing")
    func bankSaysNo() async throws {
        try await CashDesk.onEachEngine { desk in
            let order = try await desk.place()
            let first = try await desk.begin("cs_1", for: order)
            func event(_ id: String, _ type: String) -> EventText {
                .session(
                    id, type, id: "cs_1", reference: order.id.description, status: "complete", payment: "unpaid",
                    amount: 28_000, intent: "pi_1")
            }
            let waiting = try await desk.store.write {
                try desk.orders.beginCheckout(order, at: CashDesk.opening, in: $0)
            }
            #expect(waiting.id == first.id, "a payment on its way keeps its page")
            try await desk.take(event("evt_2", "async_payment_failed"))
            try await desk.take(event("evt_1", "completed"))
            #expect(try await desk.order(order.id).state == .expired)
            let second = try await desk.store.write {
                try desk.orders.beginCheckout(order, at: CashDesk.opening, in: $0)
            }
            #expect(second.id != first.id && second.url == nil)
            #expect(try await desk.order(order.id).state == .awaitingPayment)
        }
    }

    @Test("a wrong sum paid and returned leaves the order to be paid; then the right sum pays it")
    func wrongSumReturned() async throws {
        try await CashDesk.onEachEngine { desk in
            let order = try await desk.place()
            let name = order.id.description
            try await desk.begin("cs_1", for: order)
            try await desk.take(
                .session(
                    "evt_1", "completed", id: "cs_1", reference: name, status: "complete", payment: "paid",
                    amount: 27_999, intent: "pi_1"))
            try await desk.take(.refunded("evt_2", intent: "pi_1", total: 27_999))
            #expect(try await desk.order(order.id).state == .awaitingPayment)
            try await desk.begin("cs_2", for: order)
            let paid = try await desk.take(
                .session(
                    "evt_3", "completed", id: "cs_2", reference: name, status: "complete", payment: "paid",
                    amount: 28_000, intent: "pi_2"))
            #expect(paid.map(\.id) == [order.id])
            #expect(try await desk.order(order.id).state == .paid)
            #expect(try await desk.received(order.id) == 28_000)
        }
    }

    @Test("the right number in another currency is not the price")
    func otherCurrency() async throws {
        try await CashDesk.onEachEngine { desk in
            let order = try await desk.place()
            try await desk.begin("cs_1", for: order)
            let paid = try await desk.take(
                .session(
                    "evt_1", "completed", id: "cs_1", reference: order.id.description, status: "complete",
                    payment: "paid", amount: 28_000, currency: "jpy", intent: "pi_1"))
            #expect(paid.isEmpty)
            #expect(try await desk.order(order.id).receiptNumber == nil)
            #expect(try await desk.faults().count == 1)
        }
    }

    @Test("a refund told before the payment's name was known is booked once the name is")
    func lateName() async throws {
        try await CashDesk.onEachEngine { desk in
            let order = try await desk.place()
            try await desk.begin("cs_1", for: order)
            func paid(_ id: String, intent: String?) -> EventText {
                .session(
                    id, "completed", id: "cs_1", reference: order.id.description, status: "complete", payment: "paid",
                    amount: 28_000, intent: intent)
            }
            try await desk.take(paid("evt_1", intent: nil))
            try await desk.take(.refunded("evt_2", intent: "pi_1", total: 8_000))
            #expect(try await desk.received(order.id) == 28_000)
            #expect(try await desk.take(paid("evt_3", intent: "pi_1")).isEmpty)
            #expect(try await desk.received(order.id) == 20_000)
        }
    }

    @Test("a dispute told three times is one line for a person to read")
    func dispute() async throws {
        try await CashDesk.onEachEngine { desk in
            let object = #"{"id": "dp_1", "payment_intent": "pi_1", "amount": 28000, "currency": "usd"}"#
            for (number, kind) in ["created", "funds_withdrawn", "closed"].enumerated() {
                try await desk.take(EventText("evt_\(number)", "charge.dispute.\(kind)", object))
            }
            let disputes = try await desk.store.read { try Disputes().list(limit: 10, in: $0) }
            #expect(disputes.map(\.id) == ["dp_1"] && disputes[0].amount.formatted == "$280.00")
            #expect(disputes[0].isWithdrawn && !disputes[0].isOver)
            #expect(try await desk.faults().isEmpty)
        }
    }

    @Test("the ledger takes no posting that does not sum to zero, and each only once")
    func ledger() async throws {
        try await CashDesk.onEachEngine { desk in
            func post(_ entries: [Ledger.Entry], _ source: String) async throws -> Bool {
                try await desk.store.write {
                    try Ledger().post(entries, source: source, order: nil, at: CashDesk.opening, in: $0)
                }
            }
            let dollar = Money(minorUnits: 100, currency: "USD")
            let back = Money(minorUnits: -100, currency: "USD")
            #expect(try await post([.init(.providerClearing, dollar), .init(.prepaidServices, back)], "a"))
            #expect(try await !post([.init(.providerClearing, dollar), .init(.prepaidServices, back)], "a"))
            for wrong in [Money(minorUnits: -99, currency: "USD"), Money(minorUnits: -100, currency: "EUR")] {
                await #expect(throws: Ledger.Unbalanced.self) {
                    try await post([.init(.providerClearing, dollar), .init(.prepaidServices, wrong)], "b")
                }
            }
            #expect(try await desk.faults().isEmpty)
            try await desk.store.write { try $0.run("UPDATE ledger_entry SET amount = 99 WHERE amount = 100") }
            #expect(try await desk.faults() == ["posting a does not sum to zero"])
            try await desk.store.write { try $0.run("DELETE FROM ledger_entry") }
            #expect(try await desk.faults() == ["posting a has no entries"])
        }
    }

    @Test("the practice page needs a program started as a demonstration")
    func demoPass() throws {
        #expect(throws: DemoPass.NotADemo.self) { try DemoPass(startedAsDemo: false) }
        _ = try DemoPass(startedAsDemo: true)
    }

    @Test("a practice payment takes the way of Stripe's; a closed page stays closed")
    func practice() async throws {
        try await CashDesk.onEachEngine { desk in
            let practice = PracticeCheckout(
                pass: try DemoPass(startedAsDemo: true), store: desk.store, publicURL: "http://localhost")
            let order = try await desk.place()
            let attempt = try await desk.store.write {
                try desk.orders.beginCheckout(order, at: CashDesk.opening, in: $0)
            }
            func page(_ key: String) async throws -> SessionFacts {
                try await practice.provider.createSession(
                    .init(
                        idempotencyKey: key, clientReference: order.id.description, label: "Order", price: order.price,
                        email: "pat@example.org", successURL: "/s", cancelURL: "/c", expiresAt: CashDesk.opening))
            }
            let facts = try await page(attempt.id)
            #expect(try await page(attempt.id) == facts, "the same key is the same page")
            try await desk.store.write { try desk.orders.recordSession(facts, for: attempt, in: $0) }
            for round in 0..<3 {
                let paid = try await desk.store.write { transaction in
                    try desk.settlement.apply(
                        try practice.pay(facts.id, in: transaction), at: CashDesk.opening, in: transaction)
                }
                #expect((paid?.id == order.id) == (round == 0))
            }
            #expect(try await desk.received(order.id) == 28_000)
            #expect(try await practice.provider.expireSession(facts.id).status == .complete)
            let other = try await page("another")
            #expect(try await practice.provider.expireSession(other.id).status == .expired)
            let late = try await desk.store.write { try practice.pay(other.id, in: $0) }
            #expect(late.paymentStatus == .unpaid)
            await #expect(throws: CheckoutProvider.Failure.self) {
                try await practice.provider.retrieveSession("practice-unknown")
            }
        }
    }

    @Test("without settings nothing can be paid")
    func notConfigured() async {
        await #expect(throws: CheckoutProvider.Failure.notConfigured) {
            try await CheckoutProvider.notConfigured.retrieveSession("cs_1")
        }
    }
}
