// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import StorageTesting
import Testing

@testable import Telehealth

/// One visit by video on a fresh database of each engine.
struct VideoHouse: Sendable {
    static let now = Date(timeIntervalSince1970: 1_900_000_000)
    static let clinician = Actor.staff(StaffMember.ID("clinician"), .clinician)
    static let desk = Actor.staff(StaffMember.ID("desk"), .desk)

    let store: Store
    let patient: Patient.ID
    let visit: VideoVisit
    let rooms = VideoRooms()

    static func withEach(_ body: @Sendable (VideoHouse) async throws -> Void) async throws {
        try await withEachStore(Jobs.migrations + AccountsSchema.migrations + TelehealthSchema.migrations) { store in
            let patient = try await store.write { transaction in
                try Patients().findOrAdd(
                    ContactDetails(name: "Ada Practice", email: "ada@example.org", phone: nil), by: .visitor, at: now,
                    in: transaction
                ).id
            }
            try await body(VideoHouse(store: store, patient: patient, visit: made("visit-1", for: patient, after: 600)))
            let verdict = try await store.read { try AuditTrail().verify(in: $0) }
            guard case .whole = verdict else {
                Issue.record("the audit trail is broken: \(verdict)")
                return
            }
        }
    }

    static func made(_ id: String, for patient: Patient.ID, after seconds: TimeInterval) -> VideoVisit {
        VideoVisit(
            id: id, patient: patient, patientName: "Ada Practice", host: "host-1",
            start: now.addingTimeInterval(seconds), end: now.addingTimeInterval(seconds + 1800))
    }

    static let form = VideoConsent.Form(
        version: "video-1", language: "en", words: "I agree.", name: "Ada Practice", bornOn: "1980-02-01",
        place: "Albany, NY",
        callBack: "555 0100", warnings: "")

    /// The patient's seat, once the room is open.
    func opened(_ other: VideoVisit? = nil) async throws -> JoinLinks.Seat {
        let visit = other ?? visit
        return try await store.write { transaction in
            try rooms.open(visit, at: Self.now, in: transaction)
            let link = try JoinLinks().make(for: visit, at: Self.now, in: transaction)
            return try JoinLinks().find(link, in: transaction)
        }
    }

    func arrived(_ other: VideoVisit? = nil) async throws -> JoinLinks.Seat {
        let seat = try await opened(other)
        try await store.write { try rooms.arrive(seat, agreeing: Self.form, at: Self.now, in: $0) }
        return seat
    }

    /// Patient and clinician, both in.
    func begun() async throws -> (patient: JoinLinks.Seat, clinician: JoinLinks.Seat) {
        let seat = try await arrived()
        let own = try await store.write { transaction in
            let own = try rooms.join(visit, name: "Theo", by: Self.clinician, at: Self.now, in: transaction)
            try rooms.admit(seat.party, to: visit.id, by: Self.clinician, at: Self.now, in: transaction)
            return own
        }
        return (seat, JoinLinks.Seat(visit: visit.id, party: own.id))
    }

    func post(_ drafts: SignalDraft..., from seat: JoinLinks.Seat) async throws {
        _ = try await store.write { try Signals().post(drafts, from: seat, at: Self.now, in: $0) }
    }

    func heard(by seat: JoinLinks.Seat, after number: Int64 = 0) async throws -> [Signal] {
        try await store.read { try rooms.sight(of: seat, after: number, at: Self.now, in: $0).signals }
    }
}

func chat(_ text: String, _ client: String) -> SignalDraft {
    SignalDraft(client: client, content: .chat(.init(text: text)))
}
