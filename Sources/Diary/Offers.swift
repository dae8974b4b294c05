// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// One or more times that are kept for one person, who takes one of them by pressing a button.
package struct Offer: Sendable, Hashable {
    package typealias ID = Identifier<Offer>

    package enum Answer: String, Sendable, Hashable, Bindable { case accepted, declined }

    package let id: ID
    package let request: CareRequest.ID?
    package let waitlistEntry: WaitlistEntry.ID?
    /// A sentence of the desk's; shown on the page, never in a mail.
    package let note: String
    package let madeAt: Date
    package let endsAt: Date
    package let answer: Answer?
    package let answeredAt: Date?

    package func isOpen(at now: Date) -> Bool { answer == nil && endsAt > now }

    /// When it stopped keeping times without a booking.
    package var endedAt: Date { answeredAt ?? endsAt }
}

package enum OfferError: Error, Sendable, Hashable {
    case unknown
    case notAllowed
    /// Its time is over, and the times are free for others.
    case ended
    case declined
    /// Nothing was chosen to be offered, or more than five times.
    case badCount
    case closed

    package var explanation: String {
        switch self {
        case .unknown: "There is no such request or offer. Check the link in your mail."
        case .notAllowed: "Your account may not answer requests."
        case .ended: "This offer is over; its times are free for others again. Ask us for new ones."
        case .declined: "You let us know that these times do not suit. We look for others."
        case .badCount: "Choose one to five times to offer."
        case .closed: "This request is closed."
        }
    }
}

/// Making and answering offers. Each time is a pending booking, held until the offer ends: by the clock, as every hold.
package struct Offers: Sendable {
    /// Whom an offer answers.
    package enum Occasion: Sendable {
        case request(CareRequest)
        case waitlist(WaitlistEntry)
    }

    package struct View: Sendable {
        package let offer: Offer
        package let bookings: [Booking]
        /// What was taken of it.
        package var accepted: Booking? { offer.answer == .accepted ? bookings.first { $0.state == .confirmed } : nil }
    }

    private let definitions: DiaryDefinitions
    private let bookings: Bookings
    private let audit = AuditTrail()

    package init(definitions: DiaryDefinitions) {
        self.definitions = definitions
        bookings = Bookings(definitions: definitions)
    }

    /// Keeps the times and makes the offer, all or nothing.
    /// - Throws: `BookingError.seriesTaken` naming every time that can't be had, `OfferError`.
    package func make(
        _ occasion: Occasion, service: String, times: [(start: Date, clinician: DiaryResource.ID?)], until: Date,
        note: String, by actor: Actor, in transaction: any Transaction
    ) throws -> (view: View, access: Secret) {
        guard actor.may(.answerRequests) else { throw OfferError.notAllowed }
        guard (1...5).contains(times.count) else { throw OfferError.badCount }
        let now = definitions.clock.now()
        let (patient, name) =
            switch occasion {
            case .request(let request): (request.patient, request.name)
            case .waitlist(let entry): (entry.patient, entry.name)
            }
        if case .request(let request) = occasion {
            guard request.closedAt == nil else { throw OfferError.closed }
            // New times replace the ones that were offered before.
            for old in try Self.list(where: "offer.care_request = \(request.id)", in: transaction)
            where old.isOpen(at: now) {
                try end(old, as: nil, at: now, in: transaction)
            }
        }
        var made: [Booking] = []
        var lost: [Date] = []
        for time in times {
            do {
                made.append(
                    try bookings.book(
                        Bookings.Request(
                            service: service, start: time.start, clinician: time.clinician, patient: patient,
                            name: name,
                            state: .pending, heldUntil: until), by: actor, in: transaction
                    ).booking)
            } catch let error as BookingError where error.isAboutTheTime {
                lost.append(time.start)
            }
        }
        guard lost.isEmpty else { throw BookingError.seriesTaken(lost) }
        let access = Secret.random()
        var offer = Offer(
            id: .make(at: now), request: nil, waitlistEntry: nil, note: String(note.prefix(500)), madeAt: now,
            endsAt: until, answer: nil, answeredAt: nil)
        switch occasion {
        case .request(let request): offer = offer.answering(request: request.id, entry: nil)
        case .waitlist(let entry): offer = offer.answering(request: nil, entry: entry.id)
        }
        try transaction.run(
            """
            INSERT INTO offer (id, care_request, waitlist_entry, access_sha256, note, made_at, ends_at)
            VALUES (\(offer.id), \(offer.request), \(offer.waitlistEntry), \(access.sha256), \(offer.note), \(now),
                \(until))
            """)
        for booking in made {
            try transaction.run(
                "INSERT INTO offer_booking (offer, booking) VALUES (\(offer.id), \(booking.id))")
        }
        try audit.record(
            "offer.make", patient: patient, subject: "offer/\(offer.id)", by: actor, at: now, in: transaction)
        return (View(offer: offer, bookings: made), access)
    }

    package func find(access: Secret, in transaction: any Transaction) throws -> View? {
        guard
            let offer = try Self.list(where: "offer.access_sha256 = \(access.sha256)", in: transaction).first
        else { return nil }
        return try view(offer, in: transaction)
    }

    package func find(_ id: Offer.ID, in transaction: any Transaction) throws -> View? {
        try Self.list(where: "offer.id = \(id)", in: transaction).first.map { try view($0, in: transaction) }
    }

    /// Takes one of the times; the others are free again. Taking the same twice changes nothing.
    /// - Throws: `OfferError`.
    package func accept(
        access: Secret, booking id: Booking.ID, in transaction: any Transaction
    ) throws -> Booking {
        let now = definitions.clock.now()
        guard let view = try find(access: access, in: transaction),
            let chosen = view.bookings.first(where: { $0.id == id })
        else { throw OfferError.unknown }
        if let accepted = view.accepted { return accepted }
        if view.offer.answer == .declined { throw OfferError.declined }
        guard view.offer.isOpen(at: now), chosen.isLive(at: now) else { throw OfferError.ended }
        let booking = try bookings.confirm(id, by: .patient(chosen.patient), in: transaction)
        try end(view.offer, as: .accepted, at: now, in: transaction)
        if let request = view.offer.request {
            try transaction.run(
                "UPDATE care_request SET closed_at = \(now), closed_reason = 'booked' WHERE id = \(request)")
        }
        if let entry = view.offer.waitlistEntry {
            try transaction.run("UPDATE waitlist_entry SET left_at = \(now) WHERE id = \(entry)")
        }
        return booking
    }

    /// Lets all of the times go. Declining twice changes nothing.
    /// - Throws: `OfferError.unknown`, `.ended`.
    package func decline(access: Secret, in transaction: any Transaction) throws {
        let now = definitions.clock.now()
        guard let view = try find(access: access, in: transaction) else { throw OfferError.unknown }
        guard view.offer.answer == nil else { return }
        guard view.offer.isOpen(at: now) else { throw OfferError.ended }
        try end(view.offer, as: .declined, at: now, in: transaction)
    }

    // MARK: -

    /// Frees what is still only kept, and notes the answer; without one the offer ends now.
    private func end(_ offer: Offer, as answer: Offer.Answer?, at now: Date, in transaction: any Transaction) throws {
        for booking in try view(offer, in: transaction).bookings where booking.state == .pending {
            try bookings.end(booking, as: .expired, in: transaction)
        }
        if let answer {
            try transaction.run(
                "UPDATE offer SET answer = \(answer), answered_at = \(now) WHERE id = \(offer.id)")
        } else {
            try transaction.run("UPDATE offer SET ends_at = \(now) WHERE id = \(offer.id)")
        }
        try DiaryRevision.advance(in: transaction)
    }

    private func view(_ offer: Offer, in transaction: any Transaction) throws -> View {
        View(
            offer: offer,
            bookings: try bookings.all(
                where: "booking.id IN (SELECT booking FROM offer_booking WHERE offer = \(offer.id))", in: transaction))
    }

    static func list(where condition: SQL, in transaction: any Transaction) throws -> [Offer] {
        try transaction.rows("SELECT * FROM offer WHERE \(condition) ORDER BY made_at, id").map { row in
            Offer(
                id: try row.get("id"), request: try row.get("care_request"),
                waitlistEntry: try row.get("waitlist_entry"), note: try row.get("note"), madeAt: try row.get("made_at"),
                endsAt: try row.get("ends_at"), answer: try row.get("answer"), answeredAt: try row.get("answered_at"))
        }
    }

    /// The last one of each request or entry, by its identifier.
    static func latest(of offers: [Offer]) -> [String: Offer] {
        var latest: [String: Offer] = [:]
        for offer in offers { latest[offer.request?.description ?? offer.waitlistEntry?.description ?? ""] = offer }
        return latest
    }
}

extension Offer {
    fileprivate func answering(request: CareRequest.ID?, entry: WaitlistEntry.ID?) -> Offer {
        Offer(
            id: id, request: request, waitlistEntry: entry, note: note, madeAt: madeAt, endsAt: endsAt, answer: answer,
            answeredAt: answeredAt)
    }
}
