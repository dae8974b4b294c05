// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Hummingbird
import Payments
import Scheduling
import Storage

/// The owner's discount codes and tax rates.
struct PricesController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/desk/prices", use: prices)
        router.post("/desk/prices/codes", use: addCode)
        router.post("/desk/prices/codes/:code/end", use: endCode)
        router.post("/desk/prices/tax", use: setTax)
    }

    @Sendable func prices(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageMoney, context)
        var page = try await page(actor, context)
        if request.uri.queryParameters["said"] == "done" { page.message = "Saved." }
        return try site.answer(page)
    }

    private func page(_ actor: Actor, _ context: WebContext) async throws -> PricesPage {
        let clinic = clinic
        let (codes, rates, services, zone) = try await clinic.store.read { transaction in
            (
                try clinic.discountCodes.list(in: transaction), try TaxRates().all(in: transaction),
                try clinic.services.all(in: transaction), try clinic.timeZone(in: transaction)
            )
        }
        let names = Dictionary(services.map { ($0.slug, $0.name) }) { first, _ in first }
        let now = clinic.clock.now()
        return PricesPage(
            frame: site.deskFrame("Codes and tax", context, place: .deskCash),
            links: site.cashLinks("/desk/prices", actor),
            codes: codes.map { code in
                let off =
                    code.kind == .percent
                    ? "\(code.value) % off" : "\(Money(minorUnits: code.value, currency: code.currency).formatted) off"
                let isOver = code.isEnded || code.validUntil.map { $0 <= now } ?? false
                return .init(
                    code: code.code,
                    detail: [
                        "\(off) \(code.service.map { names[$0] ?? $0 } ?? "everything")",
                        code.validUntil.map { "until \(Words.date($0.addingTimeInterval(-1), in: zone))" },
                    ].compactMap { $0 }.joined(separator: ", "),
                    uses: code.mostUses.map { "\(code.uses) of \($0)" } ?? "\(code.uses)",
                    endAction: isOver ? nil : "/desk/prices/codes/\(code.code)/end", badge: isOver ? .plain : .good,
                    stateLabel: isOver ? "Over" : "Valid")
            },
            services: [MenuChoice(value: "", label: "Everything")]
                + services.map { MenuChoice(value: $0.slug, label: $0.name) },
            rates: rates.map { "\($0.rate.formatted) on \($0.service.map { names[$0] ?? $0 } ?? "everything else")" })
    }

    @Sendable func addCode(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageMoney, context)
        let form = try await Form(request, context)
        let clinic = clinic
        do {
            let currency = try await clinic.store.read { try clinic.currency(in: $0) }
            let isPercent = form["kind"] != "amount"
            guard
                let value = isPercent
                    ? Int64(form["value"].filter(\.isNumber))
                    : Money(typed: form["value"], currency: currency)?.minorUnits
            else { throw CashError.badCode("Type what it takes off: 10 for ten per cent, or an amount.") }
            var until: Date?
            if !form["until"].isEmpty {
                guard let date = CivilDate(iso: form["until"]) else { throw CashError.badCode("Type a date.") }
                until = try await clinic.store.read { try clinic.bounds(of: date, in: $0).1 }
            }
            if !form["most"].isEmpty, Int64(form["most"]) == nil {
                throw CashError.badCode("Type how often it may be used, as a number.")
            }
            let (end, most, now) = (until, Int64(form["most"]), clinic.clock.now())
            try await clinic.store.write { transaction in
                try clinic.discountCodes.add(
                    form["code"], kind: isPercent ? .percent : .amount, value: value, currency: currency,
                    service: form["service"].isEmpty ? nil : form["service"], validFrom: nil, validUntil: end,
                    mostUses: most, at: now, in: transaction)
                try clinic.audit.record(
                    "code.add", patient: nil, subject: "code/\(DiscountCode.normalized(form["code"]))", by: actor,
                    at: now, in: transaction)
            }
            return .seeOther("/desk/prices?said=done")
        } catch let error as CashError {
            var page = try await page(actor, context)
            page.code = FieldValue(value: form["code"], error: error.explanation)
            page.value.value = form["value"]
            page.until.value = form["until"]
            page.most.value = form["most"]
            page.errorSummary = ErrorSummary([.init(field: "code", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func endCode(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageMoney, context)
        let code = context.parameters.get("code") ?? ""
        let (clinic, now) = (clinic, clinic.clock.now())
        try await clinic.store.write { transaction in
            try clinic.discountCodes.end(code, in: transaction)
            try clinic.audit.record(
                "code.end", patient: nil, subject: "code/\(code)", by: actor, at: now, in: transaction)
        }
        return .seeOther("/desk/prices?said=done")
    }

    @Sendable func setTax(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageMoney, context)
        let form = try await Form(request, context)
        let typed = form["rate"].replacing("%", with: "").trimmingCharacters(in: .whitespaces)
        guard let percent = Decimal(string: typed, locale: Locale(identifier: "en_US_POSIX")), !typed.isEmpty,
            let rate = TaxRate(Int64(truncating: (percent * 10) as NSDecimalNumber)),
            Decimal(rate.tenthsOfPercent) == percent * 10
        else {
            var page = try await page(actor, context)
            let why = "Type a rate from 0 to 100 per cent with one digit after the point, such as 8.1."
            page.rate = FieldValue(value: form["rate"], error: why)
            page.errorSummary = ErrorSummary([.init(field: "rate", message: why)])
            return try site.answer(page, status: .unprocessableContent)
        }
        let (clinic, now) = (clinic, clinic.clock.now())
        try await clinic.store.write { transaction in
            try TaxRates().set(rate, for: form["service"].isEmpty ? nil : form["service"], in: transaction)
            try clinic.audit.record(
                "tax.set", patient: nil, subject: "tax/\(form["service"])", detail: ["rate": rate.formatted], by: actor,
                at: now, in: transaction)
        }
        return .seeOther("/desk/prices?said=done")
    }
}
