// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
package import Scheduling
import Storage

// What the owner sets: services, people, rooms, devices, hours, holidays, rules.
extension Clinic {
    package func diary() async throws -> DiaryDefinition {
        try await store.read { [definitions] in try definitions.current(in: $0) }
    }

    package func setRules(zone: TimeZone, leadMinutes: Int, horizonDays: Int, by actor: Actor) async throws {
        try await store.write { [services] in
            try services.configure(
                zone: zone, leadMinutes: leadMinutes, horizonDays: horizonDays, by: actor, in: $0)
        }
    }

    package func saveService(
        _ id: HealthcareService.ID?, _ description: HealthcareService.Description, by actor: Actor
    ) async throws {
        try await store.write { [services] transaction in
            if let id {
                try services.change(id, to: description, by: actor, in: transaction)
            } else {
                _ = try services.add(description, by: actor, in: transaction)
            }
        }
    }

    /// Saves a clinician, room or device.
    /// - Returns: how many coming visits lie outside of its new hours; they stay booked.
    package func saveResource(
        _ id: DiaryResource.ID?, kind: DiaryResource.Kind, name: String, title: String, hours: WeeklyHours,
        by actor: Actor
    ) async throws -> (id: DiaryResource.ID, outside: Int) {
        let now = clock.now()
        return try await store.write { [services, bookings, definitions] transaction in
            let saved: DiaryResource.ID
            if let id {
                try services.rename(id, name: name, title: title, by: actor, in: transaction)
                try services.setHours(hours, of: id, by: actor, in: transaction)
                saved = id
            } else {
                saved = try services.addResource(
                    kind, name: name, title: title, hours: hours, by: actor, in: transaction
                ).id
            }
            let offsets = try definitions.current(in: transaction).offsets
            let coming = try bookings.all(
                claiming: saved, from: now, to: now.addingTimeInterval(400 * 86_400), in: transaction)
            let outside = coming.filter { booking in
                guard let claim = booking.claims.first(where: { $0.resource.id == saved }),
                    let first = CellGrid.cell(at: claim.start), let end = CellGrid.cell(at: claim.end)
                else { return false }
                return CellGrid.masks(of: first..<end).contains {
                    !$0.cells.subtracting(hours.openCells(day: $0.day, offsets: offsets)).isEmpty
                }
            }
            return (saved, outside.count)
        }
    }

    package func setHoliday(_ date: CivilDate, isClosed: Bool, by actor: Actor) async throws {
        try await store.write { [services] in
            try services.setHoliday(date, isClosed: isClosed, by: actor, in: $0)
        }
    }
}
