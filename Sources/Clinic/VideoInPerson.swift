// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Care
package import Diary
package import Foundation
import Scheduling
import Storage
import Telehealth

// What a camera can't examine is seen in the clinic: a time for that, offered at the door of the visit by video.
extension Clinic {
    package struct InPersonOffer: Sendable {
        package struct Time: Sendable {
            package let start: Date
            package let end: Date
            /// RFC 3339, as the booking form sends it back.
            package let text: String
            package let clinician: DiaryResource.ID
            package let name: String
        }
        package let service: HealthcareService
        package let times: [Time]
    }

    /// Where an examination takes hands: the consultation, else the clinic's first service in person that needs no device.
    private static let examinationSlug = "consultation"

    func examination(in transaction: any Transaction) throws -> HealthcareService? {
        let all = try services.all(in: transaction).filter { $0.modality == .inPerson }
        return all.first { $0.slug == Self.examinationSlug }
            ?? all.first { service in !service.description.requirements.contains { $0.kind == .device } }
    }

    /// The service in person to which an intake leads whose visit is by video and whose answers take hands.
    func inPersonService(for intake: Intake, in transaction: any Transaction) throws -> HealthcareService? {
        guard !intake.needsHands.isEmpty, let id = intake.booking.map({ Booking.ID($0) }),
            try bookings.find(id, in: transaction)?.service.modality == .telehealth
        else { return nil }
        return try examination(in: transaction)
    }

    /// The next free times for an examination in person; nil where the clinic offers none.
    package func inPersonTimes(count: Int) async throws -> InPersonOffer? {
        let today = try await zoneOffsets().localDate(at: CellGrid.cell(containing: clock.now()))
        return try await store.read { [slots] transaction in
            guard let service = try examination(in: transaction) else { return nil }
            let list = try slots.slots(service: service.slug, from: today, to: today.adding(days: 20), in: transaction)
            return InPersonOffer(
                service: service,
                times: list.starts.prefix(count).compactMap { start in
                    list.clinicians(at: start).first.map {
                        .init(
                            start: start.start, end: start.end, text: start.startText, clinician: $0.id, name: $0.name)
                    }
                })
        }
    }

    /// Books the examination for the patient of a link, whose visit by video stays as it is.
    package func bookInPerson(link: Secret, start: Date, clinician: DiaryResource.ID?) async throws -> Booking {
        guard let offer = try await inPersonTimes(count: 1) else {
            throw BookingError.unknownService(Self.examinationSlug)
        }
        return try await store.write { [bookings, clock] transaction in
            let seat = try seat(of: .link(link), at: clock.now(), in: transaction)
            let party = try VideoRooms().party(seat.party, in: transaction)
            guard party.role == .patient, let video = try bookings.find(Booking.ID(seat.visit), in: transaction) else {
                throw TelehealthError.notPermitted
            }
            let actor = Actor.patient(video.patient)
            // Pressed twice, it is booked once.
            if let same = try bookings.all(of: video.patient, in: transaction).first(where: {
                $0.start == start && $0.service.id == offer.service.id && $0.state == .confirmed
            }) {
                return same
            }
            let booked = try bookings.book(
                Bookings.Request(
                    service: offer.service.slug, start: start, clinician: clinician, patient: video.patient,
                    name: video.name), by: actor, in: transaction)
            try bookingChanged(booked.booking, what: .created, by: actor, manage: booked.manage, in: transaction)
            return booked.booking
        }
    }
}
