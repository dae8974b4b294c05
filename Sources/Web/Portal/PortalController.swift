// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import GaitLab
import Hummingbird
import Imaging
import Payments
import Storage

/// What a signed-in patient has here.
struct PortalController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/portal", use: home)
        router.get("/portal/bookings/:id", use: booking)
        router.get("/portal/orders/:id", use: order)
    }

    @Sendable func home(_ request: Request, context: WebContext) async throws -> Response {
        try await site.clinic.noteLanguage(of: try context.patient())
        let view = try await site.clinic.portal(try context.patient())
        let zone = try await site.clinic.timeZone()
        let now = site.clinic.clock.now()
        let findings = try await site.clinic.releasedFindings(of: try context.patient())
        return try site.answer(
            PortalHomePage(
                frame: site.frame("My care", context, isPrivate: true),
                greeting: said("Hello, {name}", ["name": view.patient.name]),
                exams: view.bookings.filter {
                    // From an hour before to an hour after, while the patient may be on the couch.
                    $0.state == .confirmed && $0.service.modality == .inPerson
                        && $0.start.addingTimeInterval(-3600) < now && now < $0.end.addingTimeInterval(3600)
                }.map { booking in
                    Entry(
                        title: heard("Say where it hurts"),
                        detail: heard("A slider for your phone, during the examination."),
                        url: "/portal/visits/\(booking.id)/pain", badge: .good, stateLabel: heard("Now"))
                },
                reports: findings.map { findings in
                    Entry(
                        title: heard("Your ultrasound"),
                        detail: findings.releasedAt.map { Words.date($0, in: zone) } ?? "",
                        url: "/portal/findings/\(findings.id)", badge: .good, stateLabel: heard("Ready"))
                }
                    + view.reports.map { report in
                        Entry(
                            title: heard("Your report"),
                            detail: report.releasedAt.map { Words.date($0, in: zone) } ?? "",
                            url: "/portal/reports/\(report.id)", badge: .good, stateLabel: heard("Ready"))
                    },
                bookings: view.bookings.reversed().map { booking in
                    let isOver = booking.end < now
                    let isCancelled = booking.state == .cancelled
                    return Entry(
                        title: heard(booking.service.name),
                        detail: Words.span(booking.start, booking.end, in: booking.timeZone),
                        url: "/portal/bookings/\(booking.id)", badge: isCancelled ? .bad : isOver ? .plain : .good,
                        stateLabel: isCancelled ? heard("Cancelled") : isOver ? heard("Past") : heard("Booked"))
                },
                orders: view.orders.map { order in
                    Entry(
                        title: heard(order.serviceName),
                        detail: said(
                            "{price}, ordered on {date}",
                            ["price": order.price.formatted, "date": Words.date(order.placedAt, in: zone)]),
                        url: "/portal/orders/\(order.id)", badge: OrderWords.badge(order),
                        stateLabel: OrderWords.label(order))
                }))
    }

    @Sendable func booking(_ request: Request, context: WebContext) async throws -> Response {
        let view = try await site.clinic.portal(try context.patient())
        guard let booking = view.bookings.first(where: { $0.id.description == context.parameters.get("id") }) else {
            throw Fault.notFound("booking")
        }
        // Who is signed in may change what is to come, as by the link of the confirmation.
        if booking.state == .confirmed, booking.start > site.clinic.clock.now(),
            let manage = try await site.clinic.manageLink(to: booking.id, of: try context.patient())
        {
            return .redirect(to: "/bookings/\(manage.text)")
        }
        return try site.answer(BookingPages(site: site).page(booking, email: nil, context: context))
    }

    @Sendable func order(_ request: Request, context: WebContext) async throws -> Response {
        let view = try await site.clinic.portal(try context.patient())
        guard let order = view.orders.first(where: { $0.id.description == context.parameters.get("id") }) else {
            throw Fault.notFound("order")
        }
        return try site.answer(
            try ReceiptPages.page(
                order, site: site, context: context, backURL: "/portal", zone: try await site.clinic.timeZone()))
    }
}

/// How an order's state is said.
enum OrderWords {
    static func label(_ order: Order) -> String {
        switch order.state {
        case .awaitingPayment: heard("Waiting for payment")
        case .paid: heard("Paid")
        case .expired: heard("Not paid")
        case .refunded: heard("Refunded")
        }
    }

    static func badge(_ order: Order) -> Badge {
        switch order.state {
        case .awaitingPayment: .warn
        case .paid: .good
        case .expired, .refunded: .plain
        }
    }
}
