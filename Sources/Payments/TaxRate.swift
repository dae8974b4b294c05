// SPDX-License-Identifier: Apache-2.0

package import Storage

/// A tax that prices include, in tenths of per cent: 81 is 8.1 %. Health care is mostly exempt, which is zero.
package struct TaxRate: Sendable, Hashable {
    package let tenthsOfPercent: Int64

    package static let exempt = TaxRate(tenthsOfPercent: 0)

    /// Nil outside of 0 to 100 %.
    package init?(_ tenthsOfPercent: Int64) {
        guard (0...1000).contains(tenthsOfPercent) else { return nil }
        self.tenthsOfPercent = tenthsOfPercent
    }

    private init(tenthsOfPercent: Int64) { self.tenthsOfPercent = tenthsOfPercent }

    /// The tax within an amount, rounded half up to the minor unit.
    package func included(in gross: Int64) -> Int64 {
        let parts = 1000 + tenthsOfPercent
        let doubled = 2 * gross.magnitude * UInt64(tenthsOfPercent) + UInt64(parts)
        let tax = Int64(doubled / UInt64(2 * parts))
        return gross < 0 ? -tax : tax
    }

    /// The tax within a further part of something of which `before` was counted: the parts of a whole have exactly the
    /// tax of the whole, however it is cut.
    package func included(in part: Int64, after before: Int64) -> Int64 {
        included(in: before + part) - included(in: before)
    }

    /// "8.1 %"
    package var formatted: String {
        let rest = tenthsOfPercent % 10
        return "\(tenthsOfPercent / 10)\(rest == 0 ? "" : ".\(rest)") %"
    }
}

/// Which service bears which tax; the owner's to set.
package struct TaxRates: Sendable {
    package init() {}

    /// The row for every service that has none of its own.
    static let everything = "*"

    package func rate(of service: String, in transaction: any Transaction) throws -> TaxRate {
        let tenths =
            try transaction.value(
                Int64.self, "SELECT tenths_per_cent FROM tax_rate WHERE service = \(service)")
            ?? transaction.value(
                Int64.self, "SELECT tenths_per_cent FROM tax_rate WHERE service = \(Self.everything)")
        return tenths.flatMap { TaxRate($0) } ?? .exempt
    }

    /// - Parameter service: nil for every service that has no rate of its own.
    package func set(_ rate: TaxRate, for service: String?, in transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO tax_rate (service, tenths_per_cent)
            VALUES (\(service ?? Self.everything), \(rate.tenthsOfPercent))
            ON CONFLICT (service) DO UPDATE SET tenths_per_cent = excluded.tenths_per_cent
            """)
    }

    package func all(in transaction: any Transaction) throws -> [(service: String?, rate: TaxRate)] {
        try transaction.rows("SELECT * FROM tax_rate ORDER BY service").map { row in
            let service: String = try row.get("service")
            return (service == Self.everything ? nil : service, TaxRate(try row.get("tenths_per_cent")) ?? .exempt)
        }
    }
}
