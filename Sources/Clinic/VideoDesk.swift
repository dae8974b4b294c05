// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
import Content
package import Diary
package import Foundation
package import Scheduling
import Storage
package import Telehealth

// The clinician's side of a visit by video.
extension Clinic {
    /// One visit by video on the list of who waits.
    package struct VideoLine: Sendable {
        package let booking: Booking
        package let room: VideoRoom?
        package let parties: [VideoParty]

        package var patient: VideoParty? { parties.first { $0.role == .patient } }

        package init(booking: Booking, room: VideoRoom?, parties: [VideoParty]) {
            self.booking = booking
            self.room = room
            self.parties = parties
        }
    }

    /// A day's visits by video, in order of time.
    package func videoDay(_ date: CivilDate, by actor: Actor) async throws -> [VideoLine] {
        guard actor.may(.seeDay) else { throw TelehealthError.notPermitted }
        let now = clock.now()
        return try await store.write { [bookings, audit] transaction in
            let visits = try bookings.day(date, in: transaction).filter {
                $0.service.modality == .telehealth && $0.state == .confirmed
            }
            let rooms = try VideoRooms().list(visits.map(\.id.description), in: transaction)
            try audit.record(
                "video.day.see", patient: nil, subject: "day/\(date)",
                detail: ["patients": Set(visits.map(\.patient.description)).sorted().joined(separator: " ")], by: actor,
                at: now, in: transaction)
            return visits.map { booking in
                let found = rooms[booking.id.description]
                return VideoLine(booking: booking, room: found?.room, parties: found?.parties ?? [])
            }
        }
    }

    /// Everything about one visit by video, for who may hold it.
    package struct CallView: Sendable {
        package let booking: Booking
        package let room: VideoRoom?
        package let parties: [VideoParty]
        /// Of each party, what they agreed to last.
        package let consents: [VideoParty.ID: VideoConsent]
        /// The one who looks, if they have joined.
        package let own: VideoParty?
        package let chat: [Signal]
        package let measures: [VideoMeasure]
        package let pain: [VideoPain]
        /// The patient's open episodes, in which the note is written.
        package let episodes: [Episode]
    }

    package func call(_ id: Booking.ID, by actor: Actor) async throws -> CallView {
        guard actor.may(.holdCalls), case .staff(let staff, _) = actor else { throw TelehealthError.notPermitted }
        let now = clock.now()
        return try await store.write { [bookings, episodes, audit] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            guard booking.service.modality == .telehealth else { throw TelehealthError.noVisit }
            let rooms = VideoRooms()
            let parties = try rooms.parties(of: id.description, in: transaction)
            var consents: [VideoParty.ID: VideoConsent] = [:]
            for party in parties { consents[party.id] = try rooms.consent(of: party.id, in: transaction) }
            try audit.record(
                "video.see", patient: booking.patient, subject: "booking/\(id)", by: actor, at: now, in: transaction)
            return CallView(
                booking: booking, room: try rooms.find(id.description, in: transaction), parties: parties,
                consents: consents, own: parties.first { $0.staff == staff },
                chat: try Signals().chat(of: id.description, since: booking.createdAt, in: transaction),
                measures: try RemoteExamination().measures(of: id.description, in: transaction),
                pain: try RemoteExamination().pain(of: id.description, in: transaction),
                episodes: actor.may(.seeCare)
                    ? try episodes.list(of: booking.patient, in: transaction).filter(\.isOpen) : [])
        }
    }

    package func joinCall(_ id: Booking.ID, name: String, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [bookings] transaction in
            let visit = try Self.videoVisit(of: try bookings.find(id, in: transaction))
            _ = try VideoRooms().join(visit, name: name, by: actor, at: now, in: transaction)
        }
        roomBoard.wake(id.description)
    }

    /// Lets somebody in; with the patient the visit has begun.
    package func admit(_ party: VideoParty.ID, to id: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            let rooms = VideoRooms()
            try rooms.admit(party, to: id.description, by: actor, at: now, in: transaction)
            if try rooms.party(party, in: transaction).role == .patient {
                try attend(booking, .inRoom, where: [nil, .arrived], by: actor, in: transaction)
            }
        }
        roomBoard.wake(id.description)
    }

    /// A link for somebody who is asked to come along.
    package func inviteToCall(_ id: Booking.ID, name: String, by actor: Actor) async throws -> String {
        let now = clock.now()
        let link = try await store.write {
            try VideoRooms().invite(name: name, to: id.description, by: actor, at: now, in: $0)
        }
        roomBoard.wake(id.description)
        return joinURL(link)
    }

    package func removeFromCall(_ party: VideoParty.ID, of id: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write {
            try VideoRooms().remove(party, from: id.description, by: actor, at: now, in: $0)
        }
        roomBoard.wake(id.description)
    }

    private struct Notice: Encodable { let text: String }

    /// Says something to the patient in the waiting room.
    package func tellWaiting(_ text: String, visit id: Booking.ID, by actor: Actor) async throws {
        guard actor.may(.changeBookings) else { throw TelehealthError.notPermitted }
        let typed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...500).contains(typed.count) else { throw TelehealthError.malformed("it is empty or too long") }
        let now = clock.now()
        try await store.write { [audit] transaction in
            let rooms = VideoRooms()
            guard let room = try rooms.find(id.description, in: transaction),
                let patient = try rooms.parties(of: id.description, in: transaction).first(where: {
                    $0.role == .patient
                })
            else { throw TelehealthError.unknownParty }
            try Signals().say(
                .notice, body: Notice(text: typed), to: patient.id, in: id.description,
                key: Secret.random().text, at: now, transaction: transaction)
            try audit.record(
                "video.notice", patient: room.patient, subject: "booking/\(id)", by: actor, at: now, in: transaction)
        }
        roomBoard.wake(id.description)
    }

    /// Times to which a visit could be moved, the next first.
    package func nextTimes(for booking: Booking, count: Int) async throws -> [(
        start: Date, clinician: DiaryResource.ID
    )] {
        let today = try await zoneOffsets().localDate(at: CellGrid.cell(containing: clock.now()))
        let list = try await store.read { [slots] transaction in
            try slots.slots(
                service: booking.service.slug, from: today, to: today.adding(days: 14), clinician: nil,
                moving: booking.id, in: transaction)
        }
        return list.starts.filter { $0.start != booking.start }.prefix(count).compactMap { start in
            let all = list.clinicians(at: start)
            return (all.first { $0.id == booking.clinician?.id } ?? all.first).map { (start.start, $0.id) }
        }
    }

    /// Gives a visit whose patient waits another time, and says so in the waiting room; a letter follows as for any move.
    package func moveWaiting(
        _ id: Booking.ID, to start: Date, clinician: DiaryResource.ID?, by actor: Actor
    ) async throws -> Booking {
        let now = clock.now()
        let moved = try await store.write { [bookings, patients] transaction in
            guard let before = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            // Who waits has arrived; for the new time they have not.
            if before.attendance == .arrived {
                let undone = try bookings.attend(id, nil, by: actor, in: transaction)
                try bookingChanged(undone, what: .attendance, by: actor, in: transaction)
            }
            let moved = try bookings.move(id, to: start, clinician: clinician, by: actor, in: transaction)
            try lookAtWaitlist(in: transaction)
            if moved.sequence != before.sequence { try bookingChanged(moved, what: .moved, by: actor, in: transaction) }
            let rooms = VideoRooms()
            if let patient = try rooms.parties(of: id.description, in: transaction).first(where: { $0.role == .patient }
            ),
                try rooms.find(id.description, in: transaction) != nil,
                let person = try patients.find(moved.patient, in: transaction)
            {
                try inLanguage(of: person) {
                    try Signals().say(
                        .notice,
                        body: Notice(
                            text: said(
                                "Your visit has a new time: {when}. We also write to you.", ["when": Self.when(moved)])),
                        to: patient.id, in: id.description, key: "moved:\(moved.sequence)", at: now,
                        transaction: transaction)
                }
            }
            return moved
        }
        roomBoard.wake(id.description)
        return moved
    }
}
