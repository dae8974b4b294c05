// SPDX-License-Identifier: Apache-2.0

package import Storage

/// How money comes and goes.
package enum PaymentMethod: String, Sendable, Hashable, CaseIterable, Bindable {
    /// By card on the payment provider's page.
    case provider
    case cash, cardTerminal, bankTransfer
    /// Out of what the clinic owes the patient already.
    case credit

    /// The account of the ledger that holds it.
    package var account: Ledger.Account {
        switch self {
        case .provider: .providerClearing
        case .cash: .cashDrawer
        case .cardTerminal: .cardTerminal
        case .bankTransfer: .bankAccount
        case .credit: .accountCredit
        }
    }
}

extension Money {
    /// Another amount of the same currency.
    package func amount(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }

    package static prefix func - (money: Money) -> Money { money.amount(-money.minorUnits) }

    /// What a person typed: "45", "45.5", "45.50", "1,250.00"; nil where it is no amount above zero, or finer than the
    /// currency.
    package init?(typed text: String, currency: String) {
        let zero = Money(minorUnits: 0, currency: currency)
        let digits = ["1": 0, "1000": 3][String(zero.minorUnitsPerUnit)] ?? 2
        let clean = text.replacing(",", with: "").replacing("$", with: "").replacing(" ", with: "")
        let parts = clean.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = parts.first, !whole.isEmpty, whole.count <= 9,
            whole.allSatisfy({ ("0"..."9").contains($0) })
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.count <= digits, fraction.allSatisfy({ ("0"..."9").contains($0) }),
            parts.count == 1 || !fraction.isEmpty,
            let units = Int64(whole), let rest = Int64(fraction.isEmpty ? "0" : String(fraction))
        else { return nil }
        var minor = rest
        for _ in fraction.count..<digits { minor *= 10 }
        let sum = units * zero.minorUnitsPerUnit + (fraction.isEmpty ? 0 : minor)
        guard sum > 0 else { return nil }
        self = zero.amount(sum)
    }
}
