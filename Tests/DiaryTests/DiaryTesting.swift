// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Scheduling
import Storage
import StorageTesting
import Synchronization
import Testing

/// The demo clinic on one engine, at a time that the test sets.
struct DemoClinic: Sendable {
    let store: Store
    let definitions: DiaryDefinitions
    let time: TestTime
    let slots: Slots
    let bookings: Bookings
    let services: Services

    /// Runs `body` for each engine, on Monday 2 March 2026, 07:00 in New York unless told otherwise.
    static func onEachEngine(
        at now: String = "2026-03-02T07:00:00-05:00", _ body: @Sendable (DemoClinic) async throws -> Void
    ) async throws {
        let start = try instant(now)
        try await withEachStore(AccountsSchema.migrations + DiarySchema.migrations) { store in
            let time = TestTime(start)
            let definitions = DiaryDefinitions(clock: WallClock { time.now })
            try await store.write { try DemoDiary.seed(definitions, in: $0) }
            try await body(
                DemoClinic(
                    store: store, definitions: definitions, time: time, slots: Slots(definitions: definitions),
                    bookings: Bookings(definitions: definitions), services: Services(definitions: definitions)))
        }
    }

    func book(
        _ service: String, _ start: String, clinician: DiaryResource.ID? = nil, orderID: String? = nil,
        state: Booking.State = .confirmed, by actor: Actor = .visitor
    ) async throws -> Bookings.Booked {
        let request = Bookings.Request(
            service: service, start: try instant(start), clinician: clinician, patient: Patient.ID("patient-1"),
            name: "Pat Example", orderID: orderID, state: state)
        return try await store.write { try bookings.book(request, by: actor, in: $0) }
    }

    func list(
        _ service: String, _ from: String, _ to: String? = nil, clinician: DiaryResource.ID? = nil
    ) async throws -> SlotList {
        let first = try #require(CivilDate(iso: from))
        let last = try #require(CivilDate(iso: to ?? from))
        return try await store.read {
            try slots.slots(service: service, from: first, to: last, clinician: clinician, in: $0)
        }
    }

    func definition() async throws -> DiaryDefinition { try await store.read { try definitions.current(in: $0) } }

    func differences() async throws -> [DiaryCheck.Difference] {
        try await store.read { try DiaryCheck.recompute(in: $0) }
    }
}

/// A clock that a test moves.
final class TestTime: Sendable {
    private let held: Mutex<Date>
    init(_ start: Date) { held = Mutex(start) }
    var now: Date {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

func instant(_ text: String) throws -> Date { try #require(ISO8601DateFormatter().date(from: text)) }
