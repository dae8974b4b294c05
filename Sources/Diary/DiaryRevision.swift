// SPDX-License-Identifier: Apache-2.0

package import Storage

/// Counts the changes of bookings and blocks, so that every screen learns of them, whichever program made them.
package enum DiaryRevision {
    package static func current(in transaction: any Transaction) throws -> Int64 {
        try transaction.value(Int64.self, "SELECT revision FROM diary_revision") ?? 0
    }

    static func advance(in transaction: any Transaction) throws {
        try transaction.run("UPDATE diary_revision SET revision = revision + 1")
    }
}
