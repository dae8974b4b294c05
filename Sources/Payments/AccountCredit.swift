// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// What the clinic owes a patient in money: out of refunds that they left here, or as a courtesy.
package struct AccountCredit: Sendable {
    package init() {}

    /// Positive, or zero.
    package func balance(
        of patient: Patient.ID, currency: String, in transaction: any Transaction
    ) throws -> Int64 {
        let total =
            try transaction.value(
                Int64?.self,
                """
                SELECT CAST(SUM(ledger_entry.amount) AS BIGINT) FROM ledger_entry
                JOIN ledger_posting ON ledger_posting.source = ledger_entry.source
                WHERE ledger_posting.patient = \(patient) AND account = \(Ledger.Account.accountCredit)
                    AND currency = \(currency)
                """
            ).flatMap { $0 } ?? 0
        return -total
    }

    /// Gives credit for nothing. The same form sent twice gives it once.
    @discardableResult
    package func grant(
        _ amount: Money, to patient: Patient.ID, why: String, formAttempt: String, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> Bool {
        guard amount.minorUnits > 0 else { throw CashError.noAmount }
        let isNew = try Ledger().post(
            [.init(.goodwill, amount), .init(.accountCredit, -amount)], source: "goodwill:\(formAttempt)", order: nil,
            patient: patient, at: now, in: transaction)
        if isNew {
            try AuditTrail().record(
                "credit.grant", patient: patient, subject: "patient/\(patient)",
                detail: ["amount": amount.formatted, "why": why], by: actor, at: now, in: transaction)
        }
        return isNew
    }

    func faults(in transaction: any Transaction) throws -> [String] {
        try transaction.rows(
            """
            SELECT ledger_posting.patient, currency FROM ledger_entry
            JOIN ledger_posting ON ledger_posting.source = ledger_entry.source
            WHERE account = \(Ledger.Account.accountCredit)
            GROUP BY ledger_posting.patient, currency HAVING SUM(amount) > 0 OR ledger_posting.patient IS NULL
            """
        ).map { "more credit of patient \(try $0.get("patient", as: String?.self) ?? "nobody") was used than given" }
    }
}

/// Why the cash desk says no.
package enum CashError: Error, Sendable, Hashable {
    case unknownOrder
    case noAmount
    case otherCurrency(String)
    case moreThanDue(Money)
    case moreThanRefundable(Money)
    case moreThanCredit(Money)
    case onlyAtProvider
    case nothingToInvoice
    case alreadyClosed
    case unknownCode
    case codeNotYet, codeOver, codeUsedUp, codeForOtherService
    case badCode(String)

    package var explanation: String {
        switch self {
        case .unknownOrder: "There is no such order."
        case .noAmount: "Please type an amount above zero, such as 45.50."
        case .otherCurrency(let currency): "This order is in \(currency)."
        case .moreThanDue(let due): "Only \(due.formatted) is due. Take no more than that."
        case .moreThanRefundable(let most): "No more than \(most.formatted) can go back this way."
        case .moreThanCredit(let credit): "The patient's credit is \(credit.formatted)."
        case .onlyAtProvider: "A card payment of the web page is taken on the provider's page, not here."
        case .nothingToInvoice: "There is nothing to invoice: the order was refunded, or costs nothing."
        case .alreadyClosed: "This day is closed already."
        case .unknownCode: "There is no such code. Check its spelling, or go on without it."
        case .codeNotYet: "This code is not valid yet."
        case .codeOver: "This code is no longer valid."
        case .codeUsedUp: "This code was used as often as it may be."
        case .codeForOtherService: "This code is for something else."
        case .badCode(let why): why
        }
    }
}
