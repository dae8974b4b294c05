// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
import Foundation
import Messages
package import Scheduling
import Storage

// The waitlist: a time that becomes free is kept for one person at a time, and goes on by itself.
extension Clinic {
    struct WaitlistJob: Codable, Sendable {
        static let kind = "waitlist.look"
        let revision: Int64
    }

    /// Joins; gives the path of the entry's own page.
    package func joinWaitlist(
        _ contact: ContactDetails, service: HealthcareService, clinician: DiaryResource.ID?,
        dates: ClosedRange<CivilDate>, minutes: ClosedRange<Int>, attempt: String
    ) async throws -> String {
        let now = clock.now()
        let key = contact.normalizedEmail
        let access = Secret(Self.derived("waitlist", attempt, key))
        return try await store.write { [patients, waitlist] transaction in
            let patient = try patients.findOrAdd(contact, by: .visitor, at: now, in: transaction)
            let entry = try waitlist.join(
                Waitlist.Form(
                    patient: patient.id, name: contact.name, service: service.id, clinician: clinician, dates: dates,
                    minutes: minutes, attempt: Self.derived("waitlist-form", attempt, key), access: access),
                in: transaction)
            let path = "/waitlist/entries/\(access.text)"
            try write(
                .waitlistJoined(name: contact.name, url: settings.publicURL + path), to: patient,
                key: "waitlist:\(entry.id)", at: now, in: transaction)
            try lookAtWaitlist(in: transaction)
            return path
        }
    }

    package func waitlistEntry(access: Secret) async throws -> (entry: WaitlistEntry, service: HealthcareService) {
        try await store.read { [waitlist, definitions] transaction in
            guard let entry = try waitlist.find(access: access, in: transaction),
                let service = try definitions.current(in: transaction).service(entry.service)
            else { throw OfferError.unknown }
            return (entry, service)
        }
    }

    package func leaveWaitlist(access: Secret) async throws {
        try await store.write { [waitlist] in try waitlist.leave(access: access, in: $0) }
    }

    /// Those who wait, for the desk.
    package func waitlist(by actor: Actor) async throws -> [(entry: WaitlistEntry, service: HealthcareService)] {
        let now = clock.now()
        return try await store.write { [waitlist, definitions, audit] transaction in
            let definition = try definitions.current(in: transaction)
            let waiting = try waitlist.waiting(in: transaction)
            for entry in waiting {
                try audit.record(
                    "waitlist.read", patient: entry.patient, subject: "waitlist/\(entry.id)", by: actor, at: now,
                    in: transaction)
            }
            return waiting.compactMap { entry in definition.service(entry.service).map { (entry, $0) } }
        }
    }

    /// Something may have become free: whoever waits for it is offered it, soon, by a job.
    func lookAtWaitlist(in transaction: any Transaction) throws {
        guard try Waitlist.isAnybodyWaiting(in: transaction) else { return }
        // The revision in the key: a change while the job runs makes another one.
        let revision = try DiaryRevision.current(in: transaction)
        try Jobs.enqueue(
            WaitlistJob.kind, key: "waitlist:\(revision):\(clock.now().timeIntervalSince1970)",
            payload: WaitlistJob(revision: revision), at: clock.now(), in: transaction)
    }

    func offerToWaitlist(_ job: Job) async throws {
        let now = clock.now()
        try await store.write { [waitlist, patients] transaction in
            for made in try waitlist.offerFreeTimes(window: settings.waitlistSeconds, in: transaction) {
                try endLater(made.view.offer, in: transaction)
                guard let patient = try patients.find(made.entry.patient, in: transaction),
                    let booking = made.view.bookings.first
                else { continue }
                try write(
                    .waitlistOffered(
                        name: made.entry.name, when: Self.when(booking),
                        until: Self.when(made.view.offer.endsAt, in: booking.timeZone),
                        url: "\(settings.publicURL)/offers/\(made.access.text)"), to: patient,
                    key: "offer:\(made.view.offer.id)", at: now, in: transaction)
            }
        }
    }
}
