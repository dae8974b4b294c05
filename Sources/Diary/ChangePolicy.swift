// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// What it costs a patient to cancel late, or not to come. Staff's own changes never cost anything.
package struct ChangePolicy: Sendable, Hashable {
    /// Until so many hours before the visit, cancelling and moving are free.
    package var freeHours: Int
    /// Due for a later cancellation; zero where none is.
    package var lateFee: Money
    /// Due where nobody comes; zero where nothing is.
    package var noShowFee: Money

    package init(freeHours: Int = 24, lateFee: Money, noShowFee: Money) {
        self.freeHours = freeHours
        self.lateFee = lateFee
        self.noShowFee = noShowFee
    }

    /// A day ahead, and no fees.
    package static func free(currency: String) -> ChangePolicy {
        let nothing = Money(minorUnits: 0, currency: currency)
        return ChangePolicy(lateFee: nothing, noShowFee: nothing)
    }

    /// The last moment at which a visit is changed for free.
    package func freeUntil(visitAt start: Date) -> Date { start.addingTimeInterval(-Double(freeHours) * 3600) }

    /// Whether a change at that moment is free of charge.
    package func isTimely(visitAt start: Date, changedAt now: Date) -> Bool { now <= freeUntil(visitAt: start) }
}
