// SPDX-License-Identifier: Apache-2.0

package import Diary
package import Storage

/// What a person wrote about why they come; staff only.
package enum BookingReasons {
    package static let migrations = [
        Migration(
            "clinic-reason-1",
            "CREATE TABLE booking_reason (booking TEXT PRIMARY KEY REFERENCES booking (id), reason TEXT NOT NULL);")
    ]

    static func keep(_ reason: String, for booking: Booking.ID, in transaction: any Transaction) throws {
        try transaction.run("INSERT INTO booking_reason (booking, reason) VALUES (\(booking), \(reason))")
    }

    package static func find(for booking: Booking.ID, in transaction: any Transaction) throws -> String? {
        try transaction.value(String.self, "SELECT reason FROM booking_reason WHERE booking = \(booking)")
    }
}
