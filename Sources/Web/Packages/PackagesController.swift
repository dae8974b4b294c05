// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Payments
import Storage

/// Packages as visitors and patients meet them: what is sold, buying it, what is left of it, sharing it.
struct PackagesController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/packages", use: list)
        router.get("/packages/:slug", use: form)
        router.post("/packages/:slug", use: buy)
        router.get("/portal/packages", use: mine)
        router.post("/portal/packages/:id/share", use: share)
        router.post("/portal/packages/:id/shares/:share/end", use: endShare)
    }

    // MARK: Buying

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        let clinic = clinic
        let offers = try await clinic.store.read { transaction in
            try clinic.packageOffers.sold(in: transaction).map {
                PackageWords.offer($0, try clinic.services.find(slug: $0.service, in: transaction))
            }
        }
        return try site.answer(
            PackagesPage(
                frame: site.frame(
                    "Packages", context, description: heard("Several sessions for less than one by one."),
                    place: .services),
                offers: offers))
    }

    private func page(_ context: WebContext) async throws -> (page: PackageOrderPage, slug: String) {
        let slug = context.parameters.get("slug") ?? ""
        let clinic = clinic
        let offer = try await clinic.store.read { transaction in
            try clinic.packageOffers.find(slug, in: transaction).flatMap { offer in
                offer.isEnded
                    ? nil : PackageWords.offer(offer, try clinic.services.find(slug: offer.service, in: transaction))
            }
        }
        guard let offer else { throw PackageError.unknownOffer }
        let page = PackageOrderPage(
            frame: site.frame(offer.name, context, place: .services), offer: offer, action: "/packages/\(slug)",
            attempt: Secret.random().text,
            termsText: said(
                "I agree to the prices and the cancellation rules of {clinic}.", ["clinic": clinic.details.name]),
            paymentNote: clinic.practice == nil
                ? heard("You enter your card on Stripe's page. Card data never reaches us.")
                : heard("This is a demonstration: a practice card page follows, and no money moves."))
        return (page, slug)
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(try await page(context).page)
    }

    @Sendable func buy(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.order, request, context)
        var (page, slug) = try await page(context)
        let form = try await Form(request, context)
        if form["attempt"].count >= 20 { page.attempt = String(form["attempt"].prefix(100)) }
        PersonFields.read(form, name: &page.name, email: &page.email, phone: &page.phone)
        page.discount.value = String(form["discount"].prefix(60))
        page.termsTicked = form.isTicked("terms")
        if !page.termsTicked { page.terms.error = "Please agree before you pay." }
        page.errorSummary = ErrorSummary(fields: [
            "name": page.name, "email": page.email, "phone": page.phone, "terms": page.terms,
        ])
        guard page.errorSummary == nil else { return try site.answer(page, status: .unprocessableContent) }
        var order = OrderForm(
            serviceSlug: slug,
            contact: ContactDetails(
                name: page.name.value, email: page.email.value,
                phone: page.phone.value.isEmpty ? nil : page.phone.value, language: Catalogue.current.language
            ),
            question: "", attempt: page.attempt)
        order.discountCode = page.discount.value
        do {
            return .seeOther(try await clinic.orderPackage(order).paymentURL)
        } catch let error as CashError {
            page.discount.error = error.explanation
            page.errorSummary = ErrorSummary([.init(field: "discount", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    // MARK: The patient's own

    private func portal(
        _ patient: Patient.ID, _ context: WebContext, message: String? = nil, error: String? = nil, field: String = ""
    ) async throws -> PortalPackagesPage {
        let zone = try await clinic.timeZone()
        let now = clinic.clock.now()
        return PortalPackagesPage(
            frame: site.frame("Your packages", context, isPrivate: true), message: message,
            errorSummary: error.flatMap { ErrorSummary([.init(field: field, message: $0)]) },
            packages: try await clinic.packages(of: patient).map {
                PackageWords.card(
                    $0, isOwner: $0.package.patient == patient, sharePath: "/portal/packages/\($0.package.id)", at: now,
                    zone: zone)
            })
    }

    @Sendable func mine(_ request: Request, context: WebContext) async throws -> Response {
        let said = ["shared": heard("They can use it now."), "ended": heard("It is no longer shared.")]
        return try site.answer(
            try await portal(
                try context.patient(), context,
                message: request.uri.queryParameters["said"].flatMap { said[String($0)] }))
    }

    private func id(_ context: WebContext) -> CreditPackage.ID { .init(context.parameters.get("id") ?? "") }

    @Sendable func share(_ request: Request, context: WebContext) async throws -> Response {
        let patient = try context.patient()
        let form = try await Form(request, context)
        let (name, email) = (String(form["name"].prefix(200)), form["email"])
        do {
            guard !name.isEmpty else { throw PackageError.badOffer("Please type the family member's name.") }
            guard ContactRules.isEmail(email) else {
                throw PackageError.badOffer("Please type the email address under which they will book.")
            }
            // Whose it is comes first: a stranger must not learn whether a package exists, nor make patients.
            guard
                try await clinic.packages(of: patient).contains(where: {
                    $0.package.id == id(context) && $0.package.patient == patient
                })
            else { throw Fault.notFound("package") }
            try await clinic.sharePackage(id(context), name: name, email: email, by: .patient(patient))
            return .seeOther("/portal/packages?said=shared")
        } catch let error as PackageError {
            return try site.answer(
                try await portal(patient, context, error: error.explanation, field: "name-\(id(context))"),
                status: .unprocessableContent)
        }
    }

    @Sendable func endShare(_ request: Request, context: WebContext) async throws -> Response {
        let patient = try context.patient()
        guard
            try await clinic.packages(of: patient).contains(where: {
                $0.package.id == id(context) && $0.package.patient == patient
            })
        else { throw Fault.notFound("package") }
        try await clinic.endShare(
            PackageShare.ID(context.parameters.get("share") ?? ""), of: id(context), by: .patient(patient))
        return .seeOther("/portal/packages?said=ended")
    }
}
