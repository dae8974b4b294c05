// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import Payments
import Storage

/// How the pages say packages.
enum PackageWords {
    static func offer(_ offer: PackageOffer, _ service: HealthcareService?) -> PackagesPage.Offer {
        let each = offer.price.amount(offer.price.minorUnits / offer.credits)
        let less = service.map { $0.price.minorUnits - each.minorUnits } ?? 0
        return .init(
            name: offer.name, summary: offer.summary, price: Words.price(offer.price),
            each: "\(Words.price(each)) a session"
                + (less > 0 ? ", \(Words.price(offer.price.amount(less))) less than one by one" : ""),
            sessions: "\(offer.credits) sessions", service: service?.name ?? offer.service,
            serviceURL: "/services/\(offer.service)", validity: "Valid for \(offer.validDays) days",
            policy: offer.latePolicy == .keep
                ? "A session that you cancel in time comes back. One that is cancelled late, or missed, is used."
                : "A session that you cancel or miss comes back.",
            buyURL: "/packages/\(offer.slug)")
    }

    static func state(_ view: Clinic.PackageView, at now: Date) -> (badge: Badge, label: String) {
        if view.isFrozen { return (.bad, "On hold") }
        if view.package.expiresAt <= now { return (.plain, "Over") }
        return view.balance.available > 0 ? (.good, "Ready") : (.plain, "All taken")
    }

    static func card(
        _ view: Clinic.PackageView, isOwner: Bool, sharePath: String?, at now: Date, zone: TimeZone
    ) -> PackageCard {
        let balance = view.balance
        let parts: [(Int64, String)] = [
            (balance.held, "booked"), (balance.used, "used"), (balance.kept, "cancelled late or missed"),
            (balance.expired, "run out"), (balance.refunded, "paid back"), (balance.withdrawn, "withdrawn"),
        ]
        let (badge, label) = state(view, at: now)
        return PackageCard(
            name: view.package.name, owner: view.owner.name, service: view.serviceName,
            bookURL: balance.available > 0 && !view.isFrozen ? "/book/\(view.package.service)" : nil,
            available: "\(balance.available)", availableLabel: "of \(view.package.credits) sessions left",
            rest: parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", "),
            validUntil: Words.date(view.package.expiresAt, in: zone), badge: badge, stateLabel: label,
            isOwner: isOwner, shareAction: isOwner ? sharePath.map { "\($0)/share" } : nil,
            key: "\(view.package.id)",
            shares: view.shares.map { share in
                .init(name: share.name, endAction: isOwner ? sharePath.map { "\($0)/shares/\(share.id)/end" } : nil)
            },
            history: view.history.map { .init(what: movement($0), when: Words.moment($0.at, in: zone)) })
    }

    private static func movement(_ movement: CreditMovement) -> String {
        let count = movement.count == 1 ? "1 session" : "\(movement.count) sessions"
        return switch movement.kind {
        case .bought: "\(count) bought"
        case .held: "\(count) booked"
        case .used: "\(count) used"
        case .returned: "\(count) returned"
        case .kept: "\(count) not returned: cancelled late or missed"
        case .expired: "\(count) ran out of time"
        case .refunded: "\(count) paid back"
        case .withdrawn: "\(count) withdrawn, as the money was"
        case .undone: "\(count) put back"
        }
    }
}
