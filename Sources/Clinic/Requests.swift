// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
import Messages
import Storage

// From a request or the waitlist to a booking: the clinic offers times, the patient takes one.
extension Clinic {
    /// Somebody asks for a visit. Gives the path of the request's own page.
    package func askForVisit(
        _ contact: ContactDetails, modality: HealthcareService.Modality, region: String, problem: String,
        preferred: String, attempt: String
    ) async throws -> String {
        let now = clock.now()
        let key = contact.normalizedEmail
        let access = Secret(Self.derived("request", attempt, key))
        return try await store.write { [patients, careRequests] transaction in
            let patient = try patients.findOrAdd(contact, by: .visitor, at: now, in: transaction)
            let request = try careRequests.ask(
                CareRequests.Form(
                    patient: patient.id, name: contact.name, modality: modality, region: region, problem: problem,
                    preferred: preferred, attempt: Self.derived("request-form", attempt, key), access: access),
                at: now, in: transaction)
            let path = "/requests/\(access.text)"
            try write(
                .requestReceived(name: contact.name, url: settings.publicURL + path), to: patient,
                key: "request:\(request.id)", at: now, in: transaction)
            return path
        }
    }

    package func request(access: Secret) async throws -> CareRequest {
        try await store.read { [careRequests] in
            guard let request = try careRequests.find(access: access, in: $0) else { throw OfferError.unknown }
            return request
        }
    }

    /// The desk's inbox of requests, the longest waiting first.
    package func requestInbox(by actor: Actor) async throws -> [CareRequests.Waiting] {
        let now = clock.now()
        return try await store.write { [careRequests, audit] transaction in
            let inbox = try careRequests.inbox(at: now, in: transaction)
            for waiting in inbox {
                try audit.record(
                    "request.read", patient: waiting.request.patient, subject: "request/\(waiting.request.id)",
                    by: actor,
                    at: now, in: transaction)
            }
            return inbox
        }
    }

    package struct RequestDetails: Sendable {
        package let request: CareRequest
        package let patient: Patient
        package let offer: Offers.View?
    }

    package func careRequest(_ id: CareRequest.ID, by actor: Actor) async throws -> RequestDetails {
        let now = clock.now()
        return try await store.write { [careRequests, patients, offers, audit] transaction in
            guard let request = try careRequests.find(id, in: transaction),
                let patient = try patients.find(request.patient, in: transaction)
            else { throw OfferError.unknown }
            try audit.record(
                "request.read", patient: patient.id, subject: "request/\(id)", by: actor, at: now, in: transaction)
            let latest = try careRequests.inbox(at: now, in: transaction).first { $0.request.id == id }?.offer
            return RequestDetails(
                request: request, patient: patient,
                offer: try latest.flatMap { try offers.find($0.id, in: transaction) })
        }
    }

    /// The desk answers a request with times, which are kept until the offer ends.
    package func offer(
        _ id: CareRequest.ID, service: String, times: [(start: Date, clinician: DiaryResource.ID?)],
        hours: Int, note: String, by actor: Actor
    ) async throws {
        let now = clock.now()
        let until = now.addingTimeInterval(Double(min(max(hours, 1), 168)) * 3600)
        try await store.write { [careRequests, patients, offers] transaction in
            guard let request = try careRequests.find(id, in: transaction),
                let patient = try patients.find(request.patient, in: transaction)
            else { throw OfferError.unknown }
            let (view, access) = try offers.make(
                .request(request), service: service, times: times, until: until, note: note, by: actor, in: transaction)
            try endLater(view.offer, in: transaction)
            try write(
                .offered(
                    name: request.name, until: Self.when(until, in: view.bookings.first?.timeZone ?? .gmt),
                    url: "\(settings.publicURL)/offers/\(access.text)"), to: patient,
                key: "offer:\(view.offer.id)",
                at: now, in: transaction)
        }
    }

    package func closeRequest(_ id: CareRequest.ID, reason: String, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [careRequests] in
            try careRequests.close(id, reason: reason, by: actor, at: now, in: $0)
        }
    }

    package func offer(access: Secret) async throws -> Offers.View {
        try await store.read { [offers] in
            guard let view = try offers.find(access: access, in: $0) else { throw OfferError.unknown }
            return view
        }
    }

    /// The patient takes one of the offered times.
    package func acceptOffer(access: Secret, booking id: Booking.ID) async throws {
        try await store.write { [offers] transaction in
            let booking = try offers.accept(access: access, booking: id, in: transaction)
            try refuseWhileEmergencyIsOpen(booking.patient, in: transaction)
            try bookingChanged(booking, what: .created, by: .patient(booking.patient), in: transaction)
            try lookAtWaitlist(in: transaction)
        }
    }

    package func declineOffer(access: Secret) async throws {
        try await store.write { [offers] transaction in
            try offers.decline(access: access, in: transaction)
            try lookAtWaitlist(in: transaction)
        }
    }

    // MARK: The end of an offer

    struct OfferJob: Codable, Sendable {
        static let kind = "offer.end"
        let offer: Offer.ID
    }

    func endLater(_ offer: Offer, in transaction: any Transaction) throws {
        try Jobs.enqueue(
            OfferJob.kind, key: "offer:\(offer.id)", payload: OfferJob(offer: offer.id), at: offer.endsAt,
            in: transaction)
    }

    /// The times are free by the clock already; this tidies the rows and lets the waitlist know.
    func endOffer(_ job: Job) async throws {
        let now = clock.now()
        try await store.write { [bookings] transaction in
            try bookings.releaseEndedHolds(at: now, in: transaction)
            try lookAtWaitlist(in: transaction)
        }
    }
}
