// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Scheduling
import Storage
import Testing

@Suite("The diary's definition")
struct DefinitionTests {
    private static let owner = Actor.staff(StaffMember.ID("owner-1"), .owner)

    @Test("a change is seen at once by every holder of the definition, one that was undone by none")
    func versions() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let other = DiaryDefinitions(clock: WallClock { clinic.time.now })
            let otherSlots = Slots(definitions: other)
            let date = try #require(CivilDate(iso: "2026-03-03"))
            let before = try await clinic.store.read {
                try otherSlots.slots(service: "telehealth", from: date, to: date, in: $0)
            }
            #expect(before.starts.count == 20)
            let all = try await clinic.definition().clinicians
            // Undone: the version must not stay in any memory.
            struct Undo: Error {}
            await #expect(throws: Undo.self) {
                try await clinic.store.write { transaction in
                    for one in all {
                        try clinic.services.setHours(
                            WeeklyHours(rules: [:]), of: one.id, by: Self.owner, in: transaction)
                    }
                    let seen = try clinic.slots.slots(service: "telehealth", from: date, to: date, in: transaction)
                    #expect(seen.starts.isEmpty)
                    throw Undo()
                }
            }
            #expect(try await clinic.list("telehealth", "2026-03-03").starts.count == 20)
            // Kept: a holiday for one, an added service.
            let visit = try await clinic.store.write { transaction in
                var hours = all[0].hours
                hours.exceptions[date] = []
                hours.exceptions[date.adding(days: 1)] = [
                    try #require(WallInterval(opensMinute: 600, closesMinute: 660)),
                    try #require(WallInterval(opensMinute: 720, closesMinute: 750)),
                ]
                try clinic.services.setHours(hours, of: all[0].id, by: Self.owner, in: transaction)
                return try clinic.services.add(
                    .init(
                        slug: "second-opinion", name: "Second \"Opinion\"", summary: "", durationMinutes: 30,
                        stepMinutes: 30,
                        modality: .telehealth, price: Money(minorUnits: 1, currency: "USD"),
                        requirements: [.init(kind: .clinician, candidates: [all[0].id])]), by: Self.owner,
                    in: transaction)
            }
            let after = try await clinic.store.read {
                try otherSlots.slots(
                    service: "second-opinion", from: date, to: date.adding(days: 1), in: $0)
            }
            #expect(after.service == visit)
            #expect(after.starts.map(\.localMinute) == [600, 630, 720])
            #expect(after.starts.allSatisfy { $0.localDate == date.adding(days: 1) })
        }
    }

    @Test("a service that can't work is refused")
    func refusals() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let definition = try await clinic.definition()
            let clinician = try #require(definition.clinicians.first)
            let room = try #require(definition.resources.first { $0.kind == .room })
            let good = try #require(definition.service(slug: "telehealth")).description
            func refused(_ change: (inout HealthcareService.Description) -> Void) async -> ServicesError? {
                var description = good
                description.slug = "new"
                change(&description)
                let wanted = description
                do {
                    _ = try await clinic.store.write { try clinic.services.add(wanted, by: Self.owner, in: $0) }
                    return nil
                } catch { return error as? ServicesError }
            }
            #expect(await refused { $0.slug = "3d-gait" } == .slugTaken("3d-gait"))
            #expect(await refused { $0.durationMinutes = 0 } == .badTimes)
            #expect(await refused { $0.stepMinutes = 7 } == .badTimes)
            #expect(
                await refused { $0.requirements = [.init(kind: .clinician, candidates: [room.id])] }
                    == .wrongCandidates(.clinician))
            #expect(
                await refused { $0.requirements = [.init(kind: .clinician, candidates: [])] }
                    == .wrongCandidates(.clinician))
            #expect(
                await refused {
                    $0.requirements = [.init(kind: .clinician, candidates: [clinician.id, clinician.id])]
                } == .candidateTwice(clinician.name))
            #expect(
                await refused { $0.requirements = [.init(kind: .room, candidates: [DiaryResource.ID("x")])] }
                    == .unknownResource("x"))
            #expect(await refused { _ in } == nil)
        }
    }

    @Test("the demo is filled once; the JSON of slots says what the list says")
    func json() async throws {
        struct Body: Decodable {
            struct Slot: Decodable {
                struct Clinician: Decodable {
                    let id: String
                    let name: String
                }
                let start: String
                let end: String
                let clinician: Clinician
            }
            let timeZone: String
            let slots: [Slot]
        }
        try await DemoClinic.onEachEngine { clinic in
            try await clinic.store.write { try DemoDiary.seed(clinic.definitions, in: $0) }
            #expect(try await clinic.definition().resources.count == 8)
            _ = try await clinic.book("acupuncture", "2026-03-06T10:00:00-05:00")
            // Saturday to Monday over the change to daylight saving time.
            let list = try await clinic.list("acupuncture", "2026-03-06", "2026-03-09")
            let body = try JSONDecoder().decode(Body.self, from: Data(list.json))
            #expect(body.timeZone == "America/New_York")
            var index = 0
            for start in list.starts {
                for clinician in list.clinicians(at: start) {
                    let slot = body.slots[index]
                    #expect(try instant(slot.start) == start.start && instant(slot.end) == start.end)
                    #expect(slot.start == start.startText)
                    #expect(slot.start.hasSuffix(start.localDate.description < "2026-03-08" ? "-05:00" : "-04:00"))
                    #expect(slot.clinician.id == clinician.id.description && slot.clinician.name == clinician.name)
                    index += 1
                }
            }
            #expect(index == body.slots.count && index > 100)
            await #expect(throws: SlotsError.unknownService("x")) { try await clinic.list("x", "2026-03-06") }
            await #expect(throws: SlotsError.badRange) {
                try await clinic.list("acupuncture", "2026-03-06", "2026-03-05")
            }
            await #expect(throws: SlotsError.badRange) {
                try await clinic.list("acupuncture", "2026-03-06", "2026-05-07")
            }
            #expect(try await !clinic.list("acupuncture", "2026-03-06", "2026-05-06").starts.isEmpty)
        }
    }

    @Test("a repeated hour is offered and booked twice, a skipped one never")
    func clockChanges() async throws {
        try await DemoClinic.onEachEngine(at: "2026-10-20T07:00:00-04:00") { clinic in
            let clinician = try #require(try await clinic.definition().clinicians.first)
            let night = WeeklyHours(rules: [.sunday: [try #require(WallInterval(opensMinute: 30, closesMinute: 240))]])
            try await clinic.store.write {
                try clinic.services.setHours(night, of: clinician.id, by: Self.owner, in: $0)
            }
            let autumn = try await clinic.list("telehealth", "2026-11-01")
            #expect(autumn.starts.map(\.localMinute) == [30, 60, 90, 60, 90, 120, 150, 180, 210])
            for start in ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"] {
                #expect(try await clinic.book("telehealth", start).booking.start == instant(start))
                await #expect(throws: BookingError.taken) { try await clinic.book("telehealth", start) }
            }
            clinic.time.now = try instant("2027-03-01T07:00:00-05:00")
            let spring = try await clinic.list("telehealth", "2027-03-14")
            #expect(spring.starts.map(\.localMinute) == [30, 60, 90, 180, 210])
        }
    }

    @Test("busy cells are found by key, whatever lies in the past")
    func queryPlan() async throws {
        try await DemoClinic.onEachEngine { clinic in
            guard !clinic.store.isPostgreSQL else { return }
            let plan = try await clinic.store.read {
                try $0.rows(
                    "EXPLAIN QUERY PLAN SELECT resource FROM resource_day WHERE day >= \(20_000) AND day < \(20_002)"
                ).map { try $0.get("detail", as: String.self) }
            }
            #expect(plan.count == 1 && plan.allSatisfy { $0.hasPrefix("SEARCH resource_day USING") })
            let now = clinic.time.now
            let holds = try await clinic.store.read {
                try $0.rows("EXPLAIN QUERY PLAN \(Bookings.endedHolds(at: now))").map {
                    try $0.get("detail", as: String.self)
                }
            }
            #expect(holds.count == 1 && holds.allSatisfy { $0.contains("booking_held") }, "\(holds)")
        }
    }
}
