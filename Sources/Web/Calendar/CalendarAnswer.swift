// SPDX-License-Identifier: Apache-2.0

import Clinic
import Diary
import Foundation
import Scheduling
import Storage

/// What the calendar draws, in wall time: a date, minutes since its midnight, so that the browser counts no zones.
struct CalendarAnswer: Encodable {
    struct Resource: Encodable {
        let id: String
        let kind: String
        let name: String
        let title: String
        /// By date: the open intervals, in minutes since midnight.
        let hours: [String: [[Int]]]
    }

    struct Service: Encodable {
        let slug: String
        let name: String
        let minutes: Int
        let step: Int
        let isTelehealth: Bool
        let clinicians: [String]
    }

    struct Claim: Encodable {
        let resource: String
        /// Minutes from the visit's start to the claim's start and end; cleaning reaches beyond the visit.
        let from: Int
        let to: Int
        let overlaps: Bool
    }

    struct Visit: Encodable {
        let id: String
        let sequence: Int
        let date: String
        let minute: Int
        let minutes: Int
        let name: String
        let service: String
        let slug: String
        let state: String
        let attendance: String?
        let series: String?
        let order: String?
        /// Seconds since 1970, for a time that is only kept.
        let heldUntil: Int?
        let claims: [Claim]
    }

    struct BlockedTime: Encodable {
        let id: String
        let resource: String
        let date: String
        let minute: Int
        let minutes: Int
        let reason: String
    }

    let revision: Int64
    let timeZone: String
    /// Now, by the clinic's clock.
    let today: String
    let minuteNow: Int
    let dates: [String]
    let resources: [Resource]
    let services: [Service]
    let visits: [Visit]
    let blocks: [BlockedTime]

    init(_ view: Clinic.CalendarView, dates: ClosedRange<CivilDate>, now: Date) {
        let definition = view.definition
        let offsets = definition.offsets
        let days = (dates.lowerBound.daysSince1970...dates.upperBound.daysSince1970).map {
            CivilDate(daysSince1970: $0)
        }
        let cell = CellGrid.cell(containing: now)
        revision = view.revision
        timeZone = definition.zone.identifier
        today = offsets.localDate(at: cell).description
        minuteNow = offsets.localMinute(at: cell)
        self.dates = days.map(\.description)
        resources = definition.resources.map { resource in
            Resource(
                id: resource.id.description, kind: resource.kind.rawValue, name: resource.name, title: resource.title,
                hours: Dictionary(
                    uniqueKeysWithValues: days.map { day in
                        (day.description, resource.hours.intervals(on: day).map { [$0.opensMinute, $0.closesMinute] })
                    }))
        }
        services = definition.services.map {
            Service(
                slug: $0.slug, name: $0.name, minutes: $0.durationMinutes, step: $0.description.stepMinutes,
                isTelehealth: $0.modality == .telehealth, clinicians: $0.clinicians.map(\.description))
        }
        visits = view.bookings.filter { $0.isLive(at: now) || ($0.state == .cancelled && $0.cancellation != .expired) }
            .map { Visit($0, offsets: offsets) }
        blocks = view.blocks.map { block in
            let first = CellGrid.cell(containing: block.start)
            return BlockedTime(
                id: block.id.description, resource: block.resource.id.description,
                date: offsets.localDate(at: first).description, minute: offsets.localMinute(at: first),
                minutes: Int(block.end.timeIntervalSince(block.start) / 60), reason: block.reason)
        }
    }
}

extension CalendarAnswer.Visit {
    init(_ booking: Booking, offsets: ZoneOffsets) {
        let cell = CellGrid.cell(containing: booking.start)
        func minutes(_ date: Date) -> Int { Int(date.timeIntervalSince(booking.start) / 60) }
        self.init(
            id: booking.id.description, sequence: booking.sequence, date: offsets.localDate(at: cell).description,
            minute: offsets.localMinute(at: cell), minutes: booking.durationMinutes, name: booking.name,
            service: booking.service.name, slug: booking.service.slug, state: booking.state.rawValue,
            attendance: booking.attendance?.rawValue, series: booking.series, order: booking.orderID,
            heldUntil: booking.heldUntil.map { Int($0.timeIntervalSince1970) },
            claims: booking.claims.map {
                .init(
                    resource: $0.resource.id.description, from: minutes($0.start), to: minutes($0.end),
                    overlaps: $0.overlaps)
            })
    }
}
