// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// Booking from other sites: a script that inserts a frame, and the pages inside of it. They need no cookie, and only the sites
/// that the owner named may show them.
struct WidgetController {
    let site: Site
    private var booking: BookingController { BookingController(site: site) }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/widget.js", use: script)
        router.get("/widget", use: services)
        router.get("/widget/:slug", use: form)
        router.post("/widget/:slug", use: book)
        router.get("/widget/:slug/booked/:token", use: booked)
        router.get("/desk/clinic/widget", use: settings)
        router.post("/desk/clinic/widget", use: saveSettings)
    }

    // MARK: For other sites

    /// The loader, from an address of its own: it is named in other people's pages for years.
    @Sendable func script(_ request: Request, context: WebContext) async throws -> Response {
        guard let url = Bundle.module.url(forResource: "Assets/widget.js", withExtension: nil),
            let bytes = try? Data(contentsOf: url)
        else { throw Fault.notFound("file") }
        var response = Response.bytes(ByteBuffer(bytes: bytes), contentType: "text/javascript; charset=utf-8")
        response.headers[.cacheControl] = "public, max-age=3600"
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
        return response
    }

    private func frame(_ title: String, _ context: WebContext) -> Frame {
        site.frame(title, context, isPrivate: true, scripts: ["widget-frame.js", "local-time.js"])
    }

    /// An answer that the named sites may show inside of theirs.
    private func answer(_ page: some PageValue, status: HTTPResponse.Status = .ok) async throws -> Response {
        var response = try site.answer(page, status: status)
        let origins = try await site.clinic.embeddingOrigins()
        response.headers[.frameAncestors] = (["'self'"] + origins).joined(separator: " ")
        return response
    }

    /// An address of the widget that keeps the language which the page around it asked for: there is no cookie to keep it.
    private func address(_ path: String, _ request: Request) -> String {
        guard request.uri.queryParameters["language"] != nil else { return path }
        return "\(path)?language=\(Catalogue.current.language)"
    }

    @Sendable func services(_ request: Request, context: WebContext) async throws -> Response {
        let services = try await site.clinic.store.read { [site] in try site.clinic.services.all(in: $0) }
        return try await answer(
            WidgetServicesPage(
                frame: frame("Book", context),
                doors: services.map { service in
                    let leaves = service.slug == Site.boughtService
                    return .init(
                        service: site.card(of: service),
                        url: address(leaves ? "/order/\(service.slug)" : "/widget/\(service.slug)", request),
                        target: leaves ? "_top" : "_self")
                }))
    }

    private func page(
        _ service: HealthcareService, _ request: Request, _ context: WebContext, chosen: String? = nil
    ) async throws -> WidgetPage {
        // Whoever is signed in at the clinic is a stranger here: the page belongs to another site.
        var visitor = context
        visitor.who = .visitor
        visitor.session = nil
        var book = try await booking.bookPage(
            service, request, visitor, chosen: chosen, path: address("/widget/\(service.slug)", request))
        book.grid.waitlistURL = nil
        if request.uri.queryParameters["language"] != nil { book.grid.language = Catalogue.current.language }
        if book.pays { book.action = address("/book/\(service.slug)", request) }
        return WidgetPage(
            frame: frame("Book \(service.name)", visitor), book: book, formTarget: book.pays ? "_top" : "_self",
            servicesURL: address("/widget", request))
    }

    private func service(_ context: WebContext) async throws -> HealthcareService {
        let service = try await site.service(context.parameters.get("slug") ?? "")
        guard service.slug != Site.boughtService else { throw Fault.notFound("service") }
        return service
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        try await answer(try await page(try await service(context), request, context))
    }

    @Sendable func book(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let service = try await service(context)
        let form = try await Form(request, context)
        var page = try await page(service, request, context, chosen: form["slot"])
        let filled = booking.fill(&page.book, form)
        guard let filled, !page.book.pays else { return try await answer(page, status: .unprocessableContent) }
        do {
            let kept = try await site.clinic.book(
                service: service.slug, start: filled.start, clinician: filled.clinician, contact: filled.contact,
                reason: page.book.reason.value,
                idempotencyKey: "page:\(page.book.attempt):\(filled.contact.normalizedEmail)",
                requestSHA256: "\(form["slot"])"
            ) { _, url in .init(status: 303, body: url) }
            let token = kept.body.split(separator: "/").last ?? ""
            return .seeOther(address("/widget/\(service.slug)/booked/\(token)", request))
        } catch let error as BookingError where error.isConflict {
            page.book.grid = try await self.page(service, request, context).book.grid
            page.book.errorSummary = ErrorSummary([.init(field: "times", message: error.explanation)])
            return try await answer(page, status: .conflict)
        }
    }

    @Sendable func booked(_ request: Request, context: WebContext) async throws -> Response {
        let token = Secret(context.parameters.get("token") ?? "")
        let booking = try await site.clinic.booking(manage: token)
        return try await answer(
            WidgetBookedPage(
                frame: frame("You are booked", context), serviceName: heard(booking.service.name),
                when: Words.span(booking.start, booking.end, in: booking.timeZone),
                timeZoneLabel: Words.zone(booking.timeZone, at: booking.start),
                place: heard(site.clinic.place(of: booking)),
                manageURL: address("/bookings/\(token.text)", request)))
    }

    // MARK: The owner's

    private func settingsPage(_ context: WebContext) async throws -> OwnerWidgetPage {
        let origin = site.clinic.settings.publicURL
        let services = try await site.clinic.store.read { [site] in try site.clinic.services.all(in: $0) }
        func snippet(_ id: String, _ label: String, _ data: String) -> OwnerWidgetPage.Snippet {
            .init(id: id, label: label, code: "<script async src=\"\(origin)/widget.js\"\(data)></script>")
        }
        return OwnerWidgetPage(
            frame: site.deskFrame("Booking on other sites", context, place: .deskClinic),
            origins: FieldValue(value: try await site.clinic.embeddingOrigins().joined(separator: "\n")),
            snippets: [snippet("all", "All services", "")]
                + services.filter { $0.slug != Site.boughtService }.map {
                    snippet($0.slug, $0.name, " data-service=\"\($0.slug)\"")
                })
    }

    @Sendable func settings(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageDiary, context)
        return try site.answer(try await settingsPage(context))
    }

    @Sendable func saveSettings(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageDiary, context)
        let form = try await Form(request, context)
        do {
            try await site.clinic.setEmbeddingOrigins(form["origins"], by: actor)
        } catch let fault as Embedding.NotAnOrigin {
            var page = try await settingsPage(context)
            page.origins = FieldValue(
                value: form["origins"],
                error: "\"\(fault.text)\" is no address of a site. Write one like https://www.example.org.")
            page.errorSummary = ErrorSummary(fields: ["origins": page.origins])
            return try site.answer(page, status: .unprocessableContent)
        }
        var page = try await settingsPage(context)
        page.message = "Saved. These sites can show the booking from now on."
        return try site.answer(page)
    }
}
