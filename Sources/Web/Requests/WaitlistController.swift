// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Scheduling
import Storage

/// Joining and leaving the waitlist.
struct WaitlistController {
    let site: Site
    private static let hours: [(String, String, ClosedRange<Int>)] = [
        ("any", "At any time", 0...1439), ("morning", "In the morning, before 12", 0...719),
        ("midday", "Around noon, 11 to 14", 660...840), ("afternoon", "In the afternoon, after 12", 720...1439),
        ("evening", "Late, after 16", 960...1439),
    ]

    func add(to router: Router<WebContext>) {
        router.get("/waitlist/:slug", use: form)
        router.post("/waitlist/:slug", use: join)
        router.get("/waitlist/entries/:token", use: entry)
        router.post("/waitlist/entries/:token/leave", use: leave)
    }

    private func page(
        _ service: HealthcareService, _ context: WebContext, clinician: String = "", hours: String = "any"
    ) async throws -> WaitlistPage {
        let people = try await site.clinic.clinicians(of: service)
        let today = TimeGrids.today(site.clinic.clock.now(), try await site.clinic.timeZone())
        return WaitlistPage(
            frame: site.frame("Waitlist for \(service.name)", context), service: site.card(of: service),
            action: "/waitlist/\(service.slug)", attempt: Secret.random().text,
            clinicians: [Choice(value: "", label: heard("Anybody"), isChosen: clinician.isEmpty)]
                + people.map {
                    Choice(value: $0.id.description, label: $0.name, isChosen: $0.id.description == clinician)
                },
            hours: Self.hours.map { Choice(value: $0.0, label: heard($0.1), isChosen: $0.0 == hours) },
            from: FieldValue(value: today.description), to: FieldValue(value: today.adding(days: 28).description))
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(try await page(try await site.service(context.parameters.get("slug") ?? ""), context))
    }

    @Sendable func join(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let service = try await site.service(context.parameters.get("slug") ?? "")
        let form = try await Form(request, context)
        var page = try await page(service, context, clinician: form["clinician"], hours: form["hours"])
        if form["attempt"].count >= 20 { page.attempt = String(form["attempt"].prefix(100)) }
        let from = CivilDate(iso: form["from"])
        let to = CivilDate(iso: form["to"])
        page.from = FieldValue(
            value: form["from"], error: from == nil ? "Please give the first day that suits you." : nil)
        page.to = FieldValue(value: form["to"], error: to == nil ? "Please give the last day that suits you." : nil)
        if let from, let to, to < from { page.to.error = "The last day must not be before the first." }
        PersonFields.read(form, name: &page.name, email: &page.email, phone: &page.phone)
        page.errorSummary = ErrorSummary(fields: [
            "from": page.from, "to": page.to, "name": page.name, "email": page.email, "phone": page.phone,
        ])
        guard page.errorSummary == nil, let from, let to else {
            return try site.answer(page, status: .unprocessableContent)
        }
        let minutes = Self.hours.first { $0.0 == form["hours"] }?.2 ?? 0...1439
        let clinician = form["clinician"].isEmpty ? nil : DiaryResource.ID(form["clinician"])
        if let clinician, !service.clinicians.contains(clinician) {
            throw BookingError.clinicianDoesNotOffer(service: service.name)
        }
        return .seeOther(
            try await site.clinic.joinWaitlist(
                ContactDetails(
                    name: page.name.value, email: page.email.value,
                    phone: page.phone.value.isEmpty ? nil : page.phone.value, language: Catalogue.current.language),
                service: service, clinician: clinician, dates: from...to, minutes: minutes, attempt: page.attempt))
    }

    @Sendable func entry(_ request: Request, context: WebContext) async throws -> Response {
        let token = Secret(context.parameters.get("token") ?? "")
        let (entry, service) = try await site.clinic.waitlistEntry(access: token)
        let heading =
            entry.leftAt == nil ? heard("You are on the waitlist") : heard("You are not on the waitlist any more")
        var page = AnswerPage(
            frame: site.frame(heading, context, isPrivate: true), kicker: heard(service.name), heading: heading,
            lead: entry.leftAt == nil
                ? heard(
                    "As soon as a time that suits you becomes free, we keep it for you alone for a while and write to you."
                )
                : heard("Thank you for telling us."))
        if entry.leftAt == nil {
            page.actions = [
                .init(url: "/waitlist/entries/\(token.text)/leave", label: heard("Leave the waitlist")),
                .init(url: "/book/\(service.slug)", label: heard("See what is free now"), isLink: true),
            ]
        }
        return try site.answer(page)
    }

    @Sendable func leave(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let token = Secret(context.parameters.get("token") ?? "")
        try await site.clinic.leaveWaitlist(access: token)
        return .seeOther("/waitlist/entries/\(token.text)")
    }
}
