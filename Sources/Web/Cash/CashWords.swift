// SPDX-License-Identifier: Apache-2.0

import Accounts
import Payments

/// How the cash desk says things.
enum CashWords {
    static func method(_ method: PaymentMethod) -> String {
        switch method {
        case .provider: "Card, online"
        case .cash: "Cash"
        case .cardTerminal: "Card terminal"
        case .bankTransfer: "Bank transfer"
        case .credit: "Account credit"
        }
    }

    static func kind(_ series: BillingDocument.Series) -> String {
        switch series {
        case .receipt: "Receipt"
        case .invoice: "Invoice"
        case .creditNote: "Credit note"
        }
    }

    static func dispute(_ dispute: Dispute) -> (badge: Badge, label: String) {
        switch dispute.status {
        case "won": (.good, "Won")
        case "lost": (.bad, "Lost")
        case "warning_closed": (.plain, "Closed without loss")
        case "under_review", "warning_under_review": (.warn, "The bank decides")
        default: (.bad, "Needs your answer")
        }
    }

    /// Stripe's word for a reason, as a person reads it.
    static func reason(_ word: String) -> String {
        let text = word.replacing("_", with: " ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    static func methods(_ all: [PaymentMethod], chosen: String) -> [MenuChoice] {
        all.map { MenuChoice(value: $0.rawValue, label: method($0), isChosen: $0.rawValue == chosen) }
    }
}

extension Site {
    /// The rooms of the cash desk that this person may open.
    func cashLinks(_ current: String, _ actor: Actor) -> [Frame.Link] {
        let all: [(String, String, Permission)] = [
            ("Cash desk", "/desk/cash", .takePayments), ("Packages", "/desk/packages", .managePackages),
            ("Disputes", "/desk/disputes", .seeDisputes), ("Codes and tax", "/desk/prices", .manageMoney),
        ]
        return all.filter { actor.may($0.2) }.map { .init(label: $0.0, url: $0.1, isCurrent: $0.1 == current) }
    }
}

extension DeskDayPage {
    /// What the owner has to answer.
    static func alarms(disputes: Int) -> [Alarm] {
        guard disputes > 0 else { return [] }
        return [
            .init(
                tone: .bad, title: "A bank asks for money back",
                detail: disputes == 1 ? "One dispute is open." : "\(disputes) disputes are open.",
                url: "/desk/disputes",
                actionLabel: "Look")
        ]
    }
}

extension CashError: Explained {
    var fault: Fault {
        switch self {
        case .unknownOrder: .notFound("order")
        case .alreadyClosed: .conflict("closed", "This day is closed", explanation)
        case .unknownCode, .codeNotYet, .codeOver, .codeUsedUp, .codeForOtherService:
            .invalid([.init(name: "discount", detail: explanation)])
        case .badCode: .invalid([.init(name: "code", detail: explanation)])
        case .nothingToInvoice: .conflict("invoice", "There is no invoice to issue", explanation)
        case .noAmount, .otherCurrency, .moreThanDue, .moreThanRefundable, .moreThanCredit, .onlyAtProvider:
            .invalid([.init(name: "amount", detail: explanation)])
        }
    }
}

extension PackageError: Explained {
    var fault: Fault {
        switch self {
        case .unknownPackage, .unknownOffer: .notFound("package")
        case .notYours: .notAllowed
        case .onlyAvailable: .invalid([.init(name: "credits", detail: explanation)])
        case .noCreditLeft: .conflict("no-credit", "No session is left", explanation)
        case .alreadyShared, .sharedWithOwner: .invalid([.init(name: "email", detail: explanation)])
        case .badOffer: .invalid([.init(name: "name", detail: explanation)])
        }
    }
}
