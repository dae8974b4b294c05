// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Something that can be bought as a whole: "Six acupuncture sessions".
package struct PackageOffer: Sendable, Hashable {
    /// Orders of packages carry the offer's name behind this in the place of a service's.
    package static let orderPrefix = "package:"

    /// What becomes of the credit when a visit is cancelled late or missed.
    package enum LatePolicy: String, Sendable, Bindable, CaseIterable {
        case keep
        /// Given back all the same.
        case giveBack
    }

    package let slug: String
    package let name: String
    package let summary: String
    /// The service that a credit pays for.
    package let service: String
    package let credits: Int64
    package let price: Money
    package let validDays: Int64
    package let latePolicy: LatePolicy
    package let isEnded: Bool

    package init(
        slug: String, name: String, summary: String, service: String, credits: Int64, price: Money, validDays: Int64,
        latePolicy: LatePolicy, isEnded: Bool = false
    ) {
        self.slug = slug
        self.name = name
        self.summary = summary
        self.service = service
        self.credits = credits
        self.price = price
        self.validDays = validDays
        self.latePolicy = latePolicy
        self.isEnded = isEnded
    }

    package var orderSlug: String { Self.orderPrefix + slug }
}

/// A package that was bought.
package struct CreditPackage: Sendable, Hashable {
    package typealias ID = Identifier<CreditPackage>

    package let id: ID
    package let offer: String
    package let order: Order.ID
    /// Who bought it.
    package let patient: Patient.ID
    package let name: String
    package let service: String
    package let credits: Int64
    package let price: Money
    package let latePolicy: PackageOffer.LatePolicy
    package let boughtAt: Date
    package let expiresAt: Date

    /// What `count` of its credits are worth, rounded down; all of them are worth the price.
    package func worth(_ count: Int64) -> Int64 { price.minorUnits * count / credits }
}

/// A family member who may use somebody's package.
package struct PackageShare: Sendable, Hashable {
    package typealias ID = Identifier<PackageShare>

    package let id: ID
    package let patient: Patient.ID
    package let name: String
    package let sharedAt: Date
}

/// Where the credits of a package are.
package struct CreditBalance: Sendable, Hashable {
    package let available, held, used, kept, expired, refunded, withdrawn: Int64

    init(_ sums: [CreditLedger.Account: Int64]) {
        func sum(_ account: CreditLedger.Account) -> Int64 { sums[account] ?? 0 }
        available = sum(.available)
        held = sum(.held)
        used = sum(.used)
        kept = sum(.kept)
        expired = sum(.expired)
        refunded = sum(.refunded)
        withdrawn = sum(.withdrawn)
    }
}

/// One line of a package's history.
package struct CreditMovement: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case bought, held, used, returned, kept, expired, refunded, withdrawn, undone
    }
    package let kind: Kind
    package let count: Int64
    package let booking: String?
    package let at: Date
}

/// Why a visit's credit is no longer held.
package enum CreditReturn: String, Sendable, CaseIterable {
    /// In time, or because of the clinic.
    case timely
    case late, noShow
}

package enum PackageError: Error, Sendable, Hashable {
    case unknownPackage, unknownOffer
    case notYours
    /// Held credits are released by cancelling their visits first.
    case onlyAvailable(Int64)
    case alreadyShared
    case sharedWithOwner
    case badOffer(String)
    /// Somebody else of the family was faster.
    case noCreditLeft

    package var explanation: String {
        switch self {
        case .unknownPackage: "There is no such package."
        case .unknownOffer: "This package is not sold any more."
        case .notYours: "This package is somebody else's."
        case .onlyAvailable(let count):
            "\(count) sessions can go back. Sessions that are booked have to be cancelled first."
        case .alreadyShared: "This person shares the package already."
        case .sharedWithOwner: "Visits booked under your own email address use the package anyway."
        case .badOffer(let why): why
        case .noCreditLeft:
            "The last session of your package has just been used. Load the page again to pay for this one."
        }
    }
}

extension CreditPackage {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), offer: try row.get("offer"), order: try row.get("purchase_order"),
            patient: try row.get("patient"), name: try row.get("name"), service: try row.get("service"),
            credits: try row.get("credits"),
            price: Money(minorUnits: try row.get("amount"), currency: try row.get("currency")),
            latePolicy: try row.get("late_policy"), boughtAt: try row.get("bought_at"),
            expiresAt: try row.get("expires_at"))
    }
}
