// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import Scheduling
import Storage

// Series of visits on the calendar: booked, moved and cancelled as one.
extension CalendarController {
    /// "Twelve, on Tuesdays and Fridays at 10:15": all of them, or the names of those that can't be had.
    @Sendable func createSeries(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.changeBookings, context)
        let wanted = try await decode(NewVisit.self, request)
        let weekdays = Set((wanted.weekdays ?? []).compactMap { Weekday(rawValue: $0) })
        guard !weekdays.isEmpty, let count = wanted.count, (2...52).contains(count) else {
            throw Fault.invalid([.init(name: "count", detail: "Choose the weekdays, and 2 to 52 visits.")])
        }
        let offsets = try await site.clinic.zoneOffsets()
        do {
            let booked = try await site.clinic.bookSeriesAtDesk(
                try contact(wanted), service: wanted.service, target: try await target(wanted.place),
                weekdays: weekdays, count: count, by: actor)
            return .json(booked.map { CalendarAnswer.Visit($0, offsets: offsets) })
        } catch BookingError.seriesTaken(let starts) {
            throw try await taken(starts, "Nothing was booked")
        }
    }

    /// "All of them a week later", "all at 14:00", "all with somebody else".
    @Sendable func moveSeries(_ request: Request, context: WebContext) async throws -> Response {
        struct Wanted: Decodable {
            let days: Int
            let minute: Int?
            let clinician: String?
        }
        let actor = try await site.staff(.changeBookings, context)
        let wanted = try await decode(Wanted.self, request)
        guard (-366...366).contains(wanted.days), wanted.minute.map({ (0..<1440).contains($0) }) ?? true else {
            throw Fault.invalid([.init(name: "days", detail: "Move by at most a year, to a time of the day.")])
        }
        do {
            let moved = try await site.clinic.moveSeries(
                context.parameters.get("id") ?? "", byDays: wanted.days, minuteOfDay: wanted.minute,
                clinician: wanted.clinician.map { DiaryResource.ID($0) }, by: actor)
            return try await answer(moved)
        } catch BookingError.seriesTaken(let starts) {
            throw try await taken(starts, "Nothing was moved")
        }
    }

    @Sendable func cancelSeries(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.cancelBookings, context)
        return try await answer(
            try await site.clinic.cancelSeries(context.parameters.get("id") ?? "", by: actor))
    }

    private func answer(_ bookings: [Booking]) async throws -> Response {
        let offsets = try await site.clinic.zoneOffsets()
        return .json(bookings.map { CalendarAnswer.Visit($0, offsets: offsets) })
    }

    private func taken(_ starts: [Date], _ what: String) async throws -> Fault {
        let zone = try await site.clinic.timeZone()
        return Fault(
            status: .conflict, kind: "series-taken", title: "Some of these times can't be had",
            detail: "\(what), because these can't be had: "
                + starts.map { Words.moment($0, in: zone) }.joined(separator: "; ") + ".")
    }
}
