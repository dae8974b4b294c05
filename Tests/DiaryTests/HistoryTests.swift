// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Scheduling
import Storage
import Testing

/// A diary kept as the plainest possible list: minutes, sets and a calendar.
private struct NaiveDiary {
    let definition: DiaryDefinition
    let now: Date
    var booked: [(booking: Booking, minutes: [DiaryResource.ID: Set<Int>])] = []
    private let calendar: Calendar

    init(definition: DiaryDefinition, now: Date) {
        self.definition = definition
        self.now = now
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = definition.zone
        self.calendar = calendar
    }

    private func wall(_ minute: Int) -> (date: CivilDate?, minute: Int) {
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: Double(minute) * 60))
        return (
            CivilDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0),
            (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
        )
    }

    private func isOpen(_ resource: DiaryResource, _ minutes: [Int]) -> Bool {
        minutes.allSatisfy { minute in
            let (date, minuteOfDay) = wall(minute)
            guard let date else { return false }
            return (resource.hours.rules[date.weekday] ?? []).contains {
                $0.opensMinute <= minuteOfDay && minuteOfDay < $0.closesMinute
            }
        }
    }

    private func isFree(_ resource: DiaryResource, _ minutes: [Int]) -> Bool {
        !booked.contains { entry in minutes.contains { entry.minutes[resource.id]?.contains($0) ?? false } }
    }

    /// What must come of a request, and which clinicians may be chosen.
    func verdict(
        _ service: HealthcareService, _ start: Date, _ clinician: DiaryResource.ID?
    ) -> (refusal: BookingError?, clinicians: Set<DiaryResource.ID>) {
        let startMinute = Int(start.timeIntervalSince1970 / 60)
        if wall(startMinute).minute % service.description.stepMinutes != 0 {
            return (.offGrid(stepMinutes: service.description.stepMinutes), [])
        }
        if start <= now { return (.inThePast, []) }
        if start < now.addingTimeInterval(Double(definition.leadMinutes) * 60) {
            return (.tooSoon(leadMinutes: definition.leadMinutes), [])
        }
        var isTaken = false
        var clinicians: Set<DiaryResource.ID> = []
        for requirement in service.description.requirements {
            let minutes = Array(
                startMinute - requirement.span.minutesBefore..<startMinute + service.durationMinutes
                    + requirement.span.minutesAfter)
            let open = requirement.candidates.compactMap { definition.resource($0) }
                .filter { requirement.kind != .clinician || clinician == nil || $0.id == clinician }
                .filter { isOpen($0, minutes) }
            if open.isEmpty { return (.outsideHours, []) }
            let free = open.filter { isFree($0, minutes) }
            if free.isEmpty { isTaken = true }
            if requirement.kind == .clinician { clinicians = Set(free.map(\.id)) }
        }
        return isTaken ? (.taken, []) : (nil, clinicians)
    }

    mutating func add(_ booking: Booking) {
        var minutes: [DiaryResource.ID: Set<Int>] = [:]
        for (requirement, claim) in zip(booking.service.description.requirements, booking.claims) {
            let start = Int(booking.start.timeIntervalSince1970 / 60)
            let end = Int(booking.end.timeIntervalSince1970 / 60)
            minutes[claim.resource.id] = Set(
                start - requirement.span.minutesBefore..<end + requirement.span.minutesAfter)
        }
        booked.append((booking, minutes))
    }
}

@Suite("Random histories against a plain list, on both engines")
struct HistoryTests {
    @Test("bookings, refusals, cancellations and slots are what a list of minutes says", arguments: 0..<4)
    func histories(seed: UInt64) async throws {
        let now = ["2026-03-06T09:10:00-05:00", "2026-10-30T06:55:00-04:00"][Int(seed) % 2]
        try await DemoClinic.onEachEngine(at: now) { clinic in
            var generator = SeededGenerator(seed: 77 + seed)
            let definition = try await clinic.definition()
            var naive = NaiveDiary(definition: definition, now: clinic.time.now)
            let today = definition.offsets.localDate(at: CellGrid.cell(containing: clinic.time.now))
            let midnight = CellGrid.instant(of: definition.offsets.cells(of: today...today).lowerBound)
            var refusals: Set<BookingError> = []
            for step in 0..<160 {
                if !naive.booked.isEmpty, Int.random(in: 0..<9, using: &generator) == 0 {
                    let index = Int.random(in: naive.booked.indices, using: &generator)
                    let booking = naive.booked.remove(at: index).booking
                    let desk = Actor.staff(StaffMember.ID("desk-1"), .desk)
                    let cancelled = try await clinic.store.write {
                        try clinic.bookings.cancel(booking.id, by: desk, in: $0)
                    }
                    #expect(cancelled.state == .cancelled)
                    continue
                }
                let service = try #require(definition.services.randomElement(using: &generator))
                let grid = [5, 15, 30, 30, 30].randomElement(using: &generator) ?? 30
                // Today, a Friday, to Monday, half an hour beyond the opening hours on each side.
                let minute =
                    ([0, 0, 1, 3].randomElement(using: &generator) ?? 2) * 1440
                    + Int.random(in: 450 / grid...1110 / grid, using: &generator) * grid
                let start = midnight.addingTimeInterval(Double(minute) * 60)
                let clinician =
                    Bool.random(using: &generator) ? service.clinicians.randomElement(using: &generator) : nil
                let expected = naive.verdict(service, start, clinician)
                let request = Bookings.Request(
                    service: service.slug, start: start, clinician: clinician, patient: Patient.ID("patient-1"),
                    name: "Pat Example")
                do {
                    let booking = try await clinic.store.write {
                        try clinic.bookings.book(request, by: .visitor, in: $0).booking
                    }
                    #expect(
                        expected.refusal == nil, "step \(step): booked, though \(String(describing: expected.refusal))")
                    #expect(expected.clinicians.contains(try #require(booking.clinician?.id)))
                    naive.add(booking)
                } catch let error as BookingError {
                    refusals.insert(error)
                    #expect(error == expected.refusal, "step \(step): \(service.slug) at \(start)")
                }
            }
            #expect(
                naive.booked.count > 20 && refusals.isSuperset(of: [.taken, .outsideHours]),
                "the history met too little: \(refusals)")
            #expect(try await clinic.differences().isEmpty)
            for service in definition.services {
                let list = try await clinic.store.read {
                    try clinic.slots.slots(service: service.slug, from: today, to: today.adding(days: 3), in: $0)
                }
                var listed: [Date: Set<DiaryResource.ID>] = [:]
                for start in list.starts { listed[start.start] = Set(list.clinicians(at: start).map(\.id)) }
                for cell in definition.offsets.cells(of: today...today.adding(days: 3)) {
                    let start = CellGrid.instant(of: cell)
                    let (refusal, clinicians) = naive.verdict(service, start, nil)
                    #expect(listed[start] == (refusal == nil ? clinicians : nil), "\(service.slug) at \(start)")
                }
            }
        }
    }
}
