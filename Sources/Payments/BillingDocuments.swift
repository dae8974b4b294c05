// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// A numbered paper: what it says is written once and never changed.
package struct BillingDocument: Sendable, Hashable {
    /// Each has its own numbers, without gaps.
    package enum Series: String, Sendable, Bindable, CaseIterable {
        case receipt = "R"
        case invoice = "I"
        case creditNote = "C"
    }

    package let series: Series
    package let sequence: Int64
    package let source: String
    package let order: Order.ID
    package let payer: String
    package let what: String
    /// Tax included.
    package let amount: Money
    package let taxRate: TaxRate
    package let tax: Money
    /// Nil on an invoice.
    package let method: PaymentMethod?
    package let issuedAt: Date

    /// "R-000017"
    package var number: String { Self.number(series, sequence) }

    static func number(_ series: Series, _ sequence: Int64) -> String {
        let digits = String(sequence)
        return "\(series.rawValue)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

extension BillingDocument {
    init(_ row: Row) throws {
        let currency: String = try row.get("currency")
        self.init(
            series: try row.get("series"), sequence: try row.get("number"), source: try row.get("source"),
            order: try row.get("purchase_order"), payer: try row.get("payer"), what: try row.get("what"),
            amount: Money(minorUnits: try row.get("amount"), currency: currency),
            taxRate: TaxRate(try row.get("tax_tenths")) ?? .exempt,
            tax: Money(minorUnits: try row.get("tax_amount"), currency: currency),
            method: PaymentMethod(rawValue: try row.get("method")), issuedAt: try row.get("issued_at"))
    }
}

/// The clinic's own numbering. A number is given in the transaction of its fact, so none is lost and none is given twice.
package struct BillingDocuments: Sendable {
    package init() {}

    /// The paper of a fact; the same fact has the same paper.
    /// - Parameter before: what earlier papers of this series said of the order, for the tax's rounding.
    @discardableResult
    func issue(
        _ series: BillingDocument.Series, source: String, order: Order, what: String, amount: Money,
        method: PaymentMethod?, at now: Date, in transaction: any Transaction
    ) throws -> BillingDocument {
        if let row = try transaction.first("SELECT * FROM billing_document WHERE source = \(source)") {
            return try BillingDocument(row)
        }
        let before =
            try transaction.value(
                Int64?.self,
                """
                SELECT CAST(SUM(amount) AS BIGINT) FROM billing_document
                WHERE purchase_order = \(order.id) AND series = \(series)
                """
            ).flatMap { $0 } ?? 0
        let last =
            try transaction.value(
                Int64?.self, "SELECT MAX(number) FROM billing_document WHERE series = \(series)"
            ).flatMap { $0 } ?? 0
        let tax = order.taxRate.included(in: amount.minorUnits, after: before)
        try transaction.run(
            """
            INSERT INTO billing_document (series, number, source, purchase_order, payer, what, amount, currency, tax_tenths,
                tax_amount, method, issued_at)
            VALUES (\(series), \(last + 1), \(source), \(order.id), \(order.contactName), \(what), \(amount.minorUnits),
                \(amount.currency), \(order.taxRate.tenthsOfPercent), \(tax), \(method?.rawValue ?? ""), \(now))
            """)
        guard let row = try transaction.first("SELECT * FROM billing_document WHERE source = \(source)") else {
            throw DatabaseError.column("the new document is gone")
        }
        return try BillingDocument(row)
    }

    package func list(of order: Order.ID, in transaction: any Transaction) throws -> [BillingDocument] {
        try transaction.rows(
            "SELECT * FROM billing_document WHERE purchase_order = \(order) ORDER BY issued_at, series, number"
        ).map(BillingDocument.init)
    }

    /// "R-000017", as it stands on the paper.
    package func find(number: String, in transaction: any Transaction) throws -> BillingDocument? {
        let parts = number.split(separator: "-")
        guard parts.count == 2, let series = BillingDocument.Series(rawValue: String(parts[0])),
            let sequence = Int64(parts[1])
        else { return nil }
        return try transaction.first(
            "SELECT * FROM billing_document WHERE series = \(series) AND number = \(sequence)"
        ).map(BillingDocument.init)
    }

    func faults(in transaction: any Transaction) throws -> [String] {
        try transaction.rows(
            """
            SELECT series, COUNT(*) AS papers, MIN(number) AS first, MAX(number) AS last FROM billing_document
            GROUP BY series HAVING COUNT(*) <> MAX(number) OR MIN(number) <> 1
            """
        ).map { "the numbers of series \(try $0.get("series", as: String.self)) have a gap" }
    }
}
