// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Hummingbird
import Payments
import Scheduling
import Storage

/// The cash desk's day, and the owner's disputes.
struct CashController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/desk/cash", use: day)
        router.post("/desk/cash/close", use: close)
        router.post("/desk/visits/:id/bill", use: bill)
        router.get("/desk/disputes", use: disputes)
    }

    private func date(_ text: String?) async throws -> (date: CivilDate, today: CivilDate) {
        let today = TimeGrids.today(clinic.clock.now(), try await clinic.timeZone())
        return (text.flatMap { CivilDate(iso: $0) } ?? today, today)
    }

    @Sendable func day(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.takePayments, context)
        let (date, today) = try await date(request.uri.queryParameters["date"].map(String.init))
        var page = try await page(date, today, actor, context)
        if request.uri.queryParameters["said"] == "closed" { page.message = "The day is closed." }
        return try site.answer(page)
    }

    private func page(
        _ date: CivilDate, _ today: CivilDate, _ actor: Actor, _ context: WebContext
    ) async throws -> CashDayPage {
        let day = try await clinic.cashDay(date, by: actor)
        let noon = Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400 + 43_200)
        func closed(_ close: DayClose) -> CashDayPage.Closed {
            .init(
                date: close.date, counted: close.countedCash.formatted, difference: close.difference.formatted,
                banked: close.banked.formatted, note: close.note)
        }
        return CashDayPage(
            frame: site.deskFrame("Cash desk", context, place: .deskCash), links: site.cashLinks("/desk/cash", actor),
            dayLabel: Words.day(noon, in: .gmt), previousURL: "/desk/cash?date=\(date.adding(days: -1))",
            todayURL: date == today ? nil : "/desk/cash", nextURL: "/desk/cash?date=\(date.adding(days: 1))",
            alarms: day.failedRefunds.map {
                Entry(
                    title: "A refund of \($0.amount.formatted) did not go", detail: $0.failure ?? "",
                    url: "/desk/orders/\($0.order)/money", badge: .bad, stateLabel: "Send it another way")
            },
            totals: day.totals.filter {
                $0.received.minorUnits != 0 || $0.returned.minorUnits != 0 || $0.method == .cash
            }
            .map {
                .init(
                    method: CashWords.method($0.method), received: $0.received.formatted,
                    returned: $0.returned.formatted,
                    net: $0.received.amount($0.received.minorUnits - $0.returned.minorUnits).formatted)
            },
            movements: day.movements.map {
                .init(
                    time: Words.time($0.at, in: day.zone), name: $0.name,
                    url: $0.order.map { "/desk/orders/\($0)/money" } ?? "/desk/cash", what: $0.what,
                    method: CashWords.method($0.method), amount: $0.amount.formatted)
            },
            closeForm: day.close == nil && date <= today
                ? .init(
                    action: "/desk/cash/close?date=\(date)", expected: day.expectedCash.formatted,
                    counted: FieldValue(), banked: FieldValue(value: "0"), note: FieldValue()) : nil,
            closed: day.close.map(closed),
            unbilled: day.unbilled.map { visit in
                .init(
                    when: Words.moment(visit.booking.start, in: day.zone), name: visit.booking.name,
                    what: visit.booking.service.name, due: visit.due.formatted,
                    action: "/desk/visits/\(visit.booking.id)/bill")
            }
                + day.fees.map { fee in
                    .init(
                        when: Words.moment(fee.placedAt, in: day.zone), name: fee.contactName, what: fee.serviceName,
                        due: fee.total.formatted, action: "/desk/orders/\(fee.id)/money", method: "get")
                },
            closes: day.closes.map(closed))
    }

    @Sendable func close(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.takePayments, context)
        let (date, today) = try await date(request.uri.queryParameters["date"].map(String.init))
        let form = try await Form(request, context)
        do {
            try await clinic.closeDay(
                date, counted: form["counted"], banked: form["banked"].isEmpty ? "0" : form["banked"],
                note: String(form["note"].prefix(500)), by: actor)
            return .seeOther("/desk/cash?date=\(date)&said=closed")
        } catch let error as CashError {
            if error == .alreadyClosed { throw error }
            var page = try await page(date, today, actor, context)
            page.closeForm?.counted = FieldValue(value: form["counted"], error: error.explanation)
            page.closeForm?.banked.value = form["banked"]
            page.closeForm?.note.value = form["note"]
            page.errorSummary = ErrorSummary([.init(field: "counted", message: error.explanation)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func bill(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.takePayments, context)
        let id = try await clinic.bill(visit: Booking.ID(context.parameters.get("id") ?? ""), by: actor)
        return .seeOther("/desk/orders/\(id)/money")
    }

    @Sendable func disputes(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeDisputes, context)
        let zone = try await clinic.timeZone()
        return try site.answer(
            DisputesPage(
                frame: site.deskFrame("Disputes", context, place: .deskCash),
                links: site.cashLinks("/desk/disputes", actor),
                disputes: try await clinic.disputes(by: actor).map { dispute, order in
                    let (badge, label) = CashWords.dispute(dispute)
                    return .init(
                        amount: dispute.amount.formatted, reason: CashWords.reason(dispute.reason),
                        openedOn: Words.date(dispute.openedAt, in: zone),
                        answerBy: dispute.isOver ? nil : dispute.answerBy.map { Words.date($0, in: zone) },
                        badge: badge, stateLabel: label, orderURL: order.map { "/desk/orders/\($0.id)/money" },
                        name: order?.contactName ?? "No order of ours")
                }))
    }
}
