// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Payments
import Storage

/// Choosing a time, with an order or without, and the page of a booking.
struct BookingController {
    let site: Site
    private var grids: TimeGrids { TimeGrids(site: site) }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/book/:slug", use: bookForm)
        router.post("/book/:slug", use: book)
        router.get("/orders/:id/:key/time", use: chooseForm)
        router.post("/orders/:id/:key/time", use: choose)
        router.get("/orders/:id/:key/booking", use: orderBooking)
        router.get("/bookings/:token", use: booking)
        router.get("/bookings/:token/move", use: moveForm)
        router.post("/bookings/:token/move", use: move)
        router.post("/bookings/:token/cancel", use: cancel)
        router.get("/bookings/:token/again", use: againForm)
        router.post("/bookings/:token/again", use: again)
        router.get("/bookings/:token/appointment.ics", use: calendar)
    }

    // MARK: Without an order

    /// - Parameter path: the page itself, where it is another one than the clinic's own.
    func bookPage(
        _ service: HealthcareService, _ request: Request, _ context: WebContext, chosen: String? = nil,
        path own: String? = nil
    ) async throws -> BookPage {
        let path = own ?? "/book/\(service.slug)"
        let left = try await creditsLeft(service, context)
        var page = BookPage(
            frame: site.frame("Book \(service.name)", context, scripts: ["local-time.js"]),
            service: site.card(of: service),
            paymentNote: site.paymentNote(service), pays: service.dueAtBooking != nil && left == 0, action: path,
            attempt: Secret.random().text,
            grid: try await grids.grid(service: service, path: path, request: request, chosen: chosen))
        guard left > 0, let patient = try? context.patient() else { return page }
        let known = try await site.clinic.portal(patient).patient
        page.creditNote =
            said(
                left == 1
                    ? "Your package pays: you have {n} session left, and this visit uses one."
                    : "Your package pays: you have {n} sessions left, and this visit uses one.", ["n": String(left)])
        page.name.value = known.name
        page.email.value = known.email
        page.phone.value = known.phone ?? ""
        return page
    }

    /// Visits that a signed-in patient's packages pay for. Only who has signed in sees and uses them here: an address that
    /// anybody can type must not show what its owner has bought.
    private func creditsLeft(_ service: HealthcareService, _ context: WebContext) async throws -> Int64 {
        guard case .patient(let id) = context.who else { return 0 }
        return try await site.clinic.creditsLeft(for: service.slug, of: id)
    }

    /// Puts what was typed into the page, with what is wrong beside it.
    /// - Returns: who wants to come and when; nil where something is missing.
    func fill(
        _ page: inout BookPage, _ form: Form
    ) -> (start: Date, clinician: DiaryResource.ID?, contact: ContactDetails)? {
        if form["attempt"].count >= 20 { page.attempt = String(form["attempt"].prefix(100)) }
        PersonFields.read(form, name: &page.name, email: &page.email, phone: &page.phone)
        page.reason = FieldValue(value: String(form["reason"].prefix(2000)))
        page.discount.value = String(form["discount"].prefix(60))
        let slot = TimeGrids.parse(form["slot"])
        var faults: [ErrorSummary.Item] = []
        if slot == nil { faults.append(.init(field: "times", message: "Please choose a time.")) }
        for (field, value) in [("name", page.name), ("email", page.email), ("phone", page.phone)] {
            if let error = value.error { faults.append(.init(field: field, message: error)) }
        }
        page.errorSummary = ErrorSummary(faults)
        guard page.errorSummary == nil, let slot else { return nil }
        let contact = ContactDetails(
            name: page.name.value, email: page.email.value, phone: page.phone.value.isEmpty ? nil : page.phone.value,
            language: Catalogue.current.language)
        return (slot.start, slot.clinician, contact)
    }

    @Sendable func bookForm(_ request: Request, context: WebContext) async throws -> Response {
        let service = try await site.service(context.parameters.get("slug") ?? "")
        // What is paid first is booked from its order.
        if service.slug == Site.boughtService { return .redirect(to: "/order/\(service.slug)") }
        return try site.answer(try await bookPage(service, request, context))
    }

    @Sendable func book(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let service = try await site.service(context.parameters.get("slug") ?? "")
        if service.slug == Site.boughtService { return .redirect(to: "/order/\(service.slug)") }
        let form = try await Form(request, context)
        var page = try await bookPage(service, request, context, chosen: form["slot"])
        guard let filled = fill(&page, form) else { return try site.answer(page, status: .unprocessableContent) }
        let (start, clinician, contact) = (filled.start, filled.clinician, filled.contact)
        do {
            if page.pays {
                var order = OrderForm(
                    serviceSlug: service.slug, contact: contact, question: page.reason.value, attempt: page.attempt,
                    time: .init(start: start, clinician: clinician))
                order.discountCode = page.discount.value
                return .seeOther(try await site.clinic.order(order).paymentURL)
            }
            var owner: Patient.ID?
            if page.creditNote != nil { owner = try context.patient() }
            let answer = try await site.clinic.book(
                service: service.slug, start: start, clinician: clinician, contact: contact,
                reason: page.reason.value, idempotencyKey: "page:\(page.attempt):\(contact.normalizedEmail)",
                requestSHA256: "\(form["slot"])", byCreditOf: owner
            ) { _, url in .init(status: 303, body: url) }
            return .seeOther(String(answer.body.dropFirst(site.clinic.settings.publicURL.count)))
        } catch let error as BookingError where error.isConflict {
            // The grid again, as it is now, with everything that was typed.
            page.grid = try await grids.grid(service: service, path: "/book/\(service.slug)", request: request)
            page.errorSummary = ErrorSummary([.init(field: "times", message: error.explanation)])
            return try site.answer(page, status: .conflict)
        } catch let error as CashError {
            page.discount.error = error.explanation
            page.errorSummary = ErrorSummary([.init(field: "discount", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    // MARK: For a paid order

    private func orderKey(_ context: WebContext) -> (Order.ID, Secret) {
        (
            Order.ID(context.parameters.get("id") ?? ""),
            Secret(context.parameters.get("key") ?? "")
        )
    }

    private func choosePage(
        _ view: Clinic.OrderView, _ access: Secret, _ request: Request, _ context: WebContext
    ) async throws -> ChooseTimePage {
        let service = try await site.service(view.order.serviceSlug)
        let path = Clinic.orderPath(view.order.id, access) + "/time"
        return ChooseTimePage(
            frame: site.frame("Choose a time", context, isPrivate: true, scripts: ["local-time.js"]),
            service: site.card(of: service),
            intro: heard("Paid; nothing more is due."), action: path, attempt: Secret.random().text,
            grid: try await grids.grid(service: service, path: path, request: request))
    }

    @Sendable func chooseForm(_ request: Request, context: WebContext) async throws -> Response {
        let (id, access) = orderKey(context)
        let view = try await site.clinic.orderView(id, access: access)
        guard view.order.state == .paid, view.booking == nil else {
            return .redirect(to: Clinic.orderPath(id, access))
        }
        return try site.answer(try await choosePage(view, access, request, context))
    }

    @Sendable func choose(_ request: Request, context: WebContext) async throws -> Response {
        let (id, access) = orderKey(context)
        let form = try await Form(request, context)
        let view = try await site.clinic.orderView(id, access: access)
        do {
            guard let slot = TimeGrids.parse(form["slot"]) else {
                throw Fault.invalid([.init(name: "times", detail: "Please choose a time.")])
            }
            _ = try await site.clinic.book(order: id, access: access, start: slot.start, clinician: slot.clinician)
            return .seeOther(Clinic.orderPath(id, access) + "/booking")
        } catch BookingError.orderAlreadyBooked {
            return .seeOther(Clinic.orderPath(id, access) + "/booking")
        } catch let explained as any Explained {
            let fault = explained.fault
            guard fault.status == .conflict || fault.status == .unprocessableContent else { throw explained }
            var page = try await choosePage(view, access, request, context)
            page.errorSummary = ErrorSummary([.init(field: "times", message: fault.advice)])
            return try site.answer(page, status: fault.status)
        }
    }

    @Sendable func orderBooking(_ request: Request, context: WebContext) async throws -> Response {
        let (id, access) = orderKey(context)
        let view = try await site.clinic.orderView(id, access: access)
        guard let booking = view.booking else { return .redirect(to: Clinic.orderPath(id, access)) }
        return try site.answer(BookingPages(site: site).page(booking, email: view.patient.email, context: context))
    }

    // MARK: The booking

    private func token(_ context: WebContext) -> Secret { Secret(context.parameters.get("token") ?? "") }

    @Sendable func booking(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        let booking = try await site.clinic.booking(manage: token)
        var page = BookingPages(site: site).page(
            booking, email: nil, context: context, managePath: "/bookings/\(token.text)")
        let terms = try await site.clinic.cancellationTerms(manage: token)
        if booking.state == .confirmed, booking.end > site.clinic.clock.now() {
            page.intakeAction = "/bookings/\(token.text)/intake"
        }
        if page.canChange {
            page.changeNote = BookingPages.changeNote(terms, in: booking.timeZone)
            page.moneyBackLabel = terms.comesBack.map {
                terms.fee == nil
                    ? said("Send {price} back", ["price": Words.price($0)])
                    : said(
                        "Send {price} back, less the fee of {fee}",
                        ["price": Words.price($0), "fee": terms.fee.map(Words.price) ?? ""])
            }
            page.moneyStaysLabel = terms.paid.map { heard("Keep \(Words.price($0)) for another time") }
            if terms.fee != nil, booking.service.policy.lateFee.minorUnits > 0 { page.moveURL = nil }
        } else if booking.state == .cancelled, try await site.clinic.canBookAgain(manage: token), let paid = terms.paid
        {
            page.keptNote = heard("You have paid \(Words.price(paid)). It is kept for another time.")
            page.bookAgainURL = "/bookings/\(token.text)/again"
        }
        return try site.answer(page)
    }

    private func movePage(
        _ booking: Booking, _ token: Secret, _ request: Request, _ context: WebContext
    ) async throws -> ChooseTimePage {
        let path = "/bookings/\(token.text)/move"
        return ChooseTimePage(
            frame: site.frame("Choose another time", context, isPrivate: true, scripts: ["local-time.js"]),
            service: site.card(of: booking.service),
            intro: said(
                "You have {when}. It stays yours until you have another time.",
                ["when": Words.span(booking.start, booking.end, in: booking.timeZone)]), action: path,
            attempt: Secret.random().text,
            grid: try await grids.grid(service: booking.service, path: path, request: request, moving: booking),
            isMove: true)
    }

    private func canMove(_ booking: Booking) -> Bool {
        let now = site.clinic.clock.now()
        return booking.state == .confirmed && booking.attendance == nil && booking.start > now
    }

    @Sendable func moveForm(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        let booking = try await site.clinic.booking(manage: token)
        guard canMove(booking) else { return .redirect(to: "/bookings/\(token.text)") }
        return try site.answer(try await movePage(booking, token, request, context))
    }

    @Sendable func move(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let token = token(context)
        let form = try await Form(request, context)
        do {
            guard let slot = TimeGrids.parse(form["slot"]) else {
                throw Fault.invalid([.init(name: "times", detail: "Please choose a time.")])
            }
            _ = try await site.clinic.moveBooking(manage: token, to: slot.start, clinician: slot.clinician)
            return .seeOther("/bookings/\(token.text)")
        } catch let explained as any Explained {
            let fault = explained.fault
            guard fault.status == .conflict || fault.status == .unprocessableContent else { throw explained }
            var page = try await movePage(
                try await site.clinic.booking(manage: token), token, request, context)
            page.errorSummary = ErrorSummary([.init(field: "times", message: fault.advice)])
            return try site.answer(page, status: fault.status)
        }
    }

    @Sendable func cancel(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let token = token(context)
        let form = try await Form(request, context)
        try await site.clinic.cancelBooking(manage: token, wantsMoneyBack: form["money"] == "back")
        return .seeOther("/bookings/\(token.text)")
    }

    // MARK: Another time for a visit that stays paid

    private func againPage(
        _ token: Secret, _ request: Request, _ context: WebContext
    ) async throws -> ChooseTimePage {
        let booking = try await site.clinic.booking(manage: token)
        let path = "/bookings/\(token.text)/again"
        return ChooseTimePage(
            frame: site.frame("Choose a time", context, isPrivate: true, scripts: ["local-time.js"]),
            service: site.card(of: booking.service),
            intro: heard("Paid; nothing more is due now."), action: path, attempt: Secret.random().text,
            grid: try await grids.grid(service: booking.service, path: path, request: request), isMove: true)
    }

    @Sendable func againForm(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        guard try await site.clinic.canBookAgain(manage: token) else { return .redirect(to: "/bookings/\(token.text)") }
        return try site.answer(try await againPage(token, request, context))
    }

    @Sendable func again(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let token = token(context)
        let form = try await Form(request, context)
        do {
            guard let slot = TimeGrids.parse(form["slot"]) else {
                throw Fault.invalid([.init(name: "times", detail: "Please choose a time.")])
            }
            let manage = try await site.clinic.bookAgain(manage: token, start: slot.start, clinician: slot.clinician)
            return .seeOther("/bookings/\(manage.text)")
        } catch let explained as any Explained {
            let fault = explained.fault
            guard fault.status == .conflict || fault.status == .unprocessableContent else { throw explained }
            var page = try await againPage(token, request, context)
            page.errorSummary = ErrorSummary([.init(field: "times", message: fault.advice)])
            return try site.answer(page, status: fault.status)
        }
    }

    @Sendable func calendar(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        let text = try await site.clinic.calendarFile(manage: token)
        return .bytes(ByteBuffer(string: text), contentType: "text/calendar; charset=utf-8")
    }
}

extension BookingPages {
    /// What a change costs, in a sentence or two.
    static func changeNote(_ terms: Clinic.CancellationTerms, in zone: TimeZone) -> String {
        if let fee = terms.fee {
            return said(
                "A cancellation now is late: {fee} is due for it. To move the visit, please call us.",
                ["fee": Words.price(fee)])
        }
        let free =
            terms.freeUntil.map {
                said("You can change it for free until {when}.", ["when": Words.moment($0, in: zone)]) + " "
            } ?? ""
        return free
            + heard("Choose another time, or, if you can't come, cancel, so that somebody else can have this one.")
    }
}

/// The page of a booking, reached by its own link, by its order or by the portal.
struct BookingPages {
    let site: Site

    func page(
        _ booking: Booking, email: String?, context: WebContext, managePath: String? = nil
    ) -> BookingPage {
        let now = site.clinic.clock.now()
        let state: BookingPage.State =
            !booking.isLive(at: now) ? .cancelled : booking.end < now ? .past : .booked
        let lead =
            switch state {
            case .booked: email.map { heard("We have written to \($0). See you then.") } ?? heard("See you then.")
            case .cancelled: heard("The time is free for somebody else. Thank you for telling us.")
            case .past: heard("Thank you for coming.")
            }
        let text = site.clinic.library.services[booking.service.slug]
        let canCancel = managePath != nil && booking.start > now
        var page = BookingPage(
            frame: site.frame("Your booking", context, isPrivate: true, scripts: ["local-time.js"]), state: state,
            lead: lead,
            serviceName: heard(booking.service.name),
            when: Words.span(booking.start, booking.end, in: booking.timeZone),
            timeZoneLabel: Words.zone(booking.timeZone, at: booking.start), clinician: booking.clinician?.name ?? "",
            place: heard(site.clinic.place(of: booking)), calendarURL: managePath.map { "\($0)/appointment.ics" },
            preparation: text?.list("preparation") ?? [],
            changeNote: canCancel
                ? heard("Choose another time, or, if you can't come, cancel, so that somebody else can have this one.")
                : "",
            moveURL: canCancel && booking.state == .confirmed ? (managePath ?? "") + "/move" : nil,
            cancelAction: canCancel ? (managePath ?? "") + "/cancel" : "",
            bookAgainURL: state == .cancelled ? "/services/\(booking.service.slug)" : nil)
        page.instant = booking.start.formatted(.iso8601)
        if booking.service.modality == .telehealth, booking.state == .confirmed, state == .booked {
            page.joinAction =
                managePath.map { "\($0)/join" }
                ?? { if case .patient = context.who { "/portal/bookings/\(booking.id)/join" } else { nil } }()
        }
        page.zone = booking.timeZone.identifier
        return page
    }
}
