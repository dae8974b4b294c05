// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

// What a clinician's own calendar needs.
extension Bookings {
    /// The confirmed bookings that claim a resource and start from one instant to before another, in order of time.
    package func all(
        claiming resource: DiaryResource.ID, from: Date, to: Date, in transaction: any Transaction
    ) throws -> [Booking] {
        try all(
            where: """
                booking.starts_at >= \(from) AND booking.starts_at < \(to) AND booking.state = 'confirmed'
                AND booking.id IN (
                    SELECT own.booking FROM claim AS own JOIN resource ON resource.number = own.resource
                    WHERE resource.id = \(resource))
                """, in: transaction)
    }

    /// The clinician who works under this account.
    package func clinician(of staff: StaffMember.ID, in transaction: any Transaction) throws -> DiaryResource? {
        try definitions.current(in: transaction).resources.first { $0.kind == .clinician && $0.staff == staff }
    }
}
