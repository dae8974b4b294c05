// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Scheduling
import Storage
import Testing

/// What is taken, as minutes of named resources: no cells, no masks, no database.
private struct TakenMinutes {
    var claims: [(owner: String, resource: DiaryResource.ID, minutes: Range<Int>, heldUntil: Date?)] = []

    func isFree(_ resource: DiaryResource.ID, _ minutes: Range<Int>, at now: Date, except owner: String? = nil) -> Bool
    {
        !claims.contains {
            $0.owner != owner && $0.resource == resource && $0.minutes.overlaps(minutes)
                && ($0.heldUntil.map { $0 > now } ?? true)
        }
    }

    /// Whether each requirement has somebody free, all of whose hours are open.
    func hasRoom(_ service: HealthcareService, _ start: Date, at now: Date, except owner: String? = nil) -> Bool {
        let minute = Int(start.timeIntervalSince1970 / 60)
        return service.description.requirements.allSatisfy { requirement in
            let span =
                minute - requirement.span.minutesBefore..<minute + service.durationMinutes
                + requirement.span.minutesAfter
            return requirement.candidates.contains { isFree($0, span, at: now, except: owner) }
        }
    }

    mutating func add(_ booking: Booking) {
        for claim in booking.claims where !claim.overlaps {
            let span = Int(claim.start.timeIntervalSince1970 / 60)..<Int(claim.end.timeIntervalSince1970 / 60)
            claims.append((booking.id.description, claim.resource.id, span, booking.heldUntil))
        }
    }

    mutating func remove(_ owner: String) { claims.removeAll { $0.owner == owner } }
}

@Suite("Random changes against a plain list, on both engines")
struct ChangeHistoryTests {
    private let desk = Actor.staff(StaffMember.ID("desk-1"), .desk)

    @Test("holds, confirmations, moves, blocks, overlaps and the clock itself", arguments: 0..<4)
    func changes(seed: UInt64) async throws {
        try await DemoClinic.onEachEngine { clinic in
            var generator = SeededGenerator(seed: 4100 + seed)
            let definition = try await clinic.definition()
            let blocks = Blocks(definitions: clinic.definitions)
            var taken = TakenMinutes()
            var live: [Booking] = []
            var blocked: [Block.ID] = []
            var met: [String: Int] = [:]
            func time() -> Date {
                let day = Int.random(in: 1...2, using: &generator) * 1440
                // 10:00 to 16:00 in New York on Tuesday and Wednesday: everything is open, only claims matter.
                return clinic.startOfMonday.addingTimeInterval(
                    Double(day + 600 + Int.random(in: 0...12, using: &generator) * 30) * 60)
            }
            for step in 0..<180 {
                let now = clinic.time.now
                let service = try #require(definition.services.randomElement(using: &generator))
                let start = time()
                switch Int.random(in: 0..<12, using: &generator) {
                case 0:  // the clock
                    clinic.time.now = now.addingTimeInterval(Double(Int.random(in: 30...400, using: &generator)))
                    live.removeAll { !$0.isLive(at: clinic.time.now) }
                    met["clock", default: 0] += 1
                case 1 where !live.isEmpty:
                    let booking = live.remove(at: Int.random(in: live.indices, using: &generator))
                    _ = try await clinic.store.write { try clinic.bookings.cancel(booking.id, by: desk, in: $0) }
                    taken.remove(booking.id.description)
                    met["cancel", default: 0] += 1
                case 2 where !live.isEmpty, 3 where !live.isEmpty:
                    let index = Int.random(in: live.indices, using: &generator)
                    let booking = live[index]
                    let room = taken.hasRoom(booking.service, start, at: now, except: booking.id.description)
                    do {
                        let moved = try await clinic.store.write {
                            try clinic.bookings.move(booking.id, to: start, by: .patient(booking.patient), in: $0)
                        }
                        #expect(room || start == booking.start, "step \(step): moved into what is taken")
                        #expect(moved.sequence == booking.sequence + (start == booking.start ? 0 : 1))
                        taken.remove(booking.id.description)
                        taken.add(moved)
                        live[index] = moved
                        met["move", default: 0] += 1
                    } catch BookingError.taken {
                        #expect(!room, "step \(step): refused though there is room")
                        met["move refused", default: 0] += 1
                    }
                case 4 where !live.isEmpty:
                    let index = Int.random(in: live.indices, using: &generator)
                    let id = live[index].id
                    live[index] = try await clinic.store.write { try clinic.bookings.confirm(id, by: desk, in: $0) }
                    taken.remove(live[index].id.description)
                    taken.add(live[index])
                    met["confirm", default: 0] += 1
                case 5:
                    let resource = try #require(definition.resources.randomElement(using: &generator))
                    let span = Int(start.timeIntervalSince1970 / 60)..<Int(start.timeIntervalSince1970 / 60) + 45
                    let free = taken.isFree(resource.id, span, at: now)
                    do {
                        let block = try await clinic.store.write {
                            try blocks.add(
                                resource.id, from: start, to: start.addingTimeInterval(2700), reason: "Lunch", by: desk,
                                in: $0)
                        }
                        #expect(free)
                        taken.claims.append((block.id.description, resource.id, span, nil))
                        blocked.append(block.id)
                    } catch BookingError.taken {
                        #expect(!free)
                    }
                case 6 where !blocked.isEmpty:
                    let id = blocked.removeLast()
                    try await clinic.store.write { try blocks.remove(id, by: desk, in: $0) }
                    taken.remove(id.description)
                default:
                    var request = Bookings.Request(
                        service: service.slug, start: start, patient: Patient.ID("patient-\(step)"), name: "Pat Example"
                    )
                    if Bool.random(using: &generator) {
                        request.state = .pending
                        request.heldUntil = now.addingTimeInterval(600)
                    }
                    request.isOverride = Int.random(in: 0..<6, using: &generator) == 0
                    let room = taken.hasRoom(service, start, at: now)
                    do {
                        let booking = try await clinic.store.write { [request] in
                            try clinic.bookings.book(request, by: request.isOverride ? desk : .visitor, in: $0).booking
                        }
                        #expect(room || request.isOverride, "step \(step): booked over something")
                        #expect(booking.claims.contains(where: \.overlaps) == !room)
                        taken.add(booking)
                        live.append(booking)
                        met[request.isOverride && !room ? "overlap" : "book", default: 0] += 1
                    } catch BookingError.taken {
                        #expect(!room, "step \(step): refused though there is room")
                        met["refused", default: 0] += 1
                    }
                }
                if step % 20 == 19 { #expect(try await clinic.differences().isEmpty, "step \(step)") }
            }
            for what in ["clock", "cancel", "move", "move refused", "confirm", "book", "refused"] {
                #expect(met[what, default: 0] > 0, "the history never met: \(what)")
            }
        }
    }

    @Test("an ended hold is free at once for search and booking, without anybody sweeping")
    func endedHold() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let start = try instant("2026-03-03T10:00:00-05:00")
            @Sendable func gait(_ name: String, until: Date?) -> Bookings.Request {
                Bookings.Request(
                    service: "3d-gait", start: start, patient: Patient.ID("patient-1"), name: name,
                    state: until == nil ? .confirmed : .pending, heldUntil: until)
            }
            let until = clinic.time.now.addingTimeInterval(600)
            let held = try await clinic.store.write {
                try clinic.bookings.book(gait("Slow Payer", until: until), by: .visitor, in: $0).booking
            }
            clinic.time.now = until.addingTimeInterval(-1)
            #expect(try await !clinic.list("3d-gait", "2026-03-03").starts.contains { $0.start == start })
            await #expect(throws: BookingError.taken) {
                try await clinic.store.write {
                    try clinic.bookings.book(gait("Next", until: nil), by: .visitor, in: $0)
                }
            }
            clinic.time.now = until
            #expect(try await clinic.list("3d-gait", "2026-03-03").starts.contains { $0.start == start })
            // Paid late, but nobody came between: it is theirs.
            let confirmed = try await clinic.store.write {
                try clinic.bookings.confirm(held.id, by: .system("settling"), in: $0)
            }
            #expect(confirmed.state == .confirmed && confirmed.heldUntil == nil)
            #expect(try await clinic.differences().isEmpty)
        }
    }

    @Test("a payment after the time went to somebody else finds it taken; once it is free again, it is theirs")
    func lateConfirmation() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let start = try instant("2026-03-03T10:00:00-05:00")
            var request = Bookings.Request(
                service: "3d-gait", start: start, patient: Patient.ID("patient-1"), name: "Slow Payer", state: .pending,
                heldUntil: clinic.time.now.addingTimeInterval(600))
            let held = try await clinic.store.write { [request] in
                try clinic.bookings.book(request, by: .visitor, in: $0).booking
            }
            clinic.time.now = clinic.time.now.addingTimeInterval(601)
            request.state = .confirmed
            request.heldUntil = nil
            let other = try await clinic.store.write { [request] in
                try clinic.bookings.book(request, by: .visitor, in: $0).booking
            }
            await #expect(throws: BookingError.taken) {
                try await clinic.store.write { try clinic.bookings.confirm(held.id, by: .system("settling"), in: $0) }
            }
            _ = try await clinic.store.write { try clinic.bookings.cancel(other.id, by: desk, in: $0) }
            let confirmed = try await clinic.store.write {
                try clinic.bookings.confirm(held.id, by: .system("settling"), in: $0)
            }
            #expect(confirmed.state == .confirmed && confirmed.claims.count == 3)
            #expect(try await clinic.differences().isEmpty)
        }
    }

    @Test("a series keeps its wall time over the change of the clocks, is all or nothing, and moves as a group")
    func series() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let offsets = try await clinic.definition().offsets
            let plan = try #require(WeeklySeries(weekdays: [.tuesday, .friday], minuteOfDay: 615, count: 12))
            let first = try #require(CivilDate(iso: "2026-03-03"))
            let starts = plan.starts(from: first, offsets: offsets).compactMap { $0.cell.map(CellGrid.instant(of:)) }
            #expect(starts.count == 12)
            #expect(starts[1] == (try instant("2026-03-06T10:15:00-05:00")))
            #expect(starts[2] == (try instant("2026-03-10T10:15:00-04:00")))
            let request = Bookings.Request(
                service: "acupuncture", start: starts[0], patient: Patient.ID("patient-1"), name: "Pat Example")
            let booked = try await clinic.store.write {
                try clinic.bookings.bookSeries(request, starts: starts, by: .visitor, in: $0)
            }
            let series = try #require(booked.first?.booking.series)
            #expect(booked.count == 12 && Set(booked.map(\.booking.series)) == [series])
            let moved = try await clinic.store.write {
                try clinic.bookings.moveSeries(series, byDays: 1, minuteOfDay: 660, by: desk, in: $0)
            }
            #expect(
                moved.map { offsets.localMinute(at: CellGrid.cell(containing: $0.start)) }
                    == Array(repeating: 660, count: 12))
            #expect(moved[0].start == (try instant("2026-03-04T11:00:00-05:00")))
            // Sundays are closed: nothing at all is moved.
            await #expect(throws: BookingError.self) {
                try await clinic.store.write {
                    try clinic.bookings.moveSeries(series, byDays: 4, minuteOfDay: nil, by: desk, in: $0)
                }
            }
            let after = try await clinic.store.read { try clinic.bookings.all(series: series, in: $0) }
            #expect(after == moved)
            #expect(try await clinic.differences().isEmpty)
        }
    }

    @Test("who may do what to a booking")
    func permissions() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let booking = try await clinic.book("telehealth", "2026-03-03T10:00:00-05:00").booking
            let later = try instant("2026-03-03T11:00:00-05:00")
            let stranger = Actor.patient(Patient.ID("patient-2"))
            await #expect(throws: BookingError.notAllowed) {
                try await clinic.store.write { try clinic.bookings.move(booking.id, to: later, by: stranger, in: $0) }
            }
            await #expect(throws: BookingError.notAllowed) {
                try await clinic.store.write {
                    try clinic.bookings.move(
                        booking.id, to: later, isOverride: true, by: .patient(booking.patient), in: $0)
                }
            }
            await #expect(throws: BookingError.notAllowed) {
                try await clinic.store.write {
                    try clinic.bookings.attend(booking.id, .arrived, by: .patient(booking.patient), in: $0)
                }
            }
            let arrived = try await clinic.store.write {
                try clinic.bookings.attend(booking.id, .arrived, by: desk, in: $0)
            }
            #expect(arrived.attendance == .arrived)
            await #expect(throws: BookingError.attended) {
                try await clinic.store.write {
                    try clinic.bookings.move(booking.id, to: later, by: .patient(booking.patient), in: $0)
                }
            }
        }
    }
}

extension DemoClinic {
    /// Midnight of the Monday on which the demo clinic's tests begin, in New York.
    var startOfMonday: Date { Date(timeIntervalSince1970: 1_772_427_600) }
}
