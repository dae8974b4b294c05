// SPDX-License-Identifier: Apache-2.0

package import Storage

/// What the clinic sells as packages; the owner's to say.
package struct PackageOffers: Sendable {
    package init() {}

    package func add(_ offer: PackageOffer, in transaction: any Transaction) throws {
        guard offer.slug.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) != nil, offer.slug.count <= 60 else {
            throw PackageError.badOffer("The address has small letters, digits and hyphens only.")
        }
        guard !offer.name.isEmpty, offer.name.count <= 200 else {
            throw PackageError.badOffer("Please give the package a name.")
        }
        guard (1...200).contains(offer.credits), (1...3650).contains(offer.validDays) else {
            throw PackageError.badOffer("A package has 1 to 200 sessions and is valid for 1 to 3650 days.")
        }
        guard offer.price.minorUnits > 0 else { throw PackageError.badOffer("Please set a price above zero.") }
        let isNew = try transaction.run(
            """
            INSERT INTO package_offer (slug, name, summary, service, credits, amount, currency, valid_days, late_policy,
                ended)
            VALUES (\(offer.slug), \(offer.name), \(offer.summary), \(offer.service), \(offer.credits),
                \(offer.price.minorUnits), \(offer.price.currency), \(offer.validDays), \(offer.latePolicy), \(false))
            ON CONFLICT (slug) DO NOTHING
            """)
        guard isNew == 1 else { throw PackageError.badOffer("There is a package of this name already.") }
    }

    /// It is sold no more; what was sold stays good.
    package func end(_ slug: String, in transaction: any Transaction) throws {
        try transaction.run("UPDATE package_offer SET ended = \(true) WHERE slug = \(slug)")
    }

    package func find(_ slug: String, in transaction: any Transaction) throws -> PackageOffer? {
        try transaction.first("SELECT * FROM package_offer WHERE slug = \(slug)").map(PackageOffer.init)
    }

    /// What is sold now, the smallest price first.
    package func sold(in transaction: any Transaction) throws -> [PackageOffer] {
        try transaction.rows("SELECT * FROM package_offer WHERE NOT ended ORDER BY amount, slug").map(PackageOffer.init)
    }
}

extension PackageOffer {
    init(_ row: Row) throws {
        self.init(
            slug: try row.get("slug"), name: try row.get("name"), summary: try row.get("summary"),
            service: try row.get("service"), credits: try row.get("credits"),
            price: Money(minorUnits: try row.get("amount"), currency: try row.get("currency")),
            validDays: try row.get("valid_days"), latePolicy: try row.get("late_policy"), isEnded: try row.get("ended"))
    }
}
