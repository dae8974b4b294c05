// SPDX-License-Identifier: Apache-2.0

import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Scheduling
import Storage

/// Makes the week of free times out of the diary's slots.
struct TimeGrids {
    let site: Site

    /// - Parameters:
    ///   - path: the page, with its query if it has one, to which the filter and the week are added.
    ///   - chosen: a slot's value that stays chosen while the form is corrected.
    ///   - moving: a booking that is to be moved; what it takes itself is offered too.
    func grid(
        service: HealthcareService, path: String, request: Request, chosen: String? = nil, moving: Booking? = nil,
        isMany: Bool = false
    ) async throws -> TimeGrid {
        let clinic = site.clinic
        let now = clinic.clock.now()
        let zone = try await clinic.timeZone()
        let today = Self.today(now, zone)
        let asked = request.uri.queryParameters["from"].flatMap { CivilDate(iso: $0) } ?? today
        let from = max(asked, today)
        let wanted = request.uri.queryParameters["clinician"].map(String.init).flatMap { $0.isEmpty ? nil : $0 }
        let clinician = wanted.map { DiaryResource.ID($0) }
        let (week, later) = try await clinic.store.read { transaction in
            (
                try clinic.slots.slots(
                    service: service.slug, from: from, to: from.adding(days: 6), clinician: clinician,
                    moving: moving?.id, in: transaction),
                try clinic.slots.slots(
                    service: service.slug, from: from.adding(days: 7), to: from.adding(days: 60), clinician: clinician,
                    moving: moving?.id, in: transaction)
            )
        }
        let everyone = try await clinic.clinicians(of: service)
        func url(_ date: CivilDate) -> String {
            let separator = path.contains("?") ? "&" : "?"
            return "\(path)\(separator)from=\(date)" + (wanted.map { "&clinician=\($0)" } ?? "")
        }
        let days = (0..<7).map { offset -> TimeGrid.Day in
            let date = from.adding(days: offset)
            let noon = Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400 + 43_200)
            return TimeGrid.Day(
                weekday: Words.weekday(noon, in: .gmt), date: Words.dayOfMonth(noon, in: .gmt),
                slots: Self.tellTwins(
                    week.starts.filter { $0.localDate == date }.compactMap { start in
                        guard let first = week.clinicians(at: start).first else { return nil }
                        let value = "\(start.startText) \(first.id)"
                        return TimeGrid.Slot(
                            value: value, time: Words.time(start.start, in: zone), instant: start.startText,
                            zone: zone.identifier,
                            clinician: wanted == nil ? first.name : nil, isChosen: value == chosen,
                            field: isMany ? Self.fieldPrefix + value.replacing(" ", with: "/") : nil)
                    }))
        }
        let nextFree = later.starts.first?.localDate
        return TimeGrid(
            filterURL: path, from: from.description,
            clinicians: everyone.map {
                .init(id: $0.id.description, name: $0.name, isChosen: $0.id.description == wanted)
            },
            timeZoneLabel: Words.zone(zone, at: now), rangeLabel: rangeLabel(from),
            previousURL: from > today ? url(max(today, from.adding(days: -7))) : nil,
            nextURL: nextFree == nil ? nil : url(from.adding(days: 7)),
            isEmptyWeek: week.starts.isEmpty, nextFreeURL: nextFree.map(url),
            nextFreeLabel: nextFree.map { date in
                Words.day(Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400 + 43_200), in: .gmt)
            }, days: days, waitlistURL: isMany || moving != nil ? nil : "/waitlist/\(service.slug)")
    }

    /// In the night when an hour comes twice, its times say which of the two they are.
    static func tellTwins(_ slots: [TimeGrid.Slot]) -> [TimeGrid.Slot] {
        let counts = Dictionary(slots.map { ($0.time, 1) }, uniquingKeysWith: +)
        return slots.map { slot in
            var slot = slot
            if counts[slot.time, default: 0] > 1 { slot.time += " (UTC\(slot.instant.suffix(6)))" }
            return slot
        }
    }

    static func today(_ now: Date, _ zone: TimeZone) -> CivilDate {
        let seconds = Int(now.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: now)
        return CivilDate(daysSince1970: Int((Double(seconds) / 86_400).rounded(.down)))
    }

    private static let fieldPrefix = "slot:"

    /// The ticked times of a form in which several may be ticked.
    static func ticked(_ form: Form) -> [(start: Date, clinician: DiaryResource.ID?)] {
        form.ticked(fieldPrefix).compactMap { parse($0.replacing("/", with: " ")) }
    }

    /// What a form's field `slot` says.
    static func parse(_ value: String) -> (start: Date, clinician: DiaryResource.ID?)? {
        let parts = value.split(separator: " ").map(String.init)
        guard let text = parts.first, let start = try? Date(text, strategy: .iso8601) else { return nil }
        return (start, parts.count > 1 ? DiaryResource.ID(parts[1]) : nil)
    }

    private func rangeLabel(_ from: CivilDate) -> String {
        func noon(_ date: CivilDate) -> Date {
            Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400 + 43_200)
        }
        return said(
            "{first} to {last}",
            [
                "first": Words.dayOfMonth(noon(from), in: .gmt),
                "last": Words.date(noon(from.adding(days: 6)), in: .gmt),
            ])
    }
}
