// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import Hummingbird
import Payments
import Storage

/// Packages at the desk.
struct DeskPackagesController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/desk/packages", use: list)
        router.get("/desk/packages/:id", use: show)
        router.post("/desk/packages/:id/refund", use: refund)
        router.post("/desk/packages/:id/share", use: share)
        router.post("/desk/packages/:id/shares/:share/end", use: endShare)
    }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.managePackages, context)
        let search = request.uri.queryParameters["patient"].map(String.init) ?? ""
        let zone = try await clinic.timeZone()
        let now = clinic.clock.now()
        return try site.answer(
            DeskPackagesPage(
                frame: site.deskFrame("Packages", context, place: .deskCash),
                links: site.cashLinks("/desk/packages", actor), search: search,
                packages: try await clinic.packageList(search: search, by: actor).map { view in
                    let (badge, label) = PackageWords.state(view, at: now)
                    return .init(
                        owner: view.owner.name, url: "/desk/packages/\(view.package.id)", name: view.package.name,
                        left: "\(view.balance.available) of \(view.package.credits)",
                        validUntil: Words.date(view.package.expiresAt, in: zone), badge: badge, stateLabel: label)
                }))
    }

    private func id(_ context: WebContext) -> CreditPackage.ID { .init(context.parameters.get("id") ?? "") }

    private func page(
        _ actor: Actor, _ context: WebContext, _ form: Form = .empty
    ) async throws -> DeskPackagePage {
        let view = try await clinic.package(id(context), by: actor)
        let zone = try await clinic.timeZone()
        let left = view.balance.available
        let mayRefund = actor.may(.refundPayments) && left > 0 && view.refundable.minorUnits > 0
        let worth = "All \(left) that are left are worth \(view.refundWorth.formatted)."
        let documents = try await clinic.orderMoney(view.package.order, by: actor).documents
        return DeskPackagePage(
            frame: site.deskFrame(view.package.name, context, place: .deskCash),
            links: site.cashLinks("/desk/packages", actor),
            package: PackageWords.card(
                view, isOwner: true, sharePath: "/desk/packages/\(view.package.id)", at: clinic.clock.now(), zone: zone),
            moneyURL: "/desk/orders/\(view.package.order)/money",
            refundForm: mayRefund
                ? .init(
                    action: "/desk/packages/\(view.package.id)/refund", attempt: OrderMoneyController.attempt(form),
                    credits: FieldValue(value: form["credits"].isEmpty ? "\(left)" : form["credits"]),
                    methods: CashWords.methods(
                        OrderMoneyController.returnMethods(documents), chosen: form["method"]),
                    note: view.refundWorth.minorUnits > view.refundable.minorUnits
                        ? "\(worth) No more than \(view.refundable.formatted) of the payment can go back." : worth)
                : nil)
    }

    @Sendable func show(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.managePackages, context)
        let said = [
            "refunded": "The refund is on its way, and the sessions are gone.", "shared": "They can use it now.",
            "ended": "It is no longer shared.",
        ]
        var page = try await page(actor, context)
        page.message = request.uri.queryParameters["said"].flatMap { said[String($0)] }
        return try site.answer(page)
    }

    @Sendable func refund(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.refundPayments, context)
        let form = try await Form(request, context)
        guard let method = PaymentMethod(rawValue: form["method"]) else {
            throw Fault.badRequest("Choose how it goes back.")
        }
        let why: String
        do {
            try await clinic.refundPackage(
                id(context), credits: Int64(form["credits"]) ?? 0, method: method,
                reason: String(form["reason"].prefix(500)), formAttempt: OrderMoneyController.attempt(form), by: actor)
            return .seeOther("/desk/packages/\(id(context))?said=refunded")
        } catch let error as CashError {
            why = error.explanation
        } catch let error as PackageError {
            if error == .unknownPackage { throw error }
            why = error.explanation
        }
        var page = try await page(actor, context, form)
        page.refundForm?.credits.error = why
        page.errorSummary = ErrorSummary([.init(field: "credits", message: why)])
        return try site.answer(page, status: .unprocessableContent)
    }

    @Sendable func share(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.managePackages, context)
        let form = try await Form(request, context)
        do {
            _ = try await clinic.package(id(context), by: actor)
            guard !form["name"].isEmpty, ContactRules.isEmail(form["email"]) else {
                throw PackageError.badOffer("Please type the family member's name and email address.")
            }
            try await clinic.sharePackage(
                id(context), name: String(form["name"].prefix(200)), email: form["email"], by: actor)
            return .seeOther("/desk/packages/\(id(context))?said=shared")
        } catch let error as PackageError {
            if error == .unknownPackage { throw error }
            var page = try await page(actor, context)
            page.errorSummary = ErrorSummary([.init(field: "name-\(id(context))", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func endShare(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.managePackages, context)
        try await clinic.endShare(
            PackageShare.ID(context.parameters.get("share") ?? ""), of: id(context), by: actor)
        return .seeOther("/desk/packages/\(id(context))?said=ended")
    }
}
