// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import Scheduling
import Storage

/// What every controller of pages needs: the clinic, the templates, and the frame around a page.
struct Site: Sendable {
    let clinic: Clinic
    let pages: Pages
    let limits: RateLimits

    var isSecure: Bool { clinic.settings.publicURL.hasPrefix("https://") }

    func frame(
        _ title: String, _ context: WebContext, description: String = "", place: Frame.Place = .elsewhere,
        isPrivate: Bool = false, refreshSeconds: Int? = nil, scripts: [String] = []
    ) -> Frame {
        var isPatient = false
        if case .patient = context.who { isPatient = true }
        var frame = Frame(
            title: heard(title), description: heard(description.isEmpty ? title : description), clinic: card,
            demo: clinic.settings.isDemo, signedIn: isPatient, place: place, isPrivate: isPrivate,
            refreshSeconds: refreshSeconds, scripts: scripts)
        let current = Catalogue.current.language
        frame.language = current
        frame.languages = clinic.library.catalogues.all.map { catalogue in
            .init(
                code: catalogue.language, name: catalogue.name, url: "?language=\(catalogue.language)",
                fullURL: "\(clinic.settings.publicURL)\(context.path)?language=\(catalogue.language)",
                isCurrent: catalogue.language == current)
        }
        frame.hasLanguages = frame.languages.count > 1
        return frame
    }

    /// The frame of a page that everybody may find: with its one address and what it is about.
    func publicFrame(
        _ title: String, _ context: WebContext, path: String, description: String = "",
        place: Frame.Place = .elsewhere, kind: String = "website", about things: [StructuredData] = [],
        trail: [(name: String, path: String)] = [], scripts: [String] = []
    ) throws -> Frame {
        var frame = frame(title, context, description: description, place: place, scripts: scripts)
        let origin = clinic.settings.publicURL
        var all = [StructuredData.clinic(card, url: origin)] + things
        if !trail.isEmpty {
            let steps = [(name: card.name, path: "/")] + trail + [(name: title, path: path)]
            all.append(.breadcrumbs(steps, url: origin))
        }
        frame.publicFacts = Frame.PublicFacts(
            url: origin + path + (Catalogue.current.isEnglish ? "" : "?language=\(Catalogue.current.language)"),
            anyLanguageURL: origin + path, imageURL: "\(origin)/assets/fascia-card.png", kind: kind,
            structuredData: try StructuredData.graph(all).script())
        return frame
    }

    /// When and how much of a service is paid.
    func paymentNote(_ service: HealthcareService) -> String {
        let kept = said(
            "We keep the time for you for {n} minutes meanwhile.",
            ["n": String(Int((clinic.settings.holdSeconds / 60).rounded(.up)))])
        let price = Words.price(service.price)
        return switch service.description.payment {
        case .full where service.slug == Self.boughtService: said("You pay online, then choose your time.")
        case .atVisit: said("You pay {price} in the clinic, after the visit.", ["price": price])
        case .full: said("You pay {price} when you book.", ["price": price]) + " " + kept
        case .deposit(let amount):
            said(
                "You pay a deposit of {deposit} when you book, and the rest of {price} in the clinic.",
                ["deposit": Words.price(amount), "price": price]) + " " + kept
        }
    }

    /// The frame of the desk's pages.
    func deskFrame(
        _ title: String, _ context: WebContext, place: Frame.Place = .elsewhere, scripts: [String] = []
    ) -> Frame {
        var staff: Frame.Staff?
        if case .staff(_, let role) = context.who {
            staff = Frame.Staff(name: context.session?.name ?? role.rawValue, role: role.rawValue)
        }
        return Frame(
            title: title, description: title, clinic: card, demo: clinic.settings.isDemo, staff: staff, place: place,
            isPrivate: true, scripts: scripts)
    }

    func answer(_ page: some PageValue, status: HTTPResponse.Status = .ok) throws -> Response {
        try pages.html(page, template: type(of: page).template, status: status)
    }

    func fault(_ fault: Fault, reference: String, context: WebContext) throws -> Response {
        var onDesk = false
        if case .staff = context.who { onDesk = true }
        if fault.status == .notFound, fault.kind == Fault.notFound().kind {
            return try answer(
                NotFoundPage(
                    frame: frame("Not found", context), title: heard(fault.title), detail: heard(fault.detail)),
                status: .notFound)
        }
        return try answer(
            ErrorPage(
                frame: onDesk ? deskFrame(fault.title, context) : frame(fault.title, context, isPrivate: true),
                status: String(fault.status.code), title: heard(fault.title), detail: heard(fault.detail),
                fields: fault.fields.map { heard($0.detail) }, nextURL: onDesk ? "/desk" : "/",
                nextLabel: onDesk ? "To the desk" : said("To the home page"), reference: reference),
            status: fault.status)
    }

    private var card: Frame.ClinicCard {
        let details = clinic.details
        return Frame.ClinicCard(
            name: details.name, shortName: details.shortName, addressLines: details.addressLines, phone: details.phone,
            phoneLink: details.phoneLink, email: details.email, emergencyNumber: details.emergencyNumber)
    }

    /// A service as the public pages show it, its words from `Content/services`.
    func card(of service: HealthcareService) -> ServiceCard {
        let text = clinic.library.services[service.slug]
        let isBought = service.slug == Site.boughtService
        return ServiceCard(
            slug: service.slug, name: text?.optional("name") ?? service.name,
            summary: text?.optional("summary") ?? service.summary,
            price: Words.price(service.price), duration: said("{n} minutes", ["n": String(service.durationMinutes)]),
            modality: service.modality == .telehealth ? said("by video") : said("in the clinic"),
            actionLabel: isBought ? said("Buy now") : said("Book now"),
            actionURL: isBought ? "/order/\(service.slug)" : "/book/\(service.slug)",
            detailURL: "/services/\(service.slug)", happens: text?["happens"] ?? "")
    }

    /// The service that is ordered and paid before its time is chosen.
    static let boughtService = "3d-gait"

    func service(_ slug: String) async throws -> HealthcareService {
        guard let service = try await clinic.store.read({ [clinic] in try clinic.services.find(slug: slug, in: $0) })
        else { throw Fault.notFound("service") }
        return service
    }
}
