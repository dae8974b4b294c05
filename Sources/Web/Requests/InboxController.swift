// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Hummingbird
import Storage

/// The desk's inbox of requests: nobody waits unseen.
struct InboxController {
    let site: Site
    /// A request without an answer for longer than this is loud.
    private static let overdueSeconds = 24 * 3600.0
    private static let validity = [(4, "4 hours"), (24, "1 day"), (48, "2 days"), (72, "3 days")]

    func add(to router: Router<WebContext>) {
        router.get("/desk/requests", use: inbox)
        router.get("/desk/requests/:id", use: request)
        router.post("/desk/requests/:id/offer", use: offer)
        router.post("/desk/requests/:id/close", use: close)
    }

    static func age(_ seconds: TimeInterval) -> String {
        let minutes = max(0, Int(seconds / 60))
        switch minutes {
        case 0..<2: return "just now"
        case 2..<120: return "\(minutes) minutes"
        case 120..<2880: return "\(minutes / 60) hours"
        default: return "\(minutes / 1440) days"
        }
    }

    private func state(_ waiting: CareRequests.Waiting, _ now: Date) -> (badge: Badge, label: String, overdue: Bool) {
        if waiting.isOffered { return (.plain, "Times offered", false) }
        let isOverdue = now.timeIntervalSince(waiting.since) > Self.overdueSeconds
        if isOverdue { return (.bad, "Overdue", true) }
        switch waiting.offer?.answer {
        case .declined: return (.warn, "Declined, wants others", false)
        default: return (.warn, waiting.offer == nil ? "New" : "Offer ran out", false)
        }
    }

    @Sendable func inbox(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.answerRequests, context)
        let now = site.clinic.clock.now()
        let zone = try await site.clinic.timeZone()
        let items = try await site.clinic.requestInbox(by: actor).map { waiting -> InboxPage.Item in
            let (badge, label, overdue) = state(waiting, now)
            let kind = waiting.request.modality == .telehealth ? "by video" : "in the clinic"
            return .init(
                url: "/desk/requests/\(waiting.request.id)", name: waiting.request.name,
                detail: "\(waiting.request.region), \(kind)", age: Self.age(now.timeIntervalSince(waiting.since)),
                badge: badge, stateLabel: label, isOverdue: overdue)
        }
        let list = try await site.clinic.waitlist(by: actor).map { item in
            InboxPage.Waiting(
                name: item.entry.name, service: item.service.name,
                wanted: "\(item.entry.firstDate) to \(item.entry.lastDate)",
                since: Words.date(item.entry.joinedAt, in: zone))
        }
        let overdue = items.filter(\.isOverdue).count
        return try site.answer(
            InboxPage(
                frame: site.deskFrame("Requests", context, place: .deskRequests),
                overdue: overdue == 0
                    ? nil
                    : overdue == 1
                        ? "1 person has waited longer than a day." : "\(overdue) people have waited longer than a day.",
                items: items, hasItems: !items.isEmpty, waiting: list, hasWaiting: !list.isEmpty))
    }

    private func page(
        _ id: CareRequest.ID, _ actor: Actor, _ request: Request, _ context: WebContext, service slug: String?
    ) async throws -> RequestDeskPage {
        let now = site.clinic.clock.now()
        let details = try await site.clinic.careRequest(id, by: actor)
        let asked = details.request
        let zone = try await site.clinic.timeZone()
        let services = try await site.clinic.store.read { [clinic = site.clinic] in try clinic.services.all(in: $0) }
        let fallback =
            services.first { $0.modality == asked.modality && $0.slug != Site.boughtService } ?? services.first
        let service = services.first { $0.slug == slug } ?? fallback
        let path = "/desk/requests/\(id)"
        let isOpen = details.offer?.offer.isOpen(at: now) ?? false
        return RequestDeskPage(
            frame: site.deskFrame("Request of \(asked.name)", context, place: .deskRequests), name: asked.name,
            kicker: asked.modality == .telehealth ? "Wants a video visit" : "Wants to come in",
            age: Self.age(now.timeIntervalSince(asked.askedAt)),
            badge: asked.closedAt != nil ? .plain : isOpen ? .good : .warn,
            stateLabel: asked.closedAt != nil ? "Closed" : isOpen ? "Times offered" : "Waits for an answer",
            problem: asked.problem, region: asked.region,
            preferred: asked.preferred.isEmpty ? "Nothing said" : asked.preferred, email: details.patient.email,
            phone: details.patient.phone,
            offered: isOpen
                ? details.offer?.bookings.map { "\(Words.moment($0.start, in: zone)), \($0.clinician?.name ?? "")" }
                    ?? []
                : [], hasOffered: isOpen,
            offeredUntil: isOpen ? details.offer.map { Words.moment($0.offer.endsAt, in: zone) } : nil,
            action: asked.closedAt == nil && service != nil ? "\(path)/offer" : nil, closeAction: "\(path)/close",
            closedReason: asked.closedReason,
            services: services.filter { $0.modality == asked.modality || asked.modality == .inPerson }
                .map { Choice(value: $0.slug, label: $0.name, isChosen: $0.slug == service?.slug) },
            serviceURL: path, service: service?.slug ?? "",
            grid: try await grid(service, path: path, request: request),
            validity: Self.validity.map { Choice(value: String($0.0), label: $0.1, isChosen: $0.0 == 24) })
    }

    private func grid(_ service: HealthcareService?, path: String, request: Request) async throws -> TimeGrid? {
        guard let service else { return nil }
        return try await TimeGrids(site: site).grid(
            service: service, path: "\(path)?service=\(service.slug)", request: request, isMany: true)
    }

    private func id(_ context: WebContext) -> CareRequest.ID { CareRequest.ID(context.parameters.get("id") ?? "") }

    @Sendable func request(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.answerRequests, context)
        let slug = request.uri.queryParameters["service"].map(String.init)
        return try site.answer(try await page(id(context), actor, request, context, service: slug))
    }

    @Sendable func offer(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.answerRequests, context)
        let form = try await Form(request, context)
        do {
            let times = TimeGrids.ticked(form)
            try await site.clinic.offer(
                id(context), service: form["service"], times: times,
                hours: Int(form["hours"]) ?? 24, note: form["note"], by: actor)
            return .seeOther("/desk/requests/\(id(context))")
        } catch let explained as any Explained {
            let fault = explained.fault
            guard fault.status == .conflict || fault.status == .unprocessableContent else { throw explained }
            var page = try await page(id(context), actor, request, context, service: form["service"])
            page.note = FieldValue(value: form["note"])
            page.errorSummary = ErrorSummary([.init(field: "times", message: fault.detail)])
            return try site.answer(page, status: fault.status)
        }
    }

    @Sendable func close(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.answerRequests, context)
        let form = try await Form(request, context)
        let reason = form["reason"].isEmpty ? "closed" : String(form["reason"].prefix(200))
        try await site.clinic.closeRequest(id(context), reason: reason, by: actor)
        return .seeOther("/desk/requests")
    }
}
