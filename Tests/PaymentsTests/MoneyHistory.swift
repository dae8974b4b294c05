// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Payments
import Storage

/// A history played on the books and on the model side by side, in one transaction.
struct MoneyHistory {
    struct Difference: Error, CustomStringConvertible { let description: String }

    /// A fact that the provider will tell, some day, some times.
    enum Fact {
        case paid(Int)
        case total(Int, Int64)
        case refund(Int, object: String, amount: Int64, isUndone: Bool, own: Int?)
        case dispute(Int, id: String, withdrawn: Bool, reinstated: Bool, status: String)
    }

    static let offers: [PackageOffer] = [
        offer("six", service: "needles", credits: 6, price: 60_007, days: 180, late: .keep),
        offer("three", service: "needles", credits: 3, price: 1000, days: 20, late: .giveBack),
        offer("two", service: "massage", credits: 2, price: 9_999, days: 365, late: .keep),
    ]
    private static func offer(
        _ slug: String, service: String, credits: Int64, price: Int64, days: Int64, late: PackageOffer.LatePolicy
    ) -> PackageOffer {
        PackageOffer(
            slug: slug, name: slug, summary: "", service: service, credits: credits,
            price: Money(minorUnits: price, currency: "USD"), validDays: days, latePolicy: late)
    }
    static let services = ["needles", "massage"]
    static let desk = Actor.staff(StaffMember.ID("desk"), .desk)

    let name: String
    let transaction: any Transaction
    var model: MoneyModel
    var facts: [(text: EventText, fact: Fact)] = []
    var patients: [Patient] = []
    var count = 0
    let orders = Orders()
    let settlement = Settlement()
    let packages = Packages()

    init(name: String, in transaction: any Transaction, forgivesLate: Bool = false) throws {
        self.name = name
        self.transaction = transaction
        model = MoneyModel(now: CashDesk.opening)
        model.forgivesLate = forgivesLate
        for index in 0..<3 {
            patients.append(
                try Patients().findOrAdd(
                    ContactDetails(name: "P\(index)", email: "\(name)-\(index)@example.org", phone: nil), by: .visitor,
                    at: model.now, in: transaction))
        }
    }

    mutating func play(_ steps: [MoneyStep]) throws {
        for (number, step) in steps.enumerated() {
            model.now += 1
            count += 1
            do {
                try play(step)
                for package in model.packages {
                    guard let found = try packages.find(order: model.orders[package.order].id, in: transaction) else {
                        throw Difference(description: "a package is missing")
                    }
                    try packages.expire(found.id, at: model.now, in: transaction)
                }
                model.sweep()
                try compare()
            } catch let difference as Difference {
                throw Difference(description: "step \(number) \(step): \(difference)")
            }
        }
    }

    func expect(_ isAllowed: Bool, _ what: String, _ body: () throws -> Void) throws {
        var refusal: (any Error)?
        do { try body() } catch let error as CashError { refusal = error } catch let error as PackageError {
            refusal = error
        }
        guard (refusal == nil) == isAllowed else {
            throw Difference(
                description:
                    "\(what) should be \(isAllowed ? "allowed" : "refused"): \(refusal.map { "\($0)" } ?? "done")")
        }
    }

    func dollars(_ amount: Int64) -> Money { Money(minorUnits: amount, currency: "USD") }
    func share(_ whole: Int64, _ choice: Int) -> Int64 {
        [whole, whole / 2, 1, whole + 1, whole / 3, 0][choice % 6]
    }

    mutating func play(_ step: MoneyStep) throws {
        switch step.kind {
        case .order: try place(price: Int64(step.a * 97 + 100), total: nil, offer: nil, patient: step.b)
        case .deposit:
            let price = Int64(step.a + 50)
            try place(price: price, total: price + Int64(step.c * 31), offer: nil, patient: step.b)
        case .buy:
            let offer = step.a % Self.offers.count
            try place(price: Self.offers[offer].price.minorUnits, total: nil, offer: offer, patient: step.b)
        case .pass: model.now += Double([1, 9, 25, 200][step.a % 4]) * 86_400
        case .grant:
            let patient = step.a % patients.count
            try AccountCredit().grant(
                dollars(Int64(step.b + 1)), to: patients[patient].id, why: "", formAttempt: "\(name)-\(count)",
                by: Self.desk, at: model.now, in: transaction)
            model.grants[patient, default: 0] += Int64(step.b + 1)
        case .hold, .use, .giveBack, .undo: try visit(step)
        case .tell: try tell(step)
        default: try onOrders(step)
        }
    }

    mutating func place(price: Int64, total: Int64?, offer: Int?, patient: Int) throws {
        let patient = patient % patients.count
        let order = try orders.place(
            Orders.Request(
                patient: patients[patient], contactName: "P",
                serviceSlug: offer.map { Self.offers[$0].orderSlug } ?? "gait",
                serviceName: "A thing", price: dollars(price), question: "", formAttempt: "\(name)-\(count)",
                access: .random(), total: total.map(dollars)), by: .visitor, at: model.now, in: transaction)
        model.orders.append(
            .init(id: order.id, patient: patient, price: price, total: total ?? price, offer: offer))
    }

    mutating func becomesPaid(_ order: Int) {
        model.becomesPaid(
            order, credits: Self.offers.map { Int($0.credits) }, days: Self.offers.map { Int($0.validDays) })
    }

    mutating func onOrders(_ step: MoneyStep) throws {
        guard !model.orders.isEmpty else { return }
        let index = step.a % model.orders.count
        let id = model.orders[index].id
        let method = [PaymentMethod.cash, .cardTerminal, .bankTransfer, .credit, .provider, .provider][step.b % 6]
        let attempt = "\(name)-\(count)"
        switch step.kind {
        case .payOnline: try payOnline(index)
        case .deskPay:
            let amount = share(model.due(index), step.c)
            let isAllowed =
                method != .provider && amount > 0 && amount <= model.due(index)
                && (method != .credit || amount <= model.credit(model.orders[index].patient))
            var became = false
            try expect(isAllowed, "paying \(amount) by \(method)") {
                // The same form twice.
                for _ in 0..<2 {
                    became =
                        try DeskPayments().record(
                            .init(
                                order: id, method: method, amount: dollars(amount), reference: "", formAttempt: attempt),
                            by: Self.desk, at: model.now, in: transaction
                        ).becamePaid != nil || became
                }
            }
            guard isAllowed else { return }
            model.orders[index].deskPayments.append((method, amount))
            let should = !model.orders[index].hasReceipt && model.paid(index) >= model.orders[index].price
            guard became == should else { throw Difference(description: "became paid: \(became)") }
            if should { becomesPaid(index) }
        case .refund:
            let amount = share(model.refundable(index), step.c)
            let isAllowed = model.mayRefund(amount, index, method)
            var made: Refund?
            try expect(isAllowed, "refunding \(amount) by \(method)") {
                for _ in 0..<2 {
                    made = try Refunds().ask(
                        .init(order: id, amount: dollars(amount), method: method, reason: "", formAttempt: attempt),
                        by: Self.desk, at: model.now, in: transaction)
                }
            }
            if let made { noteAsked(made, order: index, amount: amount) }
        case .invoice:
            let isAllowed =
                try Invoices().find(id, in: transaction) != nil
                || model.orders[index].total - model.returned(index) > 0
            try expect(isAllowed, "an invoice") {
                _ = try Invoices().issue(id, by: Self.desk, at: model.now, in: transaction)
            }
        case .answer, .refundAtProvider, .bankReturns, .dispute: try atProvider(step)
        case .share, .endShare, .refundCredits: try onPackages(step, method, attempt)
        default: break
        }
    }

    mutating func noteAsked(_ refund: Refund, order: Int, amount: Int64) {
        model.asked.append(
            .init(
                id: refund.id, order: order, method: refund.method, amount: amount,
                payment: refund.method == .provider ? model.payment(of: order, for: amount) : nil,
                state: refund.method == .provider ? .requested : .done))
    }

    mutating func payOnline(_ index: Int) throws {
        guard let order = try orders.find(model.orders[index].id, in: transaction) else { return }
        let attempt = try orders.beginCheckout(order, at: model.now, in: transaction)
        let session = attempt.sessionID ?? "cs_\(name)_\(count)"
        if attempt.sessionID == nil {
            try orders.recordSession(
                SessionFacts(
                    id: session, clientReference: order.id.description, status: .open, paymentStatus: .unpaid,
                    amount: order.price, paymentIntent: nil, url: nil), for: attempt, in: transaction)
        }
        guard !model.payments.contains(where: { $0.session == session }) else { return }
        let intent = "pi_\(name)_\(count)"
        model.payments.append(
            .init(intent: intent, session: session, order: index, amount: model.orders[index].price))
        facts.append(
            (
                .session(
                    "evt_\(name)_\(facts.count)", "completed", id: session, reference: order.id.description,
                    status: "complete", payment: "paid", amount: model.orders[index].price, intent: intent),
                .paid(model.payments.count - 1)
            ))
    }

    // MARK: At the provider

    mutating func atProvider(_ step: MoneyStep) throws {
        if step.kind == .answer {
            let waiting = model.asked.indices.filter { model.asked[$0].method == .provider }
            guard !waiting.isEmpty else { return }
            return try answer(waiting[step.b % waiting.count], isLost: step.c % 3 == 0)
        }
        guard !model.payments.isEmpty else { return }
        let index = step.b % model.payments.count
        let payment = model.payments[index]
        let left = payment.amount - payment.refunded + payment.undone
        switch step.kind {
        case .refundAtProvider:
            guard left > 0, !payment.isDisputed else { return }
            refunds(index, max(1, min(left, share(left, step.c))), own: nil)
        case .bankReturns:
            let done = facts.compactMap { fact -> (String, Int64, Int?)? in
                if case .refund(index, let object, let amount, false, let own) = fact.fact {
                    (object, amount, own)
                } else {
                    nil
                }
            }
            let undone = Set(
                facts.compactMap { fact -> String? in
                    if case .refund(_, let object, _, true, _) = fact.fact { object } else { nil }
                })
            guard let (object, amount, own) = done.first(where: { !undone.contains($0.0) }) else { return }
            model.payments[index].undone += amount
            tellRefund(index, object: object, amount: amount, isUndone: true, own: own)
        case .dispute:
            guard !payment.isDisputed else { return }
            model.payments[index].isDisputed = true
            let id = "dp_\(payment.intent)"
            tellDispute(index, id, "created", "needs_response")
            if step.c % 5 == 4 { return tellDispute(index, id, "closed", "warning_closed") }
            tellDispute(index, id, "funds_withdrawn", "needs_response")
            if step.c % 5 == 3 { return }
            let isWon = step.c % 2 == 0
            tellDispute(index, id, "closed", isWon ? "won" : "lost")
            if isWon { tellDispute(index, id, "funds_reinstated", "won") }
        default: break
        }
    }

    /// The job asks; the provider answers, refuses, or its answer is lost. Asked again under the same key, it answers the same.
    mutating func answer(_ index: Int, isLost: Bool) throws {
        let asked = model.asked[index]
        guard asked.state == .requested, let payment = asked.payment else { return }
        if asked.object == nil {
            let truth = model.payments[payment]
            guard truth.amount - truth.refunded + truth.undone >= asked.amount, !truth.isDisputed else {
                try Refunds().fail(asked.id, why: "refused", at: model.now, in: transaction)
                return model.fail(index)
            }
            refunds(payment, asked.amount, own: index)
            model.asked[index].object = "re_\(name)_\(count)"
        }
        guard !isLost, let object = model.asked[index].object else { return }
        try settlement.apply(
            RefundFacts(
                id: object, paymentIntent: model.payments[payment].intent, amount: dollars(asked.amount),
                status: .succeeded, ownReference: asked.id.description), at: model.now, in: transaction)
        learn(.refund(payment, object: object, amount: asked.amount, isUndone: false, own: index))
    }

    mutating func refunds(_ index: Int, _ amount: Int64, own: Int?) {
        model.payments[index].refunded += amount
        tellRefund(index, object: "re_\(name)_\(count)", amount: amount, isUndone: false, own: own)
        let payment = model.payments[index]
        facts.append(
            (
                .refunded("evt_\(name)_\(facts.count)", intent: payment.intent, total: payment.refunded),
                .total(index, payment.refunded)
            ))
    }

    mutating func tellRefund(_ index: Int, object: String, amount: Int64, isUndone: Bool, own: Int?) {
        let reference = own.map { "{\"refund\": \"\(model.asked[$0].id)\"}" } ?? "{}"
        facts.append(
            (
                EventText(
                    "evt_\(name)_\(facts.count)", isUndone ? "refund.failed" : "refund.created",
                    """
                    {"id": "\(object)", "object": "refund", "amount": \(amount), "currency": "usd",
                     "payment_intent": "\(model.payments[index].intent)", "metadata": \(reference),
                     "status": "\(isUndone ? "failed" : "succeeded")"}
                    """),
                .refund(index, object: object, amount: amount, isUndone: isUndone, own: own)
            ))
    }

    mutating func tellDispute(_ index: Int, _ id: String, _ type: String, _ status: String) {
        let payment = model.payments[index]
        facts.append(
            (
                EventText(
                    "evt_\(name)_\(facts.count)", "charge.dispute.\(type)",
                    """
                    {"id": "\(id)", "amount": \(payment.amount), "currency": "usd", "reason": "fraudulent",
                     "payment_intent": "\(payment.intent)", "status": "\(status)"}
                    """),
                .dispute(
                    index, id: id, withdrawn: type == "funds_withdrawn", reinstated: type == "funds_reinstated",
                    status: status)
            ))
    }

    /// Any event that there ever was, in any order, again and again.
    mutating func tell(_ step: MoneyStep) throws {
        guard !facts.isEmpty else { return }
        let (text, fact) = facts[step.a % facts.count]
        _ = try settlement.apply(try StripeEvent(json: text.data), at: model.now, in: transaction)
        learn(fact)
    }

    mutating func learn(_ fact: Fact) {
        switch fact {
        case .paid(let index):
            guard !model.payments[index].told.isPaid else { return }
            model.payments[index].told.isPaid = true
            let order = model.payments[index].order
            if !model.orders[order].hasReceipt { becomesPaid(order) }
        case .total(let index, let total):
            model.payments[index].told.total = max(model.payments[index].told.total, total)
        case .refund(let index, let object, let amount, let isUndone, let own):
            let before = model.payments[index].told.refunds[object]?.isUndone ?? false
            model.payments[index].told.refunds[object] = (amount, isUndone || before)
            guard let own else { return }
            if model.asked[own].state == .requested { model.asked[own].state = .done }
            if isUndone { model.fail(own) }
        case .dispute(let index, let id, let withdrawn, let reinstated, let status):
            var told = model.payments[index].told.disputes[id] ?? (false, false, status)
            if !["won", "lost", "warning_closed"].contains(told.status) { told.status = status }
            told.withdrawn = told.withdrawn || withdrawn
            told.reinstated = told.reinstated || reinstated
            model.payments[index].told.disputes[id] = told
        }
    }
}
