// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Recovery
import Storage
import StorageTesting
import Testing

@testable import Care

/// A clinic with one patient on a fresh database of each engine.
struct CareHouse: Sendable {
    static let migrations = Jobs.migrations + AccountsSchema.migrations + CareSchema.migrations
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    /// 15 January 2027, the date of `now`.
    static let today = Day(number: 20_833)
    static let clinician = Actor.staff(StaffMember.ID("clinician"), .clinician)
    static let desk = Actor.staff(StaffMember.ID("desk"), .desk)

    let store: Store
    let patient: Patient.ID
    let other: Patient.ID

    static func withEach(_ body: @Sendable (CareHouse) async throws -> Void) async throws {
        try await withEachStore(migrations) { store in
            let people = try await store.write { transaction in
                try ["ada@example.org", "bo@example.org"].map {
                    try Patients().findOrAdd(
                        ContactDetails(name: "Practice Person", email: $0, phone: nil), by: .visitor, at: now,
                        in: transaction
                    ).id
                }
            }
            try await body(CareHouse(store: store, patient: people[0], other: people[1]))
            let verdict = try await store.read { try AuditTrail().verify(in: $0) }
            guard case .whole = verdict else {
                Issue.record("the audit trail is broken: \(verdict)")
                return
            }
        }
    }

    func open(
        _ region: BodyRegion = .thighFront, kind: EpisodeKind = .muscle, daysAgo: Int = 2, by actor: Actor = clinician
    ) async throws -> Episode {
        try await store.write {
            try Episodes().open(
                .init(
                    region: region, side: .left, kind: kind, onset: Self.today.adding(-daysAgo), complaint: "Sprinting"
                ), of: patient, today: Self.today, by: actor, at: Self.now, in: $0)
        }
    }

    @discardableResult
    func add(
        _ fact: EpisodeHistory.Content, to episode: Episode, day: Int = 0, by actor: Actor = clinician
    ) async throws -> EpisodeEntry.ID {
        try await store.write {
            try Episodes().add(fact, to: episode.id, on: Self.today.adding(day), by: actor, at: Self.now, in: $0)
        }
    }

    func history(_ episode: Episode) async throws -> EpisodeHistory {
        try await store.read { try Episodes().history(of: episode.id, in: $0) }
    }
}
