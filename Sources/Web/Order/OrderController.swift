// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Payments
import Storage

/// Buying: the form, the order's page, the receipt.
struct OrderController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/order/:slug", use: form)
        router.post("/order/:slug", use: place)
        router.get("/orders/:id/:key", use: status)
        router.post("/orders/:id/:key/pay", use: payAgain)
        router.get("/orders/:id/:key/receipt", use: receipt)
    }

    private func boughtService(_ context: WebContext) async throws -> HealthcareService {
        guard context.parameters.get("slug") == Site.boughtService else { throw Fault.notFound("service") }
        return try await site.service(Site.boughtService)
    }

    private func page(_ service: HealthcareService, _ context: WebContext) -> OrderPage {
        let text = site.clinic.library.services[service.slug]
        return OrderPage(
            frame: site.frame("Order \(service.name)", context), service: site.card(of: service),
            included: text?.list("included") ?? [], preparation: text?.list("preparation") ?? [],
            action: "/order/\(service.slug)", attempt: Secret.random().text,
            termsText: text?.optional("terms")
                ?? said(
                    "I agree to the prices and the cancellation rules of {clinic}.",
                    ["clinic": site.clinic.details.name]),
            paymentNote: site.clinic.practice == nil
                ? heard("You enter your card on Stripe's page. Card data never reaches us.")
                : heard("This is a demonstration: a practice card page follows, and no money moves."))
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(page(try await boughtService(context), context))
    }

    @Sendable func place(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.order, request, context)
        let service = try await boughtService(context)
        let form = try await Form(request, context)
        var page = page(service, context)
        let attempt = form["attempt"]
        if attempt.count >= 20 { page.attempt = String(attempt.prefix(100)) }
        page.question = FieldValue(
            value: form["question"],
            error: form["question"].isEmpty ? "Please tell us what you want to know." : nil)
        PersonFields.read(form, name: &page.name, email: &page.email, phone: &page.phone)
        page.discount.value = String(form["discount"].prefix(60))
        page.termsTicked = form.isTicked("terms")
        if !page.termsTicked { page.terms.error = "Please agree before you pay." }
        page.errorSummary = ErrorSummary(fields: [
            "question": page.question, "name": page.name, "email": page.email, "phone": page.phone,
            "terms": page.terms,
        ])
        guard page.errorSummary == nil else { return try site.answer(page, status: .unprocessableContent) }
        var order = OrderForm(
            serviceSlug: service.slug,
            contact: ContactDetails(
                name: page.name.value, email: page.email.value,
                phone: page.phone.value.isEmpty ? nil : page.phone.value, language: Catalogue.current.language),
            question: String(page.question.value.prefix(2000)), attempt: page.attempt)
        order.discountCode = page.discount.value
        do {
            return .seeOther(try await site.clinic.order(order).paymentURL)
        } catch let error as CashError {
            page.discount.error = error.explanation
            page.errorSummary = ErrorSummary([.init(field: "discount", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    private func orderKey(_ context: WebContext) -> (Order.ID, Secret) {
        (
            Order.ID(context.parameters.get("id") ?? ""),
            Secret(context.parameters.get("key") ?? "")
        )
    }

    @Sendable func status(_ request: Request, context: WebContext) async throws -> Response {
        let (id, access) = orderKey(context)
        let view = try await site.clinic.orderView(id, access: access)
        let order = view.order
        let state: OrderStatusPage.State =
            switch order.state {
            case .awaitingPayment: .processing
            case .paid: .paid
            case .expired: .expired
            case .refunded: .refunded
            }
        let path = Clinic.orderPath(id, access)
        var page = OrderStatusPage(
            frame: site.frame(
                state == .paid ? heard("Payment Success") : heard("Your order"), context, isPrivate: true,
                refreshSeconds: state == .processing ? 3 : nil),
            state: state, number: order.reference, serviceName: heard(order.serviceName), amount: order.price.formatted,
            email: view.patient.email,
            chooseTimeURL: state == .paid && !order.isPackage && view.booking == nil ? "\(path)/time" : nil,
            bookedWhen: view.booking.map { Words.span($0.start, $0.end, in: $0.timeZone) },
            bookingURL: view.booking?.state == .confirmed ? "\(path)/booking" : nil,
            retryURL: state == .processing || state == .expired ? "\(path)/pay" : nil,
            receiptURL: order.receiptNumber == nil ? nil : "\(path)/receipt",
            packageURL: order.isPackage ? "/portal/packages" : nil)
        if let booking = view.booking, let until = booking.heldUntil {
            page.keptUntil = Words.time(until, in: booking.timeZone)
            page.keptUntilEpoch = String(Int(until.timeIntervalSince1970))
        }
        page.lostWhen = view.lost.map { Words.span($0.start, $0.end, in: $0.timeZone) }
        return try site.answer(page)
    }

    @Sendable func payAgain(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.order, request, context)
        let (id, access) = orderKey(context)
        return .seeOther(try await site.clinic.payAgain(id, access: access))
    }

    @Sendable func receipt(_ request: Request, context: WebContext) async throws -> Response {
        let (id, access) = orderKey(context)
        let view = try await site.clinic.orderView(id, access: access)
        return try site.answer(
            try ReceiptPages.page(
                view.order, site: site, context: context, backURL: Clinic.orderPath(id, access),
                zone: try await site.clinic.timeZone()))
    }
}

/// A receipt reached from the order's page or from the portal.
enum ReceiptPages {
    static func page(
        _ order: Order, site: Site, context: WebContext, backURL: String, zone: TimeZone
    ) throws -> ReceiptPage {
        guard let number = order.receiptNumber, let paidAt = order.paidAt else { throw Fault.notFound("receipt") }
        return ReceiptPage(
            frame: site.frame("Receipt \(number)", context, isPrivate: true, scripts: ["print.js"]), number: number,
            orderNumber: order.reference, payer: order.contactName, paidOn: Words.date(paidAt, in: zone),
            method: site.clinic.practice == nil
                ? heard("Card, through Stripe") : heard("Practice card: no money moved"),
            lines: [.init(what: heard(order.serviceName), amount: order.price.formatted)], total: order.price.formatted,
            refundNote: order.state == .refunded ? heard("This payment was refunded.") : nil, backURL: backURL)
    }
}

/// Name, e-mail and phone, the same on every form.
enum PersonFields {
    static func read(
        _ form: Form, name: inout FieldValue, email: inout FieldValue, phone: inout FieldValue
    ) {
        name = FieldValue(value: form["name"])
        email = FieldValue(value: form["email"])
        phone = FieldValue(value: form["phone"])
        if name.value.isEmpty { name.error = "Please type your name." }
        if name.value.count > 200 { name.error = "Please shorten the name to 200 characters." }
        if email.value.isEmpty {
            email.error = "Please type your email address."
        } else if !ContactRules.isEmail(email.value) {
            email.error = "This is no email address: it needs a name, an @ and a domain."
        }
        if phone.value.count > 40 { phone.error = "Please shorten the phone number to 40 characters." }
    }
}
