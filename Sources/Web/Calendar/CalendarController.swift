// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Scheduling
import ServiceLifecycle
import Storage

/// The staff's calendar: the page, what is on it, what is done on it, and word of every change.
struct CalendarController {
    let site: Site
    private static let mostDays = 31

    func add(to router: Router<WebContext>) {
        let calendar = router.group("desk/calendar")
        calendar.get("", use: page)
        calendar.get("data", use: data)
        calendar.get("changes", use: changes)
        calendar.get("patients", use: patients)
        calendar.post("bookings", use: create)
        calendar.post("series", use: createSeries)
        calendar.post("series/:id/move", use: moveSeries)
        calendar.post("series/:id/cancel", use: cancelSeries)
        calendar.get("bookings/:id/fit", use: fit)
        calendar.post("bookings/:id/move", use: move)
        calendar.post("bookings/:id/attendance", use: attend)
        calendar.post("bookings/:id/cancel", use: cancel)
        calendar.post("bookings/:id/restore", use: restore)
        calendar.post("blocks", use: block)
        calendar.post("blocks/:id/remove", use: unblock)
    }

    @Sendable func page(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeDay, context)
        let zone = try await site.clinic.timeZone()
        let today = TimeGrids.today(site.clinic.clock.now(), zone)
        let date = request.uri.queryParameters["date"].flatMap { CivilDate(iso: $0) } ?? today
        func choices(_ name: String, _ values: [(String, String)]) -> [Choice] {
            let wanted = request.uri.queryParameters[name[...]].map(String.init)
            let chosen = values.contains { $0.0 == wanted } ? wanted : values.first?.0
            return values.map { .init(value: $0.0, label: $0.1, isChosen: $0.0 == chosen) }
        }
        return try site.answer(
            CalendarPage(
                frame: site.deskFrame("Calendar", context, place: .deskCalendar, scripts: ["calendar.js"]),
                date: date.description, calls: actor.may(.holdCalls) ? "yes" : nil,
                views: choices("view", [("day", "Day"), ("week", "Week")]),
                kinds: choices("by", [("clinician", "Clinicians"), ("room", "Rooms"), ("device", "Devices")]),
                listURL: "/desk?date=\(date)"))
    }

    @Sendable func data(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeDay, context)
        guard let from = request.uri.queryParameters["from"].flatMap({ CivilDate(iso: $0) }),
            let to = request.uri.queryParameters["to"].flatMap({ CivilDate(iso: $0) }), from <= to,
            to.daysSince1970 - from.daysSince1970 < Self.mostDays
        else { throw Fault.badRequest("Say from and to as YYYY-MM-DD, at most \(Self.mostDays) days.") }
        let view = try await site.clinic.calendar(from...to, by: actor)
        return .json(CalendarAnswer(view, dates: from...to, now: site.clinic.clock.now()))
    }

    /// Server-sent events (HTML Standard §9.2): the revision whenever it rises. The stream ends after ten minutes, so that
    /// a revoked session does not go on listening; the browser then asks again.
    @Sendable func changes(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.seeDay, context)
        let watch = RevisionWatch(clinic: site.clinic)
        let events = AsyncStream(unfolding: { await watch.next() }).cancelOnGracefulShutdown()
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody(asyncSequence: events))
    }

    @Sendable func patients(_ request: Request, context: WebContext) async throws -> Response {
        struct Found: Encodable {
            let name: String
            let email: String
            let phone: String?
        }
        let actor = try await site.staff(.changeBookings, context)
        let typed = request.uri.queryParameters["q"].map(String.init) ?? ""
        let found = try await site.clinic.searchPatients(typed, by: actor)
        return .json(found.map { Found(name: $0.name, email: $0.email, phone: $0.phone) })
    }

    // MARK: What is done

    /// Where on the calendar, as the browser says it.
    struct Place: Decodable {
        var date: String
        var minute: Int
        var minutes: Int?
        var clinician: String?
        var resources: [String]?
        var isOverride: Bool?
        var sequence: Int?
    }

    func decode<T: Decodable>(_ type: T.Type, _ request: Request) async throws -> T {
        var request = request
        let body = try await request.collectBody(upTo: 16 << 10)
        guard let value = try? JSONDecoder().decode(type, from: Data(body.readableBytesView)) else {
            throw Fault.badRequest("The body has not the form that the calendar sends.")
        }
        return value
    }

    func target(_ place: Place) async throws -> Clinic.Target {
        Clinic.Target(
            start: try await instant(place.date, place.minute), clinician: place.clinician.map { DiaryResource.ID($0) },
            resources: (place.resources ?? []).map { DiaryResource.ID($0) }, durationMinutes: place.minutes,
            isOverride: place.isOverride ?? false)
    }

    private func instant(_ date: String, _ minute: Int) async throws -> Date {
        guard let date = CivilDate(iso: date), let start = try await site.clinic.instant(on: date, minuteOfDay: minute)
        else {
            throw Fault.invalid([.init(name: "minute", detail: "The clock skips this time on that day, or it is none.")]
            )
        }
        return start
    }

    private func booking(_ context: WebContext) -> Booking.ID { Booking.ID(context.parameters.get("id") ?? "") }

    private func answer(_ booking: Booking) async throws -> Response {
        let offsets = try await site.clinic.zoneOffsets()
        return .json(CalendarAnswer.Visit(booking, offsets: offsets))
    }

    struct NewVisit: Decodable {
        let service: String
        let name: String
        let email: String
        let phone: String?
        let place: Place
        /// For a series: the weekdays, Monday is 1, and how many visits.
        let weekdays: [Int]?
        let count: Int?
    }

    func contact(_ wanted: NewVisit) throws -> ContactDetails {
        let name = wanted.name.trimmingCharacters(in: .whitespacesAndNewlines)
        let email = wanted.email.trimmingCharacters(in: .whitespacesAndNewlines)
        var faults: [Fault.Field] = []
        if name.isEmpty || name.count > 200 { faults.append(.init(name: "name", detail: "Please type the name.")) }
        if !ContactRules.isEmail(email) { faults.append(.init(name: "email", detail: "This is no email address.")) }
        guard faults.isEmpty else { throw Fault.invalid(faults) }
        return ContactDetails(name: name, email: email, phone: wanted.phone)
    }

    @Sendable func create(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.changeBookings, context)
        let wanted = try await decode(NewVisit.self, request)
        return try await answer(
            try await site.clinic.bookAtDesk(
                try contact(wanted), service: wanted.service, target: try await target(wanted.place), by: actor))
    }

    @Sendable func fit(_ request: Request, context: WebContext) async throws -> Response {
        struct Answer: Encodable {
            let fits: Bool
            let canOverride: Bool
            let reasons: [String]
        }
        let actor = try await site.staff(.changeBookings, context)
        let query = request.uri.queryParameters
        guard let date = query["date"].map(String.init), let minute = query["minute"].flatMap({ Int($0) }) else {
            throw Fault.badRequest("Say date and minute.")
        }
        let place = Place(
            date: date, minute: minute, minutes: query["minutes"].flatMap { Int($0) },
            clinician: query["clinician"].map(String.init), resources: query["resource"].map { [String($0)] })
        let fit = try await site.clinic.fit(booking(context), try await target(place), by: actor)
        let answer =
            switch fit {
            case .free: Answer(fits: true, canOverride: false, reasons: [])
            case .blocked(let reasons): Answer(fits: false, canOverride: true, reasons: reasons)
            case .impossible(let error): Answer(fits: false, canOverride: false, reasons: [error.explanation])
            }
        return .json(answer)
    }

    @Sendable func move(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.changeBookings, context)
        let place = try await decode(Place.self, request)
        return try await answer(
            try await site.clinic.move(
                booking(context), to: try await target(place), sequence: place.sequence, by: actor))
    }

    @Sendable func attend(_ request: Request, context: WebContext) async throws -> Response {
        struct Wanted: Decodable { let attendance: Booking.Attendance? }
        let actor = try await site.staff(.changeBookings, context)
        let wanted = try await decode(Wanted.self, request)
        return try await answer(try await site.clinic.attend(booking(context), wanted.attendance, by: actor))
    }

    @Sendable func cancel(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.cancelBookings, context)
        return try await answer(try await site.clinic.cancelAtDesk(booking(context), by: actor))
    }

    @Sendable func restore(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.changeBookings, context)
        return try await answer(try await site.clinic.restore(booking(context), by: actor))
    }

    @Sendable func block(_ request: Request, context: WebContext) async throws -> Response {
        struct Wanted: Decodable {
            let resource: String
            let date: String
            let minute: Int
            let minutes: Int
            let reason: String
        }
        struct Answer: Encodable { let id: String }
        let actor = try await site.staff(.changeBookings, context)
        let wanted = try await decode(Wanted.self, request)
        let start = try await instant(wanted.date, wanted.minute)
        let block = try await site.clinic.block(
            DiaryResource.ID(wanted.resource), from: start,
            to: start.addingTimeInterval(Double(min(max(wanted.minutes, 5), 44_640)) * 60), reason: wanted.reason,
            by: actor)
        return .json(Answer(id: block.id.description), status: .created)
    }

    @Sendable func unblock(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.changeBookings, context)
        try await site.clinic.unblock(Block.ID(context.parameters.get("id") ?? ""), by: actor)
        return Response(status: .noContent)
    }
}
