// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Storage

/// "Request Telehealth", "Request in-office visit", and the offers that answer them.
struct RequestController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/request/:kind", use: form)
        router.post("/request/:kind", use: ask)
        router.get("/requests/:token", use: status)
        router.get("/offers/:token", use: offer)
        router.post("/offers/:token/accept", use: accept)
        router.post("/offers/:token/decline", use: decline)
    }

    private func token(_ context: WebContext) -> Secret { Secret(context.parameters.get("token") ?? "") }

    private func modality(_ context: WebContext) throws -> HealthcareService.Modality {
        switch context.parameters.get("kind") {
        case "telehealth": return .telehealth
        case "visit": return .inPerson
        default: throw Fault.notFound()
        }
    }

    private func page(_ modality: HealthcareService.Modality, _ context: WebContext, region: String) -> RequestPage {
        let isVideo = modality == .telehealth
        return RequestPage(
            frame: site.frame(isVideo ? "Request Telehealth" : "Request in-office visit", context),
            heading: isVideo ? heard("Request Telehealth") : heard("Request an in-office visit"),
            intro:
                heard(
                    "Tell us what is wrong and when you can come. A clinician reads it, and we answer with times within one "
                        + "working day. It costs nothing to ask."),
            action: isVideo ? "/request/telehealth" : "/request/visit", attempt: Secret.random().text,
            regions: CareRequest.regions.map { Choice(value: $0, label: heard($0), isChosen: $0 == region) },
            otherURL: isVideo ? "/request/visit" : "/request/telehealth",
            otherLabel: isVideo
                ? heard("Ask for a visit in the clinic instead") : heard("Ask for a video visit instead"))
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(page(try modality(context), context, region: ""))
    }

    @Sendable func ask(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let modality = try modality(context)
        let form = try await Form(request, context)
        var page = page(modality, context, region: form["region"])
        if form["attempt"].count >= 20 { page.attempt = String(form["attempt"].prefix(100)) }
        page.region = FieldValue(
            value: form["region"],
            error: CareRequest.regions.contains(form["region"]) ? nil : "Please choose where it hurts.")
        page.problem = FieldValue(
            value: form["problem"],
            error: form["problem"].isEmpty
                ? heard("Please tell us what is wrong, in a sentence or two.")
                : form["problem"].count > 2000 ? heard("Please shorten this to 2000 characters.") : nil)
        page.preferred = FieldValue(
            value: form["preferred"],
            error: form["preferred"].count > 500 ? "Please shorten this to 500 characters." : nil)
        PersonFields.read(form, name: &page.name, email: &page.email, phone: &page.phone)
        page.errorSummary = ErrorSummary(fields: [
            "region": page.region, "problem": page.problem, "preferred": page.preferred, "name": page.name,
            "email": page.email, "phone": page.phone,
        ])
        guard page.errorSummary == nil else { return try site.answer(page, status: .unprocessableContent) }
        let path = try await site.clinic.askForVisit(
            ContactDetails(
                name: page.name.value, email: page.email.value,
                phone: page.phone.value.isEmpty ? nil : page.phone.value, language: Catalogue.current.language),
            modality: modality, region: page.region.value, problem: page.problem.value,
            preferred: page.preferred.value, attempt: page.attempt)
        return .seeOther(path)
    }

    @Sendable func status(_ request: Request, context: WebContext) async throws -> Response {
        let asked = try await site.clinic.request(access: token(context))
        let zone = try await site.clinic.timeZone()
        let when = Words.moment(asked.askedAt, in: zone)
        let (heading, lead) =
            switch asked.closedReason {
            case nil:
                (
                    heard("We have your request"),
                    heard("You asked us on \(when). We answer by mail within one working day.")
                )
            case "booked": (heard("You are booked"), heard("The details are in your mail. See you then."))
            default: (heard("This request is closed"), heard("If you still need us, ask again, or call us."))
            }
        return try site.answer(
            AnswerPage(
                frame: site.frame(heading, context, isPrivate: true), kicker: heard("Your request"), heading: heading,
                lead: lead))
    }

    // MARK: Offers

    private func offerPage(_ view: Offers.View, _ token: Secret, _ context: WebContext) -> AnswerPage {
        let now = site.clinic.clock.now()
        let zone = view.bookings.first?.timeZone ?? .gmt
        func page(_ heading: String, _ lead: String) -> AnswerPage {
            AnswerPage(
                frame: site.frame(heading, context, isPrivate: true),
                kicker: heard(view.bookings.first?.service.name ?? ""), heading: heading, lead: lead)
        }
        if let booking = view.accepted {
            return page(
                heard("You are booked"),
                Words.span(booking.start, booking.end, in: zone) + ". " + heard("The details are in your mail."))
        }
        if view.offer.answer == .declined {
            return page(
                heard("Thank you for telling us"),
                heard("These times are free for others again. We look for something else."))
        }
        guard view.offer.isOpen(at: now) else {
            var over = page(
                heard("This offer is over"), heard("Its times are free for others again. Ask us for new ones."))
            over.actions = [.init(url: "/request/visit", label: heard("Ask again"), isLink: true)]
            return over
        }
        var open = page(
            view.bookings.count == 1
                ? heard("We have a time for you") : heard("We have \(view.bookings.count) times for you"),
            heard("Kept for you alone until \(Words.moment(view.offer.endsAt, in: zone))."))
        open.note = view.offer.note.isEmpty ? nil : view.offer.note
        open.times = view.bookings.enumerated().map { index, booking in
            .init(
                value: booking.id.description, when: Words.span(booking.start, booking.end, in: zone),
                detail: [booking.clinician?.name, site.clinic.place(of: booking)].compactMap { $0 }.joined(
                    separator: ", "),
                isFirst: index == 0)
        }
        open.hasTimes = true
        open.zone = Words.zone(zone, at: now)
        open.acceptURL = "/offers/\(token.text)/accept"
        open.actions = [.init(url: "/offers/\(token.text)/decline", label: heard("None of these suits me"))]
        return open
    }

    @Sendable func offer(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        return try site.answer(offerPage(try await site.clinic.offer(access: token), token, context))
    }

    @Sendable func accept(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let token = token(context)
        let form = try await Form(request, context)
        do {
            try await site.clinic.acceptOffer(access: token, booking: Booking.ID(form["booking"]))
        } catch OfferError.ended {
            // The page itself says so.
        }
        return .seeOther("/offers/\(token.text)")
    }

    @Sendable func decline(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let token = token(context)
        do { try await site.clinic.declineOffer(access: token) } catch OfferError.ended {}
        return .seeOther("/offers/\(token.text)")
    }
}
