// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation

/// What this room needs to know of a booked visit by video.
package struct VideoVisit: Sendable, Hashable {
    /// The door opens this long before the visit.
    package static let earlySeconds: TimeInterval = 30 * 60
    /// A visit that nobody closed is over this long after its end.
    package static let lateSeconds: TimeInterval = 6 * 3600

    /// The booking's identifier.
    package let id: String
    package let patient: Patient.ID
    /// As it was typed with the booking.
    package let patientName: String
    /// The clinician's resource, for the queue before one door.
    package let host: String?
    package let start: Date
    package let end: Date

    package init(id: String, patient: Patient.ID, patientName: String, host: String?, start: Date, end: Date) {
        self.id = id
        self.patient = patient
        self.patientName = patientName
        self.host = host
        self.start = start
        self.end = end
    }

    package var opensAt: Date { start.addingTimeInterval(-Self.earlySeconds) }

    /// - Throws: `TelehealthError.early` or `.over` outside of the hours in which a link opens anything.
    package func checkDoor(at now: Date) throws {
        guard now >= opensAt else { throw TelehealthError.early(opensAt: opensAt) }
        guard now < end.addingTimeInterval(Self.lateSeconds) else { throw TelehealthError.over }
    }
}
