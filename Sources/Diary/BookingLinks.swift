// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Further keys to a booking, beside the one that it was made with: the keys themselves are kept nowhere, so each later letter
/// brings a new one.
enum BookingLinks {
    static let migrations = [
        Migration(
            "diary-links-1",
            """
            CREATE TABLE booking_link (
                secret_sha256 TEXT PRIMARY KEY, booking TEXT NOT NULL REFERENCES booking (id), made_at BIGINT NOT NULL);
            CREATE INDEX booking_link_booking ON booking_link (booking);
            """)
    ]
}

extension Bookings {
    /// A new key that opens the booking's page as the first one does.
    package func newManageLink(to id: Booking.ID, in transaction: any Transaction) throws -> Secret {
        let secret = Secret.random()
        try transaction.run(
            """
            INSERT INTO booking_link (secret_sha256, booking, made_at)
            VALUES (\(secret.sha256), \(id), \(definitions.clock.now()))
            """)
        return secret
    }

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
