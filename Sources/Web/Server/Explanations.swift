// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import HTTPTypes
import Payments
import Storage

// What each refusal of the rooms below says to the person who meets it, all in one place.

extension BookingError: Explained {
    var fault: Fault {
        switch self {
        case .notFound: return .notFound("booking")
        case .notAllowed: return .notAllowed
        case .taken: return .conflict("taken", "This time is taken", explanation)
        case .changedMeanwhile: return .conflict("changed", "Somebody was here before you", explanation)
        case .tooManyHolds: return .conflict("too-many-holds", "You keep two times already", explanation)
        case .seriesTaken: return .conflict("series-taken", "Some of these times are taken", explanation)
        case .orderAlreadyBooked: return .conflict("already-booked", "There is a booking already", explanation)
        case .alreadyStarted, .cancelled, .attended, .tooLateToMove:
            return .conflict("too-late", "This can't be changed any more", explanation)
        case .unknownService: return .invalid([.init(name: "service", detail: explanation)])
        case .unknownClinician, .clinicianDoesNotOffer:
            return .invalid([.init(name: "clinician", detail: explanation)])
        case .offGrid, .inThePast, .tooSoon, .beyondHorizon, .outsideHours:
            return .invalid([.init(name: "start", detail: explanation)])
        }
    }
}

extension StaffError: Explained {
    var fault: Fault {
        switch self {
        case .unknown: .notFound("account")
        case .emailTaken: .invalid([.init(name: "email", detail: explanation)])
        case .badRole: .invalid([.init(name: "role", detail: explanation)])
        case .lastOwner: .conflict("last-owner", "Somebody must own the clinic", explanation)
        }
    }
}

extension OfferError: Explained {
    var fault: Fault {
        switch self {
        case .unknown: .notFound("request or offer")
        case .notAllowed: .notAllowed
        case .ended, .declined, .closed: .conflict("offer-over", "This offer is over", explanation)
        case .badCount: .invalid([.init(name: "slot", detail: explanation)])
        }
    }
}

extension ServicesError: Explained {
    var fault: Fault {
        switch self {
        case .unknownService, .unknownResource: .notFound("service or room")
        case .slugTaken: .invalid([.init(name: "slug", detail: explanation)])
        case .badTimes: .invalid([.init(name: "duration", detail: explanation)])
        case .badPrice: .invalid([.init(name: "price", detail: explanation)])
        case .wrongCandidates(let kind): .invalid([.init(name: "needs-\(kind.rawValue)", detail: explanation)])
        case .candidateTwice: .invalid([.init(name: "needs-room", detail: explanation)])
        }
    }
}

extension SlotsError: Explained {
    var fault: Fault {
        switch self {
        case .unknownService: .notFound("service")
        case .unknownClinician: .invalid([.init(name: "clinician", detail: explanation)])
        case .badRange: .invalid([.init(name: "to", detail: explanation)])
        }
    }
}

extension OrderRefusal: Explained {
    var fault: Fault {
        switch self {
        case .unknownService: .notFound("service")
        case .unknownOrder: .notFound("order")
        case .alreadyPaid:
            .conflict("already-paid", "This order is paid", "Nothing more is due. Your receipt came by mail.")
        case .paymentPageUnavailable:
            Fault(
                status: .badGateway, kind: "payment-page", title: "The payment page does not answer",
                detail: "Your order is kept and nothing was charged. Please go back and try again in a minute.")
        case .paymentsNotConfigured:
            Fault(
                status: .serviceUnavailable, kind: "payment-page", title: "Online payment is not set up",
                detail: "Nothing was charged. Please call us; we take your order by phone.")
        }
    }
}

extension SignInRefusal: Explained {
    var fault: Fault {
        switch self {
        case .wrong: .invalid([.init(name: "password", detail: "The address, the password or the code is wrong.")])
        case .codeNeeded:
            .invalid([.init(name: "code", detail: "Please type the code of your authenticator app, too.")])
        case .tooManyFailures(let wait): .tooMany(retryAfterSeconds: wait)
        }
    }
}

extension IdempotentAnswers.OtherRequest: Explained {
    var fault: Fault {
        .invalid([
            .init(
                name: "Idempotency-Key",
                detail: "This Idempotency-Key was used for another request. Make a new one for each booking.")
        ])
    }
}

extension StripeSignature.Refusal: Explained {
    var fault: Fault {
        let detail =
            switch self {
            case .malformed: "The Stripe-Signature header is missing or malformed."
            case .wrong: "No signature matches a signing secret that is set here."
            case .outsideTolerance: "The signature's time is more than five minutes away."
            }
        return Fault(status: .badRequest, kind: "signature", title: "The signature is refused", detail: detail)
    }
}

extension FilesError: Explained {
    var fault: Fault {
        switch self {
        case .wrongOffset(let received):
            .conflict("wrong-offset", "Go on at another offset", "Received so far: \(received) bytes.")
        case .checksum:
            .conflict("checksum", "The file arrived changed", "Its checksum differs. Please send it again.")
        case .missing, .unsafeKey: .notFound("file")
        case .disk(let why):
            Fault(
                status: .init(code: 507, reasonPhrase: "Insufficient Storage"), kind: "disk",
                title: "The file could not be written",
                detail: "\(why). What was received so far is kept; try again when there is space.")
        }
    }
}
