// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import Hummingbird
import Payments
import Storage

/// One order's money at the desk.
struct OrderMoneyController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/desk/orders/:id/money", use: money)
        router.post("/desk/orders/:id/payments", use: pay)
        router.post("/desk/orders/:id/refunds", use: refund)
        router.post("/desk/orders/:id/invoice", use: invoice)
        router.post("/desk/orders/:id/waive", use: waive)
        router.post("/desk/orders/:id/credit", use: credit)
        router.get("/desk/documents/:number", use: document)
    }

    private func id(_ context: WebContext) -> Order.ID { Order.ID(context.parameters.get("id") ?? "") }
    private func path(_ context: WebContext) -> String { "/desk/orders/\(id(context))/money" }

    @Sendable func money(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.takePayments, context)
        let said = [
            "paid": "The payment is recorded.", "refunded": "The refund is on its way.",
            "invoiced": "The invoice is issued.", "waived": "The fee is waived.", "credited": "The credit is given.",
        ]
        var page = try await page(actor, context)
        page.message = request.uri.queryParameters["said"].flatMap { said[String($0)] }
        return try site.answer(page)
    }

    private func page(_ actor: Actor, _ context: WebContext) async throws -> OrderMoneyPage {
        let view = try await clinic.orderMoney(id(context), by: actor)
        let zone = try await clinic.timeZone()
        let (order, balance) = (view.order, view.balance)
        func some(_ minorUnits: Int64) -> String? {
            minorUnits == 0 ? nil : balance.money(minorUnits).formatted
        }
        let bills = BillingDocument.Series.invoice
        var page = OrderMoneyPage(
            frame: site.deskFrame("Payments of order \(order.reference)", context, place: .deskOrders),
            number: order.reference, patientName: order.contactName, serviceName: order.serviceName,
            orderURL: "/desk/orders/\(order.id)", badge: OrderWords.badge(order), stateLabel: OrderWords.label(order),
            total: order.total.formatted, discount: view.discount?.formatted,
            tax: order.taxRate == .exempt
                ? nil
                : "\(order.taxRate.formatted): \(balance.money(order.taxRate.included(in: order.total.minorUnits)).formatted)",
            paid: balance.money(balance.paid).formatted, returned: some(balance.returned),
            onTheWay: some(balance.onTheWay), disputed: some(balance.disputed),
            due: balance.money(balance.due).formatted,
            payForm: balance.due == 0 ? nil : payForm(view, Form.empty),
            refundForm: refundForm(view, Form.empty, actor),
            packageURL: view.package.map { "/desk/packages/\($0.id)" },
            invoiceAction: view.documents.contains { $0.series == bills }
                || order.total.minorUnits <= balance.returned ? nil : "/desk/orders/\(order.id)/invoice",
            papers: view.documents.map {
                .init(
                    title: "\(CashWords.kind($0.series)) \($0.number)", url: "/desk/documents/\($0.number)",
                    amount: $0.amount.formatted,
                    detail: [$0.method.map(CashWords.method), Words.moment($0.issuedAt, in: zone)].compactMap { $0 }
                        .joined(separator: ", "))
            },
            returns: view.refunds.map { refund in
                let (badge, label): (Badge, String) =
                    switch refund.state {
                    case .requested: (.warn, "On its way")
                    case .done: (.good, "Done")
                    case .failed: (.bad, "Did not go")
                    }
                return .init(
                    amount: refund.amount.formatted,
                    detail: [
                        CashWords.method(refund.method), Words.moment(refund.askedAt, in: zone), refund.reason,
                    ].filter { !$0.isEmpty }.joined(separator: ", "), badge: badge, stateLabel: label,
                    problem: refund.failure)
            })
        guard actor.may(.refundPayments) else { return page }
        if order.isFee, balance.paid == 0 { page.waiveAction = "/desk/orders/\(order.id)/waive" }
        page.creditForm = .init(action: "/desk/orders/\(order.id)/credit", attempt: Self.attempt(Form.empty))
        return page
    }

    @Sendable func waive(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.refundPayments, context)
        try await clinic.waiveFee(id(context), by: actor)
        return .seeOther("\(path(context))?said=waived")
    }

    @Sendable func credit(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.refundPayments, context)
        let form = try await Form(request, context)
        do {
            let currency = try await clinic.orderMoney(id(context), by: actor).order.price.currency
            guard let amount = Money(typed: form["credit"], currency: currency) else { throw CashError.noAmount }
            try await clinic.grantCredit(
                amount, order: id(context), why: String(form["why"].prefix(500)), formAttempt: Self.attempt(form),
                by: actor)
            return .seeOther("\(path(context))?said=credited")
        } catch let error as CashError {
            if error == .unknownOrder { throw error }
            var page = try await page(actor, context)
            page.creditForm?.amount = FieldValue(value: form["credit"], error: error.explanation)
            page.creditForm?.why.value = form["why"]
            page.errorSummary = ErrorSummary([.init(field: "credit", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    private func payForm(_ view: Clinic.OrderMoney, _ form: Form) -> OrderMoneyPage.PayForm {
        let hasCredit = view.credit.minorUnits > 0
        let due = view.balance.money(view.balance.due)
        return .init(
            action: "/desk/orders/\(view.order.id)/payments", attempt: Self.attempt(form),
            methods: CashWords.methods(
                [.cash, .cardTerminal, .bankTransfer] + (hasCredit ? [.credit] : []), chosen: form["method"]),
            amount: FieldValue(value: form["amount"].isEmpty ? Self.plain(due) : form["amount"]),
            reference: FieldValue(value: form["reference"]),
            note: hasCredit ? "The patient has \(view.credit.formatted) of credit." : nil)
    }

    private func refundForm(_ view: Clinic.OrderMoney, _ form: Form, _ actor: Actor) -> OrderMoneyPage.RefundForm? {
        guard actor.may(.refundPayments), view.balance.refundable > 0, view.package == nil else { return nil }
        let most = view.balance.money(view.balance.refundable)
        return .init(
            action: "/desk/orders/\(view.order.id)/refunds", attempt: Self.attempt(form),
            methods: CashWords.methods(Self.returnMethods(view.documents), chosen: form["method"]),
            amount: FieldValue(value: form["refund"].isEmpty ? Self.plain(most) : form["refund"]),
            reason: FieldValue(value: form["reason"]), note: "At most \(most.formatted).")
    }

    /// The way it came stands first.
    static func returnMethods(_ documents: [BillingDocument]) -> [PaymentMethod] {
        let came = documents.filter { $0.series == .receipt }.compactMap(\.method)
        let rest: [PaymentMethod] = [.cash, .cardTerminal, .bankTransfer, .credit]
        return came.contains(.provider)
            ? [.provider] + rest : rest.filter { came.contains($0) } + rest.filter { !came.contains($0) }
    }

    static func attempt(_ form: Form) -> String {
        form["attempt"].count >= 20 ? String(form["attempt"].prefix(100)) : Secret.random().text
    }

    /// "45.50", as a person types it.
    static func plain(_ money: Money) -> String { money.formatted.filter { $0.isNumber || $0 == "." } }

    @Sendable func pay(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.takePayments, context)
        let form = try await Form(request, context)
        do {
            let currency = try await clinic.orderMoney(id(context), by: actor).order.price.currency
            guard let amount = Money(typed: form["amount"], currency: currency) else { throw CashError.noAmount }
            guard let method = PaymentMethod(rawValue: form["method"]) else {
                throw Fault.badRequest("Choose how it was paid.")
            }
            try await clinic.recordPayment(
                .init(
                    order: id(context), method: method, amount: amount,
                    reference: String(form["reference"].prefix(200)), formAttempt: Self.attempt(form)), by: actor)
            return .seeOther("\(path(context))?said=paid")
        } catch let error as CashError {
            if error == .unknownOrder { throw error }
            var page = try await page(actor, context)
            let view = try await clinic.orderMoney(id(context), by: actor)
            page.payForm = payForm(view, form)
            page.payForm?.amount.error = error.explanation
            page.errorSummary = ErrorSummary([.init(field: "amount", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func refund(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.refundPayments, context)
        let form = try await Form(request, context)
        do {
            let currency = try await clinic.orderMoney(id(context), by: actor).order.price.currency
            guard let amount = Money(typed: form["refund"], currency: currency) else { throw CashError.noAmount }
            guard let method = PaymentMethod(rawValue: form["method"]) else {
                throw Fault.badRequest("Choose how it goes back.")
            }
            try await clinic.refund(
                .init(
                    order: id(context), amount: amount, method: method, reason: String(form["reason"].prefix(500)),
                    formAttempt: Self.attempt(form)), by: actor)
            return .seeOther("\(path(context))?said=refunded")
        } catch let error as CashError {
            if error == .unknownOrder { throw error }
            var page = try await page(actor, context)
            let view = try await clinic.orderMoney(id(context), by: actor)
            guard var refundForm = refundForm(view, form, actor) else { throw error }
            refundForm.amount.error = error.explanation
            page.refundForm = refundForm
            page.errorSummary = ErrorSummary([.init(field: "refund", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func invoice(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.takePayments, context)
        try await clinic.issueInvoice(id(context), by: actor)
        return .seeOther("\(path(context))?said=invoiced")
    }

    @Sendable func document(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.takePayments, context)
        let (paper, order) = try await clinic.document(context.parameters.get("number") ?? "", by: actor)
        let zone = try await clinic.timeZone()
        return try site.answer(
            BillingDocumentPage(
                frame: site.deskFrame(
                    "\(CashWords.kind(paper.series)) \(paper.number)", context, place: .deskOrders,
                    scripts: ["print.js"]),
                kind: CashWords.kind(paper.series), number: paper.number, payer: paper.payer,
                issuedOn: Words.date(paper.issuedAt, in: zone), method: paper.method.map(CashWords.method),
                orderNumber: order.reference, what: paper.what, amount: paper.amount.formatted,
                tax: paper.taxRate == .exempt
                    ? "No tax is due on this service."
                    : "Includes \(paper.taxRate.formatted) tax: \(paper.tax.formatted).",
                backURL: "/desk/orders/\(order.id)/money"))
    }
}
