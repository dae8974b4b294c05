// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
import Scheduling
import Storage
import Telehealth

// The patient's next visit, agreed on at the end of a visit by video.
extension Clinic {
    package struct FollowUpTime: Sendable {
        package let service: HealthcareService
        package let weeks: Int
        package let start: Date
        package let clinician: DiaryResource.ID
    }

    private static let followUpWeeks = [1, 2, 4, 6]

    /// The first free times in one, two, four and six weeks, by video and in person, with the same clinician where they are in.
    package func followUpTimes(after booking: Booking, by actor: Actor) async throws -> [FollowUpTime] {
        guard actor.may(.changeBookings) else { throw TelehealthError.notPermitted }
        let now = clock.now()
        let today = try await zoneOffsets().localDate(at: CellGrid.cell(containing: now))
        return try await store.read { [services, slots] transaction in
            let own = try services.all(in: transaction).first { $0.id == booking.service.id }
            var times: [FollowUpTime] = []
            for service in [own, try examination(in: transaction)].compactMap({ $0 }) {
                for weeks in Self.followUpWeeks {
                    let from = today.adding(days: weeks * 7)
                    let list = try slots.slots(
                        service: service.slug, from: from, to: from.adding(days: 6), in: transaction)
                    guard let start = list.starts.first else { continue }
                    let free = list.clinicians(at: start)
                    guard let who = free.first(where: { $0.id == booking.clinician?.id }) ?? free.first else {
                        continue
                    }
                    times.append(.init(service: service, weeks: weeks, start: start.start, clinician: who.id))
                }
            }
            return times
        }
    }

    /// Books the patient's next visit. Pressed twice, it is booked once.
    package func bookFollowUp(
        after id: Booking.ID, service slug: String, start: Date, clinician: DiaryResource.ID?, by actor: Actor
    ) async throws -> Booking {
        guard actor.may(.changeBookings) else { throw TelehealthError.notPermitted }
        return try await store.write { [bookings] transaction in
            guard let before = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            if let same = try bookings.all(of: before.patient, in: transaction).first(where: {
                $0.start == start && $0.service.slug == slug && $0.state == .confirmed
            }) {
                return same
            }
            let booked = try bookings.book(
                Bookings.Request(
                    service: slug, start: start, clinician: clinician, patient: before.patient, name: before.name),
                by: actor, in: transaction)
            try bookingChanged(booked.booking, what: .created, by: actor, manage: booked.manage, in: transaction)
            return booked.booking
        }
    }
}
