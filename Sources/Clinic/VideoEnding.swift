// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
import Foundation
import Messages
import Storage
import Telehealth

// How a visit by video ends, and what follows.
extension Clinic {
    static let videoEndJobKind = "video.end"
    /// After the visit's end, before it is looked at whether anybody came.
    private static let graceSeconds: TimeInterval = 15 * 60

    private struct VideoEndJob: Codable, Sendable {
        let booking: Booking.ID
        /// The end for which it was planned: after a move another job looks.
        let endMicroseconds: Int64
    }

    /// What follows for the room from a change of its booking, in the same transaction.
    func videoBookingChanged(_ booking: Booking, what: BookingChange, in transaction: any Transaction) throws {
        guard booking.service.modality == .telehealth, what != .attendance else { return }
        let now = clock.now()
        let rooms = VideoRooms()
        if booking.state == .cancelled {
            // Who waits learns it on their page; the links open a page that says so.
            if try rooms.find(booking.id.description, in: transaction) != nil {
                try rooms.bump(booking.id.description, in: transaction)
            }
            return
        }
        guard booking.state == .confirmed else { return }
        if let room = try rooms.find(booking.id.description, in: transaction), room.closedAt == nil {
            try rooms.open(try Self.videoVisit(of: booking), at: now, in: transaction)
        }
        try planVideoEnd(of: booking, at: booking.end.addingTimeInterval(Self.graceSeconds), in: transaction)
    }

    private func planVideoEnd(of booking: Booking, at due: Date, in transaction: any Transaction) throws {
        let end = booking.end.microsecondsSince1970
        try Jobs.enqueue(
            Self.videoEndJobKind, key: "video.end:\(booking.id):\(end):\(due.microsecondsSince1970)",
            payload: VideoEndJob(booking: booking.id, endMicroseconds: end), at: due, in: transaction)
    }

    /// Ends the visit: everybody's page says so, the links are closed, the diary knows how it went.
    package func endCall(_ id: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            try endCall(booking, by: actor, at: now, in: transaction)
        }
        roomBoard.wake(id.description)
    }

    private func endCall(_ booking: Booking, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        let rooms = VideoRooms()
        let visit = booking.id.description
        if try rooms.find(visit, in: transaction) == nil {
            try rooms.open(try Self.videoVisit(of: booking), at: now, in: transaction)
        }
        let patient = try rooms.parties(of: visit, in: transaction).first { $0.role == .patient }
        let outcome: VideoRoom.Outcome =
            patient?.admittedAt != nil ? .held : patient?.arrivedAt != nil ? .unattended : .missed
        try rooms.close(visit, outcome: outcome, by: actor, at: now, in: transaction)
        try Signals().forgetNetwork(of: visit, in: transaction)
        switch outcome {
        case .held:
            try attend(booking, .fulfilled, where: [nil, .arrived, .inRoom], by: actor, in: transaction)
        case .missed:
            guard booking.attendance == nil else { return }
            try attend(booking, .noShow, where: [nil], by: actor, in: transaction)
            try tellMissed(booking, at: now, in: transaction)
        case .unattended: break
        }
    }

    private func tellMissed(_ booking: Booking, at now: Date, in transaction: any Transaction) throws {
        guard let patient = try patients.find(booking.patient, in: transaction) else { return }
        try inLanguage(of: patient) {
            try write(
                .missed(name: booking.name, when: Self.when(booking), url: "\(settings.publicURL)/services"),
                to: patient, key: "missed:\(booking.id):\(booking.start.microsecondsSince1970)",
                about: .init(patient: patient.id, booking: booking.id.description), at: now, in: transaction)
        }
    }

    package func reopenCall(_ id: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            try VideoRooms().reopen(id.description, by: actor, at: now, in: transaction)
            if booking.attendance == .fulfilled || booking.attendance == .noShow {
                let undone = try bookings.attend(id, .arrived, by: actor, in: transaction)
                try bookingChanged(undone, what: .attendance, by: actor, in: transaction)
            }
        }
        roomBoard.wake(id.description)
    }

    /// Some time after the visit's end: a call that goes on is left alone; a visit that nobody closed is closed, and one to
    /// which the patient did not come is marked and the patient told.
    func lookAtVideoEnd(_ job: Job) async throws {
        let job = try job.decode(VideoEndJob.self)
        let now = clock.now()
        try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(job.booking, in: transaction), booking.state == .confirmed,
                booking.service.modality == .telehealth, booking.end.microsecondsSince1970 == job.endMicroseconds
            else { return }
            let rooms = VideoRooms()
            let room = try rooms.find(booking.id.description, in: transaction)
            guard room?.closedAt == nil else { return }
            let here = try rooms.parties(of: booking.id.description, in: transaction).filter {
                $0.role == .patient && ($0.state == .admitted || $0.state == .waiting) && $0.isHere(at: now)
            }
            guard here.isEmpty || now >= booking.end.addingTimeInterval(VideoVisit.lateSeconds) else {
                return try planVideoEnd(of: booking, at: now.addingTimeInterval(Self.graceSeconds), in: transaction)
            }
            try endCall(booking, by: .system("video"), at: now, in: transaction)
        }
        roomBoard.wake(job.booking.description)
    }
}
