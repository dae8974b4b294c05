// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
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
            name: heard(offer.name), summary: heard(offer.summary), price: Words.price(offer.price),
            each: less > 0
                ? said(
                    "{price} a session, {less} less than one by one",
                    ["price": Words.price(each), "less": Words.price(offer.price.amount(less))])
                : said("{price} a session", ["price": Words.price(each)]),
            sessions: heard("\(offer.credits) sessions"), service: heard(service?.name ?? offer.service),
            serviceURL: "/services/\(offer.service)", validity: heard("Valid for \(offer.validDays) days"),
            policy: offer.latePolicy == .keep
                ? heard("A session that you cancel in time comes back. One that is cancelled late, or missed, is used.")
                : heard("A session that you cancel or miss comes back."),
            buyURL: "/packages/\(offer.slug)")
    }

    static func state(_ view: Clinic.PackageView, at now: Date) -> (badge: Badge, label: String) {
        if view.isFrozen { return (.bad, heard("On hold")) }
        if view.package.expiresAt <= now { return (.plain, heard("Over")) }
        return view.balance.available > 0 ? (.good, heard("Ready")) : (.plain, heard("All taken"))
    }

    static func card(
        _ view: Clinic.PackageView, isOwner: Bool, sharePath: String?, at now: Date, zone: TimeZone
    ) -> PackageCard {
        let balance = view.balance
        let parts: [(Int64, String)] = [
            (balance.held, heard("booked")), (balance.used, heard("used")),
            (balance.kept, heard("cancelled late or missed")),
            (balance.expired, heard("run out")), (balance.refunded, heard("paid back")),
            (balance.withdrawn, heard("withdrawn")),
        ]
        let (badge, label) = state(view, at: now)
        return PackageCard(
            name: heard(view.package.name), owner: view.owner.name, service: heard(view.serviceName),
            bookURL: balance.available > 0 && !view.isFrozen ? "/book/\(view.package.service)" : nil,
            available: "\(balance.available)",
            availableLabel: said("of {n} sessions left", ["n": String(view.package.credits)]),
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
        let count = movement.count == 1 ? heard("1 session") : heard("\(movement.count) sessions")
        return switch movement.kind {
        case .bought: heard("\(count) bought")
        case .held: heard("\(count) booked")
        case .used: heard("\(count) used")
        case .returned: heard("\(count) returned")
        case .kept: heard("\(count) not returned: cancelled late or missed")
        case .expired: heard("\(count) ran out of time")
        case .refunded: heard("\(count) paid back")
        case .withdrawn: heard("\(count) withdrawn, as the money was")
        case .undone: heard("\(count) put back")
        }
    }
}
