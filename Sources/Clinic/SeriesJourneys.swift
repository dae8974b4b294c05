// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
import Foundation
import Storage

// The coming visits of a series, changed as one.
extension Clinic {
    /// Moves all coming visits by so many days and, where given, to another wall time or clinician: all of them, or none.
    /// - Throws: `BookingError.seriesTaken` with every start that can't be had; `.notFound` where nothing is to come.
    package func moveSeries(
        _ series: String, byDays days: Int, minuteOfDay: Int?, clinician: DiaryResource.ID?, by actor: Actor
    ) async throws -> [Booking] {
        try await store.write { [bookings] transaction in
            let moved = try bookings.moveSeries(
                series, byDays: days, minuteOfDay: minuteOfDay, clinician: clinician, by: actor, in: transaction)
            try lookAtWaitlist(in: transaction)
            for booking in moved { try bookingChanged(booking, what: .moved, by: actor, in: transaction) }
            return moved
        }
    }

    /// Cancels all coming visits.
    package func cancelSeries(_ series: String, by actor: Actor) async throws -> [Booking] {
        let now = clock.now()
        return try await store.write { [bookings] transaction in
            let coming = try bookings.all(series: series, in: transaction).filter {
                $0.isLive(at: now) && $0.start > now && $0.attendance == nil
            }
            guard !coming.isEmpty else { throw BookingError.notFound }
            let cancelled = try coming.map { try bookings.cancel($0.id, by: actor, in: transaction) }
            try lookAtWaitlist(in: transaction)
            for booking in cancelled { try bookingChanged(booking, what: .cancelled, by: actor, in: transaction) }
            return cancelled
        }
    }
}
