// SPDX-License-Identifier: Apache-2.0

import Diary
import Foundation
import Scheduling
import Storage
import Testing

@Suite("The doctor's check of the diary")
struct DiaryCheckTests {
    @Test("a cell freed, a cell blocked, a claim doubled and a claim lost are each found by name and day")
    func planted() async throws {
        try await DemoClinic.onEachEngine { clinic in
            let booking = try await clinic.book("3d-gait", "2026-03-03T10:00:00-05:00").booking
            let other = try await clinic.book("telehealth", "2026-03-04T10:00:00-05:00").booking
            #expect(try await clinic.differences().isEmpty)
            // 10:00 in New York is 15:00Z, cell 180: word 3, bit 36. The device is number 7, the room 4.
            try await clinic.store.write { transaction in
                try transaction.run(
                    "UPDATE resource_day SET cells3 = cells3 & \(~(Int64(1) << 36)) WHERE resource = \(4)")
                try transaction.run("UPDATE resource_day SET cells0 = cells0 | \(Int64(7)) WHERE resource = \(7)")
            }
            let date = CivilDate(iso: "2026-03-03")
            #expect(
                try await clinic.differences() == [
                    .init(kind: .notBlocked, subject: "Gait Laboratory", date: date, cellCount: 1),
                    .init(
                        kind: .blockedForNothing, subject: "Gait laboratory cameras and force plates", date: date,
                        cellCount: 3),
                ])
            try await clinic.store.write { transaction in
                try transaction.run("UPDATE resource_day SET cells3 = cells3 | \(Int64(1) << 36) WHERE resource = \(4)")
                try transaction.run("UPDATE resource_day SET cells0 = \(0) WHERE resource = \(7)")
                try transaction.run("DELETE FROM claim WHERE booking = \(other.id)")
                try transaction.run(
                    """
                    INSERT INTO claim (booking, resource, first_cell, end_cell)
                    SELECT \(other.id), resource, first_cell, end_cell FROM claim WHERE booking = \(booking.id)
                        AND resource = \(4)
                    """)
            }
            let found = try await clinic.differences()
            #expect(found.contains(.init(kind: .claimedTwice, subject: "Gait Laboratory", date: date, cellCount: 14)))
            #expect(
                found.contains {
                    $0.kind == .blockedForNothing && $0.subject == other.clinician?.name && $0.cellCount == 6
                })
            try await clinic.store.write { try $0.run("DELETE FROM claim WHERE booking = \(other.id)") }
            #expect(
                try await clinic.differences().contains {
                    $0.kind == .claimsMissing && $0.subject == other.id.description
                })
            #expect(found.allSatisfy { !$0.description.isEmpty })
        }
    }
}
