// SPDX-License-Identifier: Apache-2.0

/// The packages that the clinic sells.
struct PackagesPage: PageValue {
    static let template = "packages"

    struct Offer: Sendable {
        var name: String
        var summary: String
        var price: String
        /// "$99 a session, $11 less than one by one"
        var each: String
        var sessions: String
        var service: String
        var serviceURL: String
        var validity: String
        /// What a late cancellation costs.
        var policy: String
        var buyURL: String
    }

    var frame: Frame
    var offers: [Offer]
    let hasOffers: Bool

    init(frame: Frame, offers: [Offer]) {
        self.frame = frame
        self.offers = offers
        hasOffers = !offers.isEmpty
    }
}

/// The form that buys a package.
struct PackageOrderPage: PageValue {
    static let template = "package-order"

    var frame: Frame
    var offer: PackagesPage.Offer
    /// Fields: attempt, name, email, phone, discount, terms.
    var action: String
    var attempt: String
    var name = FieldValue()
    var email = FieldValue()
    var phone = FieldValue()
    var discount = FieldValue()
    var terms = FieldValue()
    var termsTicked = false
    var termsText: String
    var paymentNote: String
    var errorSummary: ErrorSummary?
}

/// One package as a patient or the desk sees it.
struct PackageCard: Sendable {
    struct Movement: Sendable {
        var what: String
        var when: String
    }

    struct Share: Sendable {
        var name: String
        var endAction: String?
    }

    var name: String
    var owner: String
    var service: String
    var bookURL: String?
    /// "4"
    var available: String
    /// "of 6 sessions left"
    var availableLabel: String
    /// "1 booked, 1 used"
    var rest: String
    var validUntil: String
    var badge: Badge
    var stateLabel: String
    var isOwner: Bool
    var shareAction: String?
    /// Beside the identifiers of its form's fields, as several packages stand on one page.
    var key: String
    var shares: [Share]
    let hasShares: Bool
    var history: [Movement]

    init(
        name: String, owner: String, service: String, bookURL: String?, available: String, availableLabel: String,
        rest: String, validUntil: String, badge: Badge, stateLabel: String, isOwner: Bool, shareAction: String?,
        key: String, shares: [Share], history: [Movement]
    ) {
        self.name = name
        self.owner = owner
        self.service = service
        self.bookURL = bookURL
        self.available = available
        self.availableLabel = availableLabel
        self.rest = rest
        self.validUntil = validUntil
        self.badge = badge
        self.stateLabel = stateLabel
        self.isOwner = isOwner
        self.shareAction = shareAction
        self.key = key
        self.shares = shares
        hasShares = !shares.isEmpty
        self.history = history
    }
}

/// A patient's packages.
struct PortalPackagesPage: PageValue {
    static let template = "portal-packages"

    var frame: Frame
    var message: String?
    var errorSummary: ErrorSummary?
    var packages: [PackageCard]
    let hasPackages: Bool

    init(frame: Frame, message: String? = nil, errorSummary: ErrorSummary? = nil, packages: [PackageCard]) {
        self.frame = frame
        self.message = message
        self.errorSummary = errorSummary
        self.packages = packages
        hasPackages = !packages.isEmpty
    }
}

/// All packages at the desk, or those of people whose name is typed.
struct DeskPackagesPage: PageValue {
    static let template = "desk-packages"

    struct Line: Sendable {
        var owner: String
        var url: String
        var name: String
        var left: String
        var validUntil: String
        var badge: Badge
        var stateLabel: String
    }

    var frame: Frame
    var links: [Frame.Link]
    var search: String
    var packages: [Line]
    let hasPackages: Bool

    init(frame: Frame, links: [Frame.Link], search: String, packages: [Line]) {
        self.frame = frame
        self.links = links
        self.search = search
        self.packages = packages
        hasPackages = !packages.isEmpty
    }
}

/// One package at the desk.
struct DeskPackagePage: PageValue {
    static let template = "desk-package"

    struct RefundForm: Sendable {
        var action: String
        var attempt: String
        var credits: FieldValue
        var methods: [MenuChoice]
        /// "All 4 that are left are worth $396.00."
        var note: String
    }

    var frame: Frame
    var links: [Frame.Link]
    var message: String?
    var errorSummary: ErrorSummary?
    var package: PackageCard
    var moneyURL: String
    var refundForm: RefundForm?
}

/// What is sold as packages, for the owner.
struct OwnerOffersPage: PageValue {
    static let template = "owner-packages"

    struct Offer: Sendable {
        var name: String
        var detail: String
        var endAction: String
    }

    var frame: Frame
    var message: String?
    var offers: [Offer]
    var slug = FieldValue()
    var name = FieldValue()
    var summary = FieldValue()
    var credits = FieldValue(value: "6")
    var price = FieldValue()
    var days = FieldValue(value: "365")
    var services: [Choice]
    var policies: [Choice]
    var errorSummary: ErrorSummary?
}
