// SPDX-License-Identifier: Apache-2.0

import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Imaging
import Storage

/// The public pages.
struct SiteController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/", use: home)
        router.get("/services", use: services)
        router.get("/services/:slug", use: service)
        router.get("/clinicians", use: clinicians)
        router.get("/contact", use: contact)
        router.get("/articles", use: articles)
        router.get("/articles/:slug", use: article)
        router.get("/cases/:slug", use: caseStudy)
        router.get("/favicon.ico") { _, _ in Response.redirect(to: "/assets/favicon.svg", type: .permanent) }
        Feeds(site: site).add(to: router)
    }

    private func allServices() async throws -> [HealthcareService] {
        try await site.clinic.store.read { [site] in try site.clinic.services.all(in: $0) }
    }

    @Sendable func home(_ request: Request, context: WebContext) async throws -> Response {
        let services = try await allServices()
        let library = site.clinic.library
        let text = library.pages["home"]
        return try site.answer(
            HomePage(
                frame: try site.publicFrame(
                    text?["title"] ?? "Home", context, path: "/",
                    description: text?["description"] ?? site.clinic.details.name),
                heading: text?.optional("heading") ?? text?.title ?? site.clinic.details.name,
                lead: text?.optional("lead") ?? text?["summary"] ?? "",
                buyURL: "/order/\(Site.boughtService)",
                buyPrice: services.first { $0.slug == Site.boughtService }.map { Words.price($0.price) } ?? "",
                services: services.map(site.card(of:)), telehealthURL: "/request/telehealth",
                officeURL: "/request/visit", featuredCase: library.cases.first.map { teaser($0, folder: "cases") },
                articles: library.articles.prefix(3).map { teaser($0, folder: "articles") }, bodyHTML: text?.html ?? "")
        )
    }

    @Sendable func services(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(
            ServicesPage(
                frame: try site.publicFrame(
                    "Services and prices", context, path: "/services", place: .services, trail: []),
                lead: site.clinic.library.pages["services"]?["summary"]
                    ?? "What we do, how long it takes, what it costs.",
                services: try await allServices().map(site.card(of:)), telehealthURL: "/request/telehealth",
                officeURL: "/request/visit"))
    }

    @Sendable func service(_ request: Request, context: WebContext) async throws -> Response {
        let service = try await site.service(context.parameters.get("slug") ?? "")
        let text = site.clinic.library.services[service.slug]
        let card = site.card(of: service)
        return try site.answer(
            ServicePage(
                frame: try site.publicFrame(
                    service.name, context, path: card.detailURL, description: card.summary, place: .services,
                    about: [
                        .service(
                            card, price: service.price.decimalText, currency: service.price.currency,
                            url: site.clinic.settings.publicURL)
                    ], trail: [("Services", "/services")]), service: card,
                bodyHTML: text?.html ?? "",
                paymentNote: site.paymentNote(service),
                preparation: text?.list("preparation") ?? []))
    }

    @Sendable func clinicians(_ request: Request, context: WebContext) async throws -> Response {
        let services = try await allServices()
        return try site.answer(
            CliniciansPage(
                frame: try site.publicFrame("Clinicians", context, path: "/clinicians", place: .clinicians),
                lead: site.clinic.library.pages["clinicians"]?["summary"] ?? "The people you meet here.",
                clinicians: site.clinic.library.clinicians.map { text in
                    CliniciansPage.Clinician(
                        name: text.title,
                        initials: text.title.split(separator: " ").filter { $0 != "Dr." }.compactMap(\.first)
                            .prefix(2).map(String.init).joined(),
                        profession: text["profession"], languages: text["languages"], bodyHTML: text.html,
                        services: text.list("services").compactMap { slug in
                            services.first { $0.slug == slug }.map {
                                .init(label: heard($0.name), url: "/services/\(slug)")
                            }
                        })
                }))
    }

    @Sendable func contact(_ request: Request, context: WebContext) async throws -> Response {
        let text = site.clinic.library.pages["contact"]
        let zone = try await site.clinic.store.read { [site] in try site.clinic.timeZone(in: $0) }
        return try site.answer(
            ContactPage(
                frame: try site.publicFrame("Contact", context, path: "/contact", place: .contact),
                lead: text?["summary"] ?? "",
                hours: (text?.list("hours") ?? []).map { line in
                    let parts = line.split(separator: "|", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                    return .init(days: parts[0], times: parts.count > 1 ? parts[1] : "")
                },
                timeZoneLabel: Words.zone(zone, at: site.clinic.clock.now()), bodyHTML: text?.html ?? ""))
    }

    @Sendable func articles(_ request: Request, context: WebContext) async throws -> Response {
        let library = site.clinic.library
        return try site.answer(
            ArticlesPage(
                frame: try site.publicFrame("Articles and cases", context, path: "/articles", place: .articles),
                articles: library.articles.map { teaser($0, folder: "articles") },
                cases: library.cases.map { teaser($0, folder: "cases") }))
    }

    @Sendable func article(_ request: Request, context: WebContext) async throws -> Response {
        let text = try text(in: site.clinic.library.articles, context, what: "article")
        return try site.answer(
            ArticlePage(
                frame: try textFrame(text, folder: "articles", context),
                title: text.title, summary: text["summary"], author: text["author"], date: dateLabel(text),
                reviewed: text.optional("reviewed"), bodyHTML: text.html, action: action(text),
                textLanguage: text.language,
                languageNote: languageNote(text)))
    }

    @Sendable func caseStudy(_ request: Request, context: WebContext) async throws -> Response {
        let text = try text(in: site.clinic.library.cases, context, what: "case")
        var clip: CaseClip?
        if let id = text.optional("clip") {
            do { clip = try await site.clinic.caseClip(CaseClip.ID(id)) } catch ImagingError.unknownClip { clip = nil }
        }
        return try site.answer(
            CasePage(
                frame: try textFrame(
                    text, folder: "cases", context, scripts: clip == nil ? [] : ["clip.js"]),
                title: text.title, summary: text["summary"], author: text["author"], date: dateLabel(text),
                reviewed: text.optional("reviewed"), bodyHTML: text.html, action: action(text),
                textLanguage: text.language,
                languageNote: languageNote(text),
                clip: clip.map { .init(url: "/cases/clips/\($0.id)", caption: heard($0.caption)) }))
    }

    private func textFrame(
        _ text: Document, folder: String, _ context: WebContext, scripts: [String] = []
    ) throws -> Frame {
        let path = "/\(folder)/\(text.slug)"
        return try site.publicFrame(
            text.title, context, path: path, description: text["summary"], place: .articles, kind: "article",
            about: [
                .article(
                    title: text.title, summary: text["summary"], author: text["author"], date: text["date"],
                    path: path, url: site.clinic.settings.publicURL)
            ], trail: [("Articles and cases", "/articles")], scripts: scripts)
    }

    private func text(in texts: [Document], _ context: WebContext, what: String) throws -> Document {
        let slug = context.parameters.get("slug")
        guard let text = texts.first(where: { $0.slug == slug }) else { throw Fault.notFound(what) }
        return text
    }

    private func teaser(_ text: Document, folder: String) -> Teaser {
        Teaser(title: text.title, summary: text["summary"], url: "/\(folder)/\(text.slug)", date: dateLabel(text))
    }

    /// Said plainly where a text is not there in the reader's language.
    private func languageNote(_ text: Document) -> String? {
        text.language == Catalogue.current.language ? nil : said("This text is only available in English.")
    }

    private func action(_ text: Document) -> TextAction? {
        guard let label = text.optional("action"), let service = text.optional("actionService") else { return nil }
        return TextAction(label: heard(label), url: "/services/\(service)")
    }

    private func dateLabel(_ text: Document) -> String {
        guard let date = try? Date(text["date"], strategy: .iso8601.year().month().day()) else { return text["date"] }
        return Words.date(date, in: .gmt)
    }
}
