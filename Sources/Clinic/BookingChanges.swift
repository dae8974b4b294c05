// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
import Foundation
import Messages
import Payments
package import Storage

/// What has just been done to a booking.
package enum BookingChange: Sendable, Hashable {
    /// Booked, or a hold that was confirmed.
    case created
    /// Another time, length, clinician or room.
    case moved
    case cancelled
    /// A cancellation was undone.
    case restored
    /// Arrived, in the room, done, did not come; or one of these taken back.
    case attendance
}

// What follows from a change of a booking, in the transaction of the change.
extension Clinic {
    /// Tells the patient, sets the reminders and tells other programs. Every journey that changes a booking calls this last, with
    /// the booking as it is now, in its own transaction.
    ///
    /// What staff did is told after a delay. Until then the letter can be taken back, and a further change takes it back by itself:
    /// the patient is told how the booking stands against what they were told last, so an undo in time costs no mail.
    /// - Parameter manage: the booking's fresh key, where it was made just now; otherwise a letter brings a new one.
    package func bookingChanged(
        _ booking: Booking, what: BookingChange, by actor: Actor, manage: Secret? = nil,
        in transaction: any Transaction
    ) throws {
        let now = clock.now()
        // The fee first: once a late credit is used up, the package no longer stands in for the visit.
        try chargeFee(of: booking, what: what, by: actor, at: now, in: transaction)
        try moveCredit(of: booking, what: what, by: actor, at: now, in: transaction)
        try videoBookingChanged(booking, what: what, in: transaction)
        if what == .created || what == .restored { try aimProbe(for: booking, now: now, in: transaction) }
        if what == .attendance {
            try planFollowUp(of: booking, at: now, in: transaction)
        } else if booking.state != .pending {
            if let patient = try patients.find(booking.patient, in: transaction) {
                try inLanguage(of: patient) {
                    try tell(patient, of: booking, by: actor, manage: manage, at: now, in: transaction)
                }
            }
            try planReminders(of: booking, at: now, in: transaction)
        }
        if let event = Self.event(what, booking) {
            try webhooks.tell(event, about: BookingFacts.Envelope(booking: .init(booking)), at: now, in: transaction)
        }
    }

    /// A visit that no order paid for holds a credit of the patient's package, where there is one; coming uses it, cancelling in
    /// time gives it back, and the package's policy says what happens otherwise.
    private func moveCredit(
        of booking: Booking, what: BookingChange, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        let id = booking.id.description
        switch what {
        case .created where booking.state == .confirmed && booking.orderID == nil, .restored:
            guard try isFreeToHold(booking, in: transaction) else { return }
            try holdCredit(
                booking: id, service: booking.service.slug, patient: booking.patient, by: actor, at: now,
                in: transaction)
        case .cancelled:
            let isTimely =
                booking.cancellation != .byPatient
                || booking.service.policy.isTimely(visitAt: booking.start, changedAt: now)
            try returnCredit(
                booking: id, because: isTimely ? .timely : .late, by: actor, at: now, in: transaction)
        case .attendance:
            switch booking.attendance {
            case .fulfilled: try useCredit(booking: id, by: actor, at: now, in: transaction)
            case .noShow: try returnCredit(booking: id, because: .noShow, by: actor, at: now, in: transaction)
            case .arrived, .inRoom, nil:
                // Where "did not come" gave the credit back, its taking back holds one anew.
                guard try holdCreditAgain(booking: id, by: actor, at: now, in: transaction) == nil,
                    try isFreeToHold(booking, in: transaction)
                else { return }
                try holdCredit(
                    booking: id, service: booking.service.slug, patient: booking.patient, by: actor, at: now,
                    in: transaction)
            }
        case .created, .moved: break
        }
    }

    /// A visit that money pays, online or by a bill of the desk, takes no credit.
    private func isFreeToHold(_ booking: Booking, in transaction: any Transaction) throws -> Bool {
        try booking.state == .confirmed && booking.orderID == nil
            && orders.find(booking: booking.id.description, in: transaction) == nil
    }

    private static func event(_ what: BookingChange, _ booking: Booking) -> WebhookEvent? {
        switch what {
        case .created: booking.state == .confirmed ? .bookingCreated : nil
        case .moved, .restored: .bookingChanged
        case .cancelled: .bookingCancelled
        case .attendance: booking.attendance == .fulfilled ? .bookingAttended : .bookingChanged
        }
    }

    // MARK: The letter

    private func tell(
        _ patient: Patient, of booking: Booking, by actor: Actor, manage: Secret?, at now: Date,
        in transaction: any Transaction
    ) throws {
        let id = booking.id.description
        try outbox.takeBackNews(of: id, in: transaction)
        let known = try outbox.lastNews(of: id, in: transaction)
        let knewItStood = known.map { $0.kind == .booked || $0.kind == .moved } ?? false
        let told = Told(booking)
        let knownTime = known?.told.flatMap(Told.init)
        // What is past needs no letter, unless somebody still waits for it.
        guard max(booking.start, knownTime?.start ?? booking.start) > now else { return }
        func key() throws -> String { manageURL(try manage ?? bookings.newManageLink(to: booking.id, in: transaction)) }
        let occasion: Letters.Occasion
        if booking.state == .cancelled {
            // Somebody who was never told of it, or was told already, needs no letter.
            guard knewItStood else { return }
            let file = calendar(booking, url: try key(), at: now)
            let when = knownTime?.when(in: booking.timeZone) ?? Self.when(booking)
            occasion =
                booking.cancellation == .byPatient
                ? .cancelled(name: booking.name, when: when, calendar: file)
                : .cancelledByClinic(
                    name: booking.name, when: when, url: "\(settings.publicURL)/services", calendar: file)
        } else if knewItStood {
            guard known?.told != told.text else { return }
            let url = try key()
            let join = try newJoinURL(to: booking, at: now, in: transaction)
            occasion = .moved(
                name: booking.name, before: knownTime?.when(in: booking.timeZone) ?? "",
                when: Self.when(booking), place: place(of: booking, joinURL: join), with: booking.clinician?.name ?? "",
                url: url, calendar: calendar(booking, url: url, joinURL: join, at: now))
        } else {
            let url = try key()
            let join = try newJoinURL(to: booking, at: now, in: transaction)
            occasion = .booked(
                name: booking.name, when: Self.when(booking), place: place(of: booking, joinURL: join),
                with: booking.clinician?.name ?? "", url: url,
                calendar: calendar(booking, url: url, joinURL: join, at: now))
        }
        var delay: TimeInterval = 0
        if case .staff = actor { delay = Double(try LetterRules.current(in: transaction).staffDelaySeconds) }
        try write(
            occasion, to: patient, key: "\(occasion.kind.rawValue):\(id):\(booking.sequence)",
            about: .init(patient: patient.id, booking: id, told: told.text), at: now, delay: delay, in: transaction)
    }
}

/// What a patient knows of a booking, as a text that is kept with the letter that told it.
private struct Told {
    let text: String
    let start: Date

    init(_ booking: Booking) {
        start = booking.start
        text = [
            booking.state.rawValue, String(booking.start.microsecondsSince1970),
            String(booking.end.microsecondsSince1970), booking.clinician?.id.description ?? "",
            booking.service.modality.rawValue,
        ].joined(separator: " ")
    }

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count > 1, let start = Int64(parts[1]) else { return nil }
        self.text = text
        self.start = Date(microsecondsSince1970: start)
    }

    func when(in zone: TimeZone) -> String { Clinic.when(start, in: zone) }
}

/// A booking as other programs are told of it: identifiers and times. The service's identifier, not its name, because its
/// name would say what is wrong with the patient.
struct BookingFacts: Encodable {
    struct Envelope: Encodable { let booking: BookingFacts }

    let id: String
    let state: String
    let start: Date
    let end: Date
    let timeZone: String
    let sequence: Int
    let patient: String
    let service: String
    let clinician: String?
    let attendance: String?
    let series: String?

    init(_ booking: Booking) {
        id = booking.id.description
        state = booking.state.rawValue
        start = booking.start
        end = booking.end
        timeZone = booking.timeZone.identifier
        sequence = booking.sequence
        patient = booking.patient.description
        service = booking.service.id.description
        clinician = booking.clinician?.id.description
        attendance = booking.attendance?.rawValue
        series = booking.series
    }
}
