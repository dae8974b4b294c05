// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// A word that makes something cheaper.
package struct DiscountCode: Sendable, Hashable {
    package enum Kind: String, Sendable, Bindable {
        /// `value` of a hundred.
        case percent
        /// `value` minor units.
        case amount
    }

    /// As it is kept: capitals, no space around.
    package let code: String
    package let kind: Kind
    package let value: Int64
    package let currency: String
    /// The service that it is for, or all.
    package let service: String?
    package let validFrom: Date?
    package let validUntil: Date?
    package let mostUses: Int64?
    package let isEnded: Bool
    package let uses: Int64

    /// The same word however it is typed.
    package static func normalized(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines).uppercased()
    }

    /// What it takes off; never more than the price.
    package func discount(on price: Money) -> Int64 {
        switch kind {
        case .percent: min(price.minorUnits, (price.minorUnits * value + 50) / 100)
        case .amount: min(price.minorUnits, value)
        }
    }
}

/// The owner's codes, and what was taken off by them.
package struct DiscountCodes: Sendable {
    struct Discount { let code: String, amount: Int64 }

    package init() {}

    package func add(
        _ text: String, kind: DiscountCode.Kind, value: Int64, currency: String, service: String?, validFrom: Date?,
        validUntil: Date?, mostUses: Int64?, at now: Date, in transaction: any Transaction
    ) throws {
        let code = DiscountCode.normalized(text)
        guard (3...40).contains(code.count), code.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) else {
            throw CashError.badCode("A code has 3 to 40 letters, digits or hyphens.")
        }
        guard value > 0, kind == .amount || value <= 100 else {
            throw CashError.badCode("Take off 1 to 100 per cent, or an amount above zero.")
        }
        guard mostUses.map({ $0 > 0 }) ?? true else { throw CashError.badCode("A limit is at least 1.") }
        if let validFrom, let validUntil, validUntil <= validFrom {
            throw CashError.badCode("The code would end before it begins.")
        }
        let isNew = try transaction.run(
            """
            INSERT INTO discount_code (code, kind, value, currency, service, valid_from, valid_until, most_uses, ended,
                made_at)
            VALUES (\(code), \(kind), \(value), \(currency), \(service), \(validFrom), \(validUntil), \(mostUses),
                \(false), \(now))
            ON CONFLICT (code) DO NOTHING
            """)
        guard isNew == 1 else { throw CashError.badCode("There is a code \(code) already.") }
    }

    package func end(_ code: String, in transaction: any Transaction) throws {
        try transaction.run("UPDATE discount_code SET ended = \(true) WHERE code = \(code)")
    }

    package func list(in transaction: any Transaction) throws -> [DiscountCode] {
        try transaction.rows("SELECT * FROM discount_code ORDER BY made_at DESC, code").map {
            try code($0, in: transaction)
        }
    }

    /// What a typed code takes off; nil where none was typed.
    func discount(
        _ text: String, on price: Money, service: String, at now: Date, in transaction: any Transaction
    ) throws -> Discount? {
        let typed = DiscountCode.normalized(text)
        guard !typed.isEmpty else { return nil }
        guard let row = try transaction.first("SELECT * FROM discount_code WHERE code = \(typed)") else {
            throw CashError.unknownCode
        }
        let code = try code(row, in: transaction)
        if code.isEnded { throw CashError.codeOver }
        if let from = code.validFrom, now < from { throw CashError.codeNotYet }
        if let until = code.validUntil, now >= until { throw CashError.codeOver }
        if let only = code.service, only != service { throw CashError.codeForOtherService }
        if code.kind == .amount, code.currency != price.currency { throw CashError.codeForOtherService }
        if let most = code.mostUses, code.uses >= most { throw CashError.codeUsedUp }
        return Discount(code: typed, amount: code.discount(on: price))
    }

    func note(_ discount: Discount, order: Order.ID, at now: Date, in transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO discount_use (purchase_order, code, amount, used_at)
            VALUES (\(order), \(discount.code), \(discount.amount), \(now))
            """)
    }

    /// What was taken off an order.
    package func use(of order: Order.ID, in transaction: any Transaction) throws -> (code: String, amount: Int64)? {
        try transaction.first("SELECT code, amount FROM discount_use WHERE purchase_order = \(order)").map {
            (try $0.get("code"), try $0.get("amount"))
        }
    }

    private func code(_ row: Row, in transaction: any Transaction) throws -> DiscountCode {
        let code: String = try row.get("code")
        // An order that ran out unpaid gives its use back. Should its buyer return, the promise made to them holds.
        let uses =
            try transaction.value(
                Int64.self,
                """
                SELECT COUNT(*) FROM discount_use JOIN purchase_order ON purchase_order.id = discount_use.purchase_order
                WHERE discount_use.code = \(code) AND purchase_order.state <> \(Order.State.expired)
                """) ?? 0
        return DiscountCode(
            code: code, kind: try row.get("kind"), value: try row.get("value"), currency: try row.get("currency"),
            service: try row.get("service"), validFrom: try row.get("valid_from"),
            validUntil: try row.get("valid_until"), mostUses: try row.get("most_uses"), isEnded: try row.get("ended"),
            uses: uses)
    }
}
