// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// A visit that was agreed: who comes, for what, when, and what is claimed for it.
package struct Booking: Sendable, Hashable {
    package typealias ID = Identifier<Booking>

    package enum State: String, Sendable, Hashable, Codable, Bindable {
        /// Claimed, but waiting for something (a payment, a word from the desk).
        case pending
        case confirmed
        /// Claims nothing any more.
        case cancelled
    }

    /// How far the visit itself has come; nil until somebody arrives, or does not.
    package enum Attendance: String, Sendable, Hashable, Codable, CaseIterable, Bindable {
        case arrived, inRoom, fulfilled, noShow
    }

    /// Why a booking claims nothing any more.
    package enum Cancellation: String, Sendable, Hashable, Codable, Bindable {
        case byPatient, byClinic
        /// What it waited for did not come in time.
        case expired
    }

    /// A resource and the time for which it is taken, which may be longer than the visit.
    package struct Claim: Sendable, Hashable {
        package let resource: DiaryResource
        package let start: Date
        package let end: Date
        /// Staff put it over something else, or outside of the hours, on purpose: it takes no cells.
        package let overlaps: Bool
    }

    package let id: ID
    package let service: HealthcareService
    package let patient: Patient.ID
    /// The name as it was typed with the booking.
    package let name: String
    package let start: Date
    package let end: Date
    package let state: State
    package let orderID: String?
    /// Rises with each change; iCalendar's SEQUENCE.
    package let sequence: Int
    package let createdAt: Date
    package let claims: [Claim]
    /// The clinic's IANA zone.
    package let timeZone: TimeZone
    /// Until when a pending booking keeps its time; nil for as long as it takes.
    package let heldUntil: Date?
    package let cancellation: Cancellation?
    package let attendance: Attendance?
    /// What the bookings of one series have in common.
    package let series: String?
    /// Taken over from the program before Fascia, where it was paid, too.
    package let isImported: Bool

    package var durationMinutes: Int { Int(end.timeIntervalSince(start) / 60) }
    /// Whether it still keeps its time at that moment. A hold ends by the clock, whether or not anybody looks.
    package func isLive(at now: Date) -> Bool {
        switch state {
        case .confirmed: true
        case .cancelled: false
        case .pending: heldUntil.map { $0 > now } ?? true
        }
    }

    package var clinician: DiaryResource? { claims.first { $0.resource.kind == .clinician }?.resource }
    package var room: DiaryResource? { claims.first { $0.resource.kind == .room }?.resource }
    package var devices: [DiaryResource] { claims.map(\.resource).filter { $0.kind == .device } }
}

/// Why a booking was refused or can't be changed. Only `isConflict` can be cured by another time.
package enum BookingError: Error, Sendable, Hashable {
    case unknownService(String)
    case unknownClinician(String)
    /// The clinician exists but does not give this service.
    case clinicianDoesNotOffer(service: String)
    case offGrid(stepMinutes: Int)
    case inThePast
    case tooSoon(leadMinutes: Int)
    case beyondHorizon(days: Int)
    case outsideHours
    /// Somebody was faster.
    case taken
    /// The order has a booking already.
    case orderAlreadyBooked(Booking.ID)
    case notFound
    case notAllowed
    case alreadyStarted
    case cancelled
    /// Some visits of a series can't be had; none was booked.
    case seriesTaken([Date])
    /// A visit that has begun or is over has no other time.
    case attended
    /// Somebody else changed it since it was looked at.
    case changedMeanwhile
    /// A late change costs something, so it is talked about.
    case tooLateToMove(freeHours: Int)
    /// One person keeps more times than anybody needs.
    case tooManyHolds

    /// Whether the request was right and lost against another booking (HTTP 409 rather than 422).
    package var isConflict: Bool {
        switch self {
        case .taken, .orderAlreadyBooked, .alreadyStarted, .cancelled, .seriesTaken, .attended, .tooManyHolds,
            .changedMeanwhile, .tooLateToMove:
            true
        default: false
        }
    }

    /// What a person can do about it.
    package var explanation: String {
        switch self {
        case .unknownService(let slug): "There is no service \"\(slug)\"."
        case .unknownClinician(let id): "There is no clinician \"\(id)\"."
        case .clinicianDoesNotOffer(let service):
            "This clinician does not offer \(service). Choose another, or leave the choice to the clinic."
        case .offGrid(let step): "Visits of this kind start every \(step) minutes. Choose one of the listed times."
        case .inThePast: "This time is past. Choose a later one."
        case .tooSoon(let lead):
            "Online booking closes \(lead) minutes before a visit. Choose a later time, or call us."
        case .beyondHorizon(let days): "The diary is open \(days) days ahead. Choose an earlier time."
        case .outsideHours: "The clinic is closed at this time. Choose one of the listed times."
        case .taken: "This time has just been taken. Choose another one."
        case .orderAlreadyBooked: "A time for this order is booked already. Cancel it first to choose another."
        case .notFound: "There is no such booking. Check the link in your mail."
        case .notAllowed: "This booking is not yours to change."
        case .alreadyStarted: "This visit has begun or is over. Please call the clinic."
        case .cancelled: "This booking is cancelled. Please book a new time."
        case .seriesTaken(let starts):
            "\(starts.count) of these visits can't be had, so none was booked. Choose other times for them."
        case .changedMeanwhile: "Somebody changed this booking meanwhile. Look at it again."
        case .tooLateToMove(let hours):
            "Less than \(hours) hours before a visit it can't be moved online. Please call us."
        case .tooManyHolds:
            "Two times are kept for you already. Pay for one of them, or wait until they are free again."
        case .attended: "This visit has begun or is over. Undo that first to change its time."
        }
    }
}
