// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
import Content
package import Diary
import Foundation
import Messages
import Storage
package import Telehealth

/// Who asks something of a room: by a link, or a member of staff who has joined.
package enum CallCaller: Sendable, Hashable {
    case link(Secret)
    case staff(Booking.ID, Actor)
}

// The patient's way into a visit by video, and what both sides do there.
extension Clinic {
    /// The visit by video that a booking is.
    /// - Throws: `TelehealthError.noVisit` where it is cancelled or takes place elsewhere.
    static func videoVisit(of booking: Booking?) throws -> VideoVisit {
        guard let booking, booking.service.modality == .telehealth, booking.state == .confirmed else {
            throw TelehealthError.noVisit
        }
        return VideoVisit(
            id: booking.id.description, patient: booking.patient, patientName: booking.name,
            host: booking.clinician?.id.description, start: booking.start, end: booking.end)
    }

    package func joinURL(_ link: Secret) -> String { "\(settings.publicURL)/call/\(link.text)" }

    /// A new way in for the patient; nil where the visit is none by video.
    func newJoinURL(to booking: Booking, at now: Date, in transaction: any Transaction) throws -> String? {
        guard let visit = try? Self.videoVisit(of: booking) else { return nil }
        return joinURL(try JoinLinks().make(for: visit, at: now, in: transaction))
    }

    /// Where a visit takes place, as a letter and a calendar say it: with the way in, if it is by video.
    func place(of booking: Booking, joinURL: String?) -> String {
        joinURL.map { said("By video. This link opens 30 minutes before: {url}", ["url": $0]) } ?? place(of: booking)
    }

    /// The calendar file behind a booking's own link, with a new way in.
    package func calendarFile(manage: Secret) async throws -> String {
        let now = clock.now()
        return try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            let join = try newJoinURL(to: booking, at: now, in: transaction)
            return calendar(booking, url: manageURL(manage), joinURL: join, at: now)
        }
    }

    /// From the booking's page into the visit.
    package func joinLink(manage: Secret) async throws -> Secret {
        let now = clock.now()
        return try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            return try JoinLinks().make(for: try Self.videoVisit(of: booking), at: now, in: transaction)
        }
    }

    /// From the portal into the visit.
    package func joinLink(to id: Booking.ID, of patient: Patient.ID) async throws -> Secret {
        let now = clock.now()
        return try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(id, in: transaction), booking.patient == patient else {
                throw BookingError.notFound
            }
            return try JoinLinks().make(for: try Self.videoVisit(of: booking), at: now, in: transaction)
        }
    }

    // MARK: At the door

    /// What somebody finds behind their link.
    package struct CallEntrance: Sendable {
        package let booking: Booking
        package let seat: JoinLinks.Seat
        package let party: VideoParty
        package let room: VideoRoom
        package let consent: VideoConsent?
        /// What was said in the room since this party came in.
        package let chat: [Signal]
        package let parties: [VideoParty]
        /// What the patient told before the visit that a camera can't examine.
        package let needsHands: Set<Intake.NeedForHands>
    }

    /// - Throws: `TelehealthError`: why the link opens nothing (now).
    package func enterCall(link: Secret) async throws -> CallEntrance {
        let now = clock.now()
        return try await store.write { [bookings] transaction in
            let seat = try JoinLinks().find(link, in: transaction)
            let booking = try bookings.find(Booking.ID(seat.visit), in: transaction)
            let visit = try Self.videoVisit(of: booking)
            guard let booking else { throw TelehealthError.noVisit }
            if let room = try VideoRooms().find(seat.visit, in: transaction), room.closedAt != nil {
                throw TelehealthError.over
            }
            try visit.checkDoor(at: now)
            try VideoRooms().open(visit, at: now, in: transaction)
            return try entrance(booking, seat, in: transaction)
        }
    }

    func entrance(
        _ booking: Booking, _ seat: JoinLinks.Seat, in transaction: any Transaction
    ) throws -> CallEntrance {
        let rooms = VideoRooms()
        let party = try rooms.party(seat.party, in: transaction)
        guard party.state != .removed else { throw TelehealthError.unknownLink }
        guard let room = try rooms.find(seat.visit, in: transaction) else { throw TelehealthError.noVisit }
        return CallEntrance(
            booking: booking, seat: seat, party: party, room: room,
            consent: try rooms.consent(of: seat.party, in: transaction),
            chat: try party.admittedAt.map { try Signals().chat(of: seat.visit, since: $0, in: transaction) } ?? [],
            parties: try rooms.parties(of: seat.visit, in: transaction),
            needsHands: party.role == .patient
                ? try Intakes().needsHands(
                    of: booking.patient, since: booking.start.addingTimeInterval(-Self.intakeSeconds), in: transaction)
                : [])
    }

    /// For how long before a visit an intake speaks for it.
    private static let intakeSeconds: TimeInterval = 28 * 86_400

    /// Consent, and into the waiting room. The desk sees that the patient has come.
    package func agreeToCall(link: Secret, _ form: VideoConsent.Form) async throws {
        let now = clock.now()
        let visit = try await store.write { [bookings] transaction in
            let seat = try JoinLinks().find(link, in: transaction)
            guard let booking = try bookings.find(Booking.ID(seat.visit), in: transaction) else {
                throw TelehealthError.noVisit
            }
            try Self.videoVisit(of: booking).checkDoor(at: now)
            try VideoRooms().arrive(seat, agreeing: form, at: now, in: transaction)
            if try VideoRooms().party(seat.party, in: transaction).role == .patient {
                try attend(booking, .arrived, where: [nil], by: .system("video"), in: transaction)
            }
            return seat.visit
        }
        roomBoard.wake(visit)
    }

    /// Notes how far the visit is, where it has come from one of `states`; every later step stays.
    func attend(
        _ booking: Booking, _ attendance: Booking.Attendance, where states: [Booking.Attendance?], by actor: Actor,
        in transaction: any Transaction
    ) throws {
        guard states.contains(booking.attendance), booking.state == .confirmed else { return }
        let changed = try bookings.attend(booking.id, attendance, by: actor, in: transaction)
        try bookingChanged(changed, what: .attendance, by: actor, in: transaction)
    }

    /// Who left waits again.
    package func comeBackToCall(link: Secret) async throws {
        let now = clock.now()
        let seat = try await store.write { transaction in
            let seat = try JoinLinks().find(link, in: transaction)
            try VideoRooms().comeBack(seat, at: now, in: transaction)
            return seat
        }
        roomBoard.wake(seat.visit)
    }

    // MARK: In the room

    /// The caller's place in the room, as long as the room is open.
    func seat(of caller: CallCaller, at now: Date, in transaction: any Transaction) throws -> JoinLinks.Seat {
        let rooms = VideoRooms()
        let seat: JoinLinks.Seat
        switch caller {
        case .link(let link): seat = try JoinLinks().find(link, in: transaction)
        case .staff(let booking, let actor):
            guard actor.may(.holdCalls), case .staff(let staff, _) = actor else { throw TelehealthError.notPermitted }
            let own = try rooms.parties(of: booking.description, in: transaction).first { $0.staff == staff }
            guard let own else { throw TelehealthError.notAdmitted }
            seat = JoinLinks.Seat(visit: booking.description, party: own.id)
        }
        guard let room = try rooms.find(seat.visit, in: transaction) else { throw TelehealthError.noVisit }
        guard now < room.end.addingTimeInterval(VideoVisit.lateSeconds) else { throw TelehealthError.over }
        return seat
    }

    /// Where the caller sits; for a stream that begins.
    package func callSeat(of caller: CallCaller) async throws -> JoinLinks.Seat {
        let now = clock.now()
        return try await store.read { try seat(of: caller, at: now, in: $0) }
    }

    /// The room as the seat's owner may see it, and what was said after a number.
    package func callSight(of seat: JoinLinks.Seat, after number: Int64) async throws -> RoomSight {
        let now = clock.now()
        return try await store.read { try VideoRooms().sight(of: seat, after: number, at: now, in: $0) }
    }

    package func postSignals(_ drafts: [SignalDraft], by caller: CallCaller) async throws {
        let now = clock.now()
        let (visit, revision) = try await store.write { transaction in
            let seat = try seat(of: caller, at: now, in: transaction)
            return (seat.visit, try Signals().post(drafts, from: seat, at: now, in: transaction))
        }
        roomBoard.wake(visit, revision: revision)
    }

    /// Servers that help the caller's browser to find a way.
    package func iceServers(for caller: CallCaller) async throws -> [RelaySettings.Server] {
        let now = clock.now()
        let seat = try await callSeat(of: caller)
        return settings.relay.servers(for: seat.party, at: now)
    }

    package func leaveCall(_ caller: CallCaller) async throws {
        let now = clock.now()
        let visit = try await store.write { transaction in
            let seat = try seat(of: caller, at: now, in: transaction)
            try VideoRooms().leave(seat, at: now, in: transaction)
            return seat.visit
        }
        roomBoard.wake(visit)
    }

    package func recordCall(_ figures: CallFigures, by caller: CallCaller) async throws {
        let now = clock.now()
        try await store.write { transaction in
            let seat = try seat(of: caller, at: now, in: transaction)
            try VideoRooms().record(figures, of: seat, at: now, in: transaction)
        }
    }

    package func reportPain(_ level: Int, key: String, link: Secret) async throws {
        let now = clock.now()
        let visit = try await store.write { transaction in
            let seat = try seat(of: .link(link), at: now, in: transaction)
            try RemoteExamination().reportPain(level, key: key, from: seat, at: now, transaction: transaction)
            return seat.visit
        }
        roomBoard.wake(visit)
    }

    package func answerPicture(_ id: VideoMeasure.ID, agreed: Bool, link: Secret) async throws {
        let now = clock.now()
        let visit = try await store.write { transaction in
            let seat = try seat(of: .link(link), at: now, in: transaction)
            try RemoteExamination().answerPicture(id, agreed: agreed, from: seat, at: now, transaction: transaction)
            return seat.visit
        }
        roomBoard.wake(visit)
    }
}
