// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import GaitLab
import Hummingbird
import Payments
import Scheduling
import Storage

/// The desk's day and its list of orders.
struct DeskController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk", use: day)
        router.get("/desk/orders", use: orders)
    }

    @Sendable func day(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeDay, context)
        let clinic = site.clinic
        let zone = try await clinic.timeZone()
        let today = TimeGrids.today(clinic.clock.now(), zone)
        let date = request.uri.queryParameters["date"].flatMap { CivilDate(iso: $0) } ?? today
        let view = try await clinic.day(date, by: actor)
        let bounces = try await clinic.openBounceCount()
        let disputes = actor.may(.seeDisputes) ? try await clinic.openDisputes() : 0
        let noon = Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400 + 43_200)
        return try site.answer(
            DeskDayPage(
                frame: site.deskFrame("Today", context, place: .deskDay), dayLabel: Words.day(noon, in: .gmt),
                previousURL: "/desk?date=\(date.adding(days: -1))", todayURL: date == today ? nil : "/desk",
                nextURL: "/desk?date=\(date.adding(days: 1))",
                alarms: DeskDayPage.alarms(
                    emergencies: try await clinic.openEmergencyCount(), maySee: actor.may(.seeCare))
                    + DeskDayPage.alarms(care: actor.may(.seeCare) ? try await clinic.openAlarms(by: actor) : [])
                    + DeskDayPage.alarms(waitingStudies: try await clinic.waitingStudyCount())
                    + DeskDayPage.alarms(bounces: bounces) + DeskDayPage.alarms(disputes: disputes)
                    + view.faults.map {
                        .init(
                            tone: .bad, title: "The books need a look", detail: $0, url: "/desk/orders",
                            actionLabel: "Look"
                        )
                    },
                bookings: view.bookings.map { booking in
                    .init(
                        time: Words.hours(booking.start, booking.end, in: booking.timeZone), patient: booking.name,
                        url: booking.orderID.map { "/desk/orders/\($0)" }, service: booking.service.name,
                        clinician: booking.clinician?.name ?? "",
                        resources: ([booking.room?.name].compactMap { $0 } + booking.devices.map(\.name))
                            .joined(separator: ", "),
                        badge: booking.state == .cancelled ? .bad : .good,
                        stateLabel: booking.state == .cancelled ? "Cancelled" : "Booked",
                        loopsURL: actor.may(.seeLoops) ? "/desk/visits/\(booking.id)/loops" : nil,
                        careURL: actor.may(.seeCare) ? "/desk/patients/\(booking.patient)/care" : nil,
                        callURL: booking.service.modality == .telehealth && booking.state == .confirmed
                            ? actor.may(.holdCalls) ? "/desk/visits/\(booking.id)/call" : "/desk/video?date=\(date)"
                            : nil)
                },
                waiting: view.waiting.map { order in
                    Entry(
                        title: order.contactName, detail: "\(order.serviceName), order \(order.reference)",
                        url: "/desk/orders/\(order.id)", badge: .warn, stateLabel: "No recording yet")
                }))
    }

    @Sendable func orders(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeOrders, context)
        let zone = try await site.clinic.timeZone()
        let list = try await site.clinic.orderList(by: actor)
        return try site.answer(
            DeskOrdersPage(
                frame: site.deskFrame("Orders", context, place: .deskOrders), filters: [],
                orders: list.map { item in
                    .init(
                        orderedOn: Words.date(item.order.placedAt, in: zone), patient: item.order.contactName,
                        url: "/desk/orders/\(item.order.id)", service: item.order.serviceName,
                        payment: OrderWords.label(item.order), paymentBadge: OrderWords.badge(item.order),
                        booked: item.booking.map { Words.moment($0.start, in: $0.timeZone) } ?? "no time yet",
                        report: item.report.map { $0.isReleased ? "Released" : "Draft" } ?? "None yet",
                        reportBadge: item.report.map { $0.isReleased ? .good : .warn } ?? .plain)
                }))
    }
}

extension Site {
    /// The acting member of staff; outside a demonstration a second key must be set up first.
    func staff(_ permission: Permission, _ context: WebContext) async throws -> Actor {
        let actor = try context.staff(permission)
        if context.session != nil, case .staff(let id, _) = actor, try await !clinic.hasSecondKey(id) {
            throw Fault.secondKeyNeeded
        }
        return actor
    }
}
