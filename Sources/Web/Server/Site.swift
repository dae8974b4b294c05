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
        return Frame(
            title: title, description: description.isEmpty ? title : description, clinic: card,
            demo: clinic.settings.isDemo, signedIn: isPatient, place: place, isPrivate: isPrivate,
            refreshSeconds: refreshSeconds, scripts: scripts)
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
                NotFoundPage(frame: frame("Not found", context), title: fault.title, detail: fault.detail),
                status: .notFound)
        }
        return try answer(
            ErrorPage(
                frame: onDesk ? deskFrame(fault.title, context) : frame(fault.title, context, isPrivate: true),
                status: String(fault.status.code), title: fault.title, detail: fault.detail,
                fields: fault.fields.map(\.detail), nextURL: onDesk ? "/desk" : "/",
                nextLabel: onDesk ? "To the desk" : "To the home page", reference: reference),
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
            slug: service.slug, name: service.name,
            summary: text?.optional("summary") ?? service.summary,
            price: Words.price(service.price), duration: "\(service.durationMinutes) minutes",
            modality: service.modality == .telehealth ? "by video" : "in the clinic",
            actionLabel: isBought ? "Buy now" : "Book now",
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
