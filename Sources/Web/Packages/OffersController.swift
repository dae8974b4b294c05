// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Hummingbird
import Payments
import Storage

/// The packages that the clinic sells; the owner's to say.
struct OffersController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/clinic/packages", use: list)
        router.post("/desk/clinic/packages", use: sell)
        router.post("/desk/clinic/packages/:slug/end", use: end)
    }

    private func page(_ context: WebContext, message: String? = nil) async throws -> OwnerOffersPage {
        let clinic = site.clinic
        let (offers, services) = try await clinic.store.read { transaction in
            (try clinic.packageOffers.sold(in: transaction), try clinic.services.all(in: transaction))
        }
        let names = Dictionary(services.map { ($0.slug, $0.name) }) { first, _ in first }
        return OwnerOffersPage(
            frame: site.deskFrame("Packages for sale", context, place: .deskClinic), message: message,
            offers: offers.map { offer in
                .init(
                    name: offer.name,
                    detail: "\(offer.credits) × \(names[offer.service] ?? offer.service), \(offer.price.formatted), "
                        + "valid for \(offer.validDays) days",
                    endAction: "/desk/clinic/packages/\(offer.slug)/end")
            }, services: services.map { Choice(value: $0.slug, label: $0.name) },
            policies: [
                Choice(value: "keep", label: "A session cancelled late, or missed, is used"),
                Choice(value: "giveBack", label: "Every session that does not take place comes back"),
            ])
    }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageMoney, context)
        let said = request.uri.queryParameters["said"]
        return try site.answer(
            try await page(
                context,
                message: said == "sold"
                    ? "It is for sale." : said == "ended" ? "It is sold no more; what was sold stays good." : nil))
    }

    @Sendable func sell(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageMoney, context)
        let form = try await Form(request, context)
        let clinic = site.clinic
        let now = clinic.clock.now()
        do {
            let (currency, service) = try await clinic.store.read { transaction in
                (try clinic.currency(in: transaction), try clinic.services.find(slug: form["service"], in: transaction))
            }
            guard let service else { throw PackageError.badOffer("Choose the service that it pays for.") }
            guard let price = Money(typed: form["price"], currency: currency) else {
                throw PackageError.badOffer("Write the price like 594.00.")
            }
            guard let credits = Int64(form["credits"]), let days = Int64(form["days"]) else {
                throw PackageError.badOffer("Write sessions and days as numbers.")
            }
            let offer = PackageOffer(
                slug: form["slug"], name: form["name"], summary: String(form["summary"].prefix(500)),
                service: service.slug, credits: credits, price: price, validDays: days,
                latePolicy: form["policy"] == "giveBack" ? .giveBack : .keep)
            try await clinic.store.write { transaction in
                try clinic.packageOffers.add(offer, in: transaction)
                try clinic.audit.record(
                    "package.sell", patient: nil, subject: "offer/\(offer.slug)", by: actor, at: now, in: transaction)
            }
            return .seeOther("/desk/clinic/packages?said=sold")
        } catch let error as PackageError {
            var page = try await page(context)
            page.slug.value = form["slug"]
            page.name = FieldValue(value: form["name"], error: error.explanation)
            page.summary.value = form["summary"]
            page.credits.value = form["credits"]
            page.price.value = form["price"]
            page.days.value = form["days"]
            page.services = page.services.map {
                Choice(value: $0.value, label: $0.label, isChosen: $0.value == form["service"])
            }
            page.errorSummary = ErrorSummary([.init(field: "name", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func end(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageMoney, context)
        let slug = context.parameters.get("slug") ?? ""
        let clinic = site.clinic
        let now = clinic.clock.now()
        try await clinic.store.write { transaction in
            try clinic.packageOffers.end(slug, in: transaction)
            try clinic.audit.record(
                "package.end", patient: nil, subject: "offer/\(slug)", by: actor, at: now, in: transaction)
        }
        return .seeOther("/desk/clinic/packages?said=ended")
    }
}
