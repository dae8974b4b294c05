// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Scheduling
import Storage
import Testing

@Suite("Booking, on both engines")
struct BookingTests {
    @Test("each demo service can be booked at its first slot, which is then gone for that clinician")
    func everyService() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let slugs = try await clinic.store.read { try clinic.services.all(in: $0) }.map(\.slug)
            #expect(slugs == ["3d-gait", "dynamic-ultrasound", "acupuncture", "consultation", "telehealth"])
            for slug in slugs {
                let before = try await clinic.list(slug, "2026-03-03", "2026-03-09")
                let start = try #require(before.starts.first)
                let clinician = try #require(before.clinicians(at: start).first)
                let booked = try await clinic.book(slug, start.startText, clinician: clinician.id)
                #expect(booked.booking.start == start.start && booked.booking.end == start.end)
                #expect(booked.booking.clinician == clinician)
                let after = try await clinic.list(slug, "2026-03-03", "2026-03-09", clinician: clinician.id)
                #expect(!after.starts.contains { $0.start == start.start })
                #expect(
                    try await clinic.store.read { try clinic.bookings.find(booked.booking.id, in: $0) }
                        == booked.booking)
            }
            #expect(try await clinic.differences().isEmpty)
        }
    }

    @Test("a gait visit claims clinician, room with cleaning and device with calibration")
    func spans() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let booking = try await clinic.book("3d-gait", "2026-03-03T10:00:00-05:00").booking
            let claims = Dictionary(uniqueKeysWithValues: booking.claims.map { ($0.resource.kind, $0) })
            #expect(claims.count == 3)
            for (kind, start, end) in [
                (DiaryResource.Kind.clinician, "10:00", "11:00"), (.room, "10:00", "11:10"),
                (.device, "09:45", "11:10"),
            ] {
                let (from, to) = (
                    try instant("2026-03-03T\(start):00-05:00"), try instant("2026-03-03T\(end):00-05:00")
                )
                #expect(claims[kind]?.start == from && claims[kind]?.end == to)
            }
            // 11:00 is too early for the device (calibration from 10:45), 11:30 is not; 09:00 would be cleaned too late.
            let starts = try await clinic.list("3d-gait", "2026-03-03").starts.map(\.localMinute)
            #expect(starts == [480, 510] + Array(stride(from: 690, through: 1020, by: 30)))
        }
    }

    @Test(
        "what can't be booked is refused with its reason",
        arguments: [
            ("nonsense", "2026-03-03T10:00:00-05:00", BookingError.unknownService("nonsense")),
            ("3d-gait", "2026-03-03T10:10:00-05:00", .offGrid(stepMinutes: 30)),
            ("3d-gait", "2026-03-03T10:00:01-05:00", .offGrid(stepMinutes: 30)),
            ("3d-gait", "2026-03-02T06:30:00-05:00", .inThePast), ("3d-gait", "2026-03-02T07:00:00-05:00", .inThePast),
            ("telehealth", "2026-03-02T07:30:00-05:00", .tooSoon(leadMinutes: 60)),
            ("3d-gait", "2026-12-01T10:00:00-05:00", .beyondHorizon(days: 180)),
            ("3d-gait", "2026-03-03T07:30:00-05:00", .outsideHours),
            ("3d-gait", "2026-03-03T17:30:00-05:00", .outsideHours),
            ("3d-gait", "2026-03-08T10:00:00-04:00", .outsideHours),
            ("telehealth", "2026-03-07T12:00:00-05:00", .outsideHours),
        ])
    func refusals(service: String, start: String, reason: BookingError) async throws {
        try await DemoClinic.onEachEngine { clinic in
            await #expect(throws: reason) { try await clinic.book(service, start) }
            #expect(!reason.explanation.isEmpty && !reason.isConflict)
            let claims = try await clinic.store.read { try $0.value(Int.self, "SELECT count(*) FROM claim") }
            let differences = try await clinic.differences()
            #expect(claims == 0 && differences.isEmpty)
        }
    }

    @Test("a clinician who is unknown, a room, or who gives another service is refused")
    func wrongClinician() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let definition = try await clinic.definition()
            let room = try #require(definition.resources.first { $0.kind == .room })
            let other = try #require(definition.clinicians.first)
            let start = "2026-03-03T10:00:00-05:00"
            await #expect(throws: BookingError.unknownClinician("x")) {
                try await clinic.book("3d-gait", start, clinician: DiaryResource.ID("x"))
            }
            await #expect(throws: BookingError.unknownClinician(room.id.description)) {
                try await clinic.book("3d-gait", start, clinician: room.id)
            }
            await #expect(throws: BookingError.clinicianDoesNotOffer(service: "Acupuncture")) {
                try await clinic.book("acupuncture", start, clinician: other.id)
            }
            #expect(try await clinic.list("acupuncture", "2026-03-03", clinician: other.id).starts.isEmpty)
            await #expect(throws: SlotsError.unknownClinician("x")) {
                try await clinic.list("acupuncture", "2026-03-03", clinician: DiaryResource.ID("x"))
            }
        }
    }

    @Test("the desk may book within the lead time, a patient may not")
    func leadTime() async throws {
        try await DemoClinic.onEachEngine(at: "2026-03-02T09:50:00-05:00") { clinic in
            let start = "2026-03-02T10:00:00-05:00"
            await #expect(throws: BookingError.tooSoon(leadMinutes: 60)) { try await clinic.book("telehealth", start) }
            let desk = Actor.staff(StaffMember.ID("desk-1"), .desk)
            #expect(try await clinic.book("telehealth", start, by: desk).booking.state == .confirmed)
            let first = try #require(try await clinic.list("telehealth", "2026-03-02").starts.first)
            #expect(first.localMinute == 660)
        }
    }

    @Test("with any clinician, the one with the least to do that day gets the visit; the third visit is the last")
    func anyClinician() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let all = try await clinic.definition().clinicians
            let start = "2026-03-03T10:00:00-05:00"
            _ = try await clinic.book("telehealth", "2026-03-03T08:00:00-05:00", clinician: all[0].id)
            let first = try await clinic.book("telehealth", start).booking
            let second = try await clinic.book("telehealth", start).booking
            let third = try await clinic.book("telehealth", start).booking
            #expect([first, second, third].map(\.clinician) == [all[1], all[2], all[0]])
            await #expect(throws: BookingError.taken) { try await clinic.book("telehealth", start) }
            #expect(BookingError.taken.isConflict)
        }
    }

    @Test("cancelling frees every claim at once and may be repeated; the sequence rises once")
    func cancel() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let before = try await clinic.list("3d-gait", "2026-03-03").json
            let booked = try await clinic.book("3d-gait", "2026-03-03T10:00:00-05:00")
            #expect(try await clinic.list("3d-gait", "2026-03-03").json != before)
            for _ in 0..<2 {
                let cancelled = try await clinic.store.write {
                    try clinic.bookings.cancel(manage: booked.manage, in: $0)
                }
                #expect(cancelled.state == .cancelled && cancelled.sequence == 1)
            }
            #expect(try await clinic.list("3d-gait", "2026-03-03").json == before)
            #expect(try await clinic.differences().isEmpty)
            await #expect(throws: BookingError.cancelled) {
                try await clinic.store.write {
                    try clinic.bookings.confirm(booked.booking.id, by: .system("test"), in: $0)
                }
            }
        }
    }

    @Test("only the desk and the patient may cancel, the patient not after the start")
    func cancelRights() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let booked = try await clinic.book("3d-gait", "2026-03-03T10:00:00-05:00")
            let id = booked.booking.id
            for actor in [Actor.visitor, .patient(Patient.ID("patient-2"))] {
                await #expect(throws: BookingError.notAllowed) {
                    try await clinic.store.write { try clinic.bookings.cancel(id, by: actor, in: $0) }
                }
            }
            await #expect(throws: BookingError.notFound) {
                try await clinic.store.write { try clinic.bookings.cancel(manage: Secret("guess"), in: $0) }
            }
            clinic.time.now = try instant("2026-03-03T10:00:00-05:00")
            await #expect(throws: BookingError.alreadyStarted) {
                try await clinic.store.write { try clinic.bookings.cancel(manage: booked.manage, in: $0) }
            }
            let desk = Actor.staff(StaffMember.ID("desk-1"), .desk)
            #expect(
                try await clinic.store.write { try clinic.bookings.cancel(id, by: desk, in: $0) }.state == .cancelled)
        }
    }

    @Test("the link's key is stored only as its hash, and opens its booking alone")
    func manageKey() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let one = try await clinic.book("telehealth", "2026-03-03T10:00:00-05:00")
            let two = try await clinic.book("telehealth", "2026-03-03T10:00:00-05:00")
            #expect(one.manage.text.utf8.count == 43 && one.manage != two.manage)
            let found = try await clinic.store.read { try clinic.bookings.find(manage: two.manage, in: $0) }
            #expect(found == two.booking)
            let stored = try await clinic.store.read {
                try $0.rows("SELECT * FROM booking").flatMap(\.values)
                    + $0.rows("SELECT * FROM audit_entry").flatMap(\.values)
            }
            #expect(!stored.contains { if case .text(let text) = $0 { text.contains(one.manage.text) } else { false } })
        }
    }

    @Test("an order gets one time: another only after the first is cancelled; pending becomes confirmed once")
    func orders() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let first = try await clinic.book(
                "3d-gait", "2026-03-03T10:00:00-05:00", orderID: "order-1", state: .pending)
            await #expect(throws: BookingError.orderAlreadyBooked(first.booking.id)) {
                try await clinic.book("3d-gait", "2026-03-04T10:00:00-05:00", orderID: "order-1")
            }
            // Pending claims as much as confirmed does.
            await #expect(throws: BookingError.taken) { try await clinic.book("3d-gait", "2026-03-03T10:00:00-05:00") }
            for _ in 0..<2 {
                let confirmed = try await clinic.store.write {
                    try clinic.bookings.confirm(first.booking.id, by: .system("payments"), in: $0)
                }
                #expect(confirmed.state == .confirmed && confirmed.sequence == 1)
            }
            _ = try await clinic.store.write { try clinic.bookings.cancel(manage: first.manage, in: $0) }
            let second = try await clinic.book("3d-gait", "2026-03-04T10:00:00-05:00", orderID: "order-1")
            #expect(
                try await clinic.store.read { try clinic.bookings.find(orderID: "order-1", in: $0) } == second.booking)
            #expect(
                try await clinic.store.read { try clinic.bookings.all(of: Patient.ID("patient-1"), in: $0) }.map(\.id)
                    == [first.booking.id, second.booking.id])
        }
    }

    @Test("the desk's day is the clinic's date, in order, to the last evening hour")
    func day() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let late = try await clinic.book("telehealth", "2026-03-03T17:30:00-05:00").booking
            let early = try await clinic.book("acupuncture", "2026-03-03T08:15:00-05:00").booking
            _ = try await clinic.book("telehealth", "2026-03-04T08:00:00-05:00")
            let date = try #require(CivilDate(iso: "2026-03-03"))
            let day = try await clinic.store.read { try clinic.bookings.day(date, in: $0) }
            #expect(day == [early, late])
        }
    }

    @Test("each act is in the audit trail, and the trail holds")
    func audit() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let booked = try await clinic.book("3d-gait", "2026-03-03T10:00:00-05:00", state: .pending)
            try await clinic.store.write { transaction in
                _ = try clinic.bookings.confirm(booked.booking.id, by: .system("payments"), in: transaction)
                _ = try clinic.bookings.cancel(manage: booked.manage, in: transaction)
            }
            let actions = try await clinic.store.read {
                try $0.rows(
                    """
                    SELECT action, actor FROM audit_entry WHERE subject = \("booking/\(booked.booking.id)") ORDER BY sequence
                    """
                ).map { try $0.get("action", as: String.self) + " " + $0.get("actor", as: String.self) }
            }
            #expect(
                actions == [
                    "booking.create visitor", "booking.confirm system/payments", "booking.cancel patient/patient-1",
                ])
        }
    }
}
