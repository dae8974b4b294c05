// SPDX-License-Identifier: Apache-2.0

package import Scheduling
package import Storage

/// Counts the busy cells again from the bookings, which are the truth, for `fascia doctor`.
package enum DiaryCheck {
    /// A resource's day on which the cells and the bookings disagree.
    package struct Difference: Sendable, Hashable, CustomStringConvertible {
        package enum Kind: String, Sendable, Hashable {
            /// Kept free although a booking claims it: may be booked twice.
            case notBlocked
            /// Blocked although no booking claims it: can't be booked.
            case blockedForNothing
            /// Claimed by two bookings.
            case claimedTwice
            /// A live booking without all the claims that its service needs.
            case claimsMissing
        }

        package let kind: Kind
        /// The resource's name, or the booking's identifier where claims are missing.
        package let subject: String
        /// A UTC date.
        package let date: CivilDate?
        package let cellCount: Int

        package init(kind: Kind, subject: String, date: CivilDate?, cellCount: Int) {
            self.kind = kind
            self.subject = subject
            self.date = date
            self.cellCount = cellCount
        }

        package var description: String {
            let day = date.map { " on \($0)" } ?? ""
            switch kind {
            case .notBlocked: return "\(subject)\(day): \(cellCount * 5) booked minutes are shown as free"
            case .blockedForNothing: return "\(subject)\(day): \(cellCount * 5) free minutes are blocked"
            case .claimedTwice: return "\(subject)\(day): \(cellCount * 5) minutes are claimed by two bookings"
            case .claimsMissing: return "booking \(subject) claims nothing"
            }
        }
    }

    private struct Key: Hashable {
        let resource: Int
        let day: Int
    }

    /// Everything that disagrees; empty in a healthy diary.
    package static func recompute(in transaction: any Transaction) throws -> [Difference] {
        var names: [Int: String] = [:]
        for row in try transaction.rows("SELECT number, name FROM resource") {
            names[try row.get("number")] = try row.get("name")
        }
        var claimed: [Key: DayCells] = [:]
        var twice: [Key: DayCells] = [:]
        func count(_ claim: BusyCells.Claim) {
            for (day, cells) in CellGrid.masks(of: claim.span) {
                let key = Key(resource: claim.resource, day: day)
                let before = claimed[key] ?? DayCells()
                let common = before.intersection(cells)
                if !common.isEmpty { twice[key] = (twice[key] ?? DayCells()).union(common) }
                claimed[key] = before.union(cells)
            }
        }
        try forEachClaim(in: transaction, count)
        try forEachBlock(in: transaction, count)
        var stored: [Key: DayCells] = [:]
        for row in try transaction.rows("SELECT * FROM resource_day") {
            let key = Key(resource: try row.get("resource"), day: try row.get("day"))
            // Words that no day has disagree with every booking.
            stored[key] = DayCells(words: try (0..<6).map { try row.get("cells\($0)") }) ?? .wholeDay
        }
        var differences: [Difference] = []
        for key in Set(claimed.keys).union(stored.keys).sorted(by: { ($0.day, $0.resource) < ($1.day, $1.resource) }) {
            let truth = claimed[key] ?? DayCells()
            let kept = stored[key] ?? DayCells()
            for (kind, cells) in [
                (Difference.Kind.notBlocked, truth.subtracting(kept)), (.blockedForNothing, kept.subtracting(truth)),
                (.claimedTwice, twice[key] ?? DayCells()),
            ] where !cells.isEmpty {
                differences.append(
                    Difference(
                        kind: kind, subject: names[key.resource] ?? "resource \(key.resource)",
                        date: CivilDate(daysSince1970: key.day), cellCount: cells.count))
            }
        }
        for row in try transaction.rows(
            """
            SELECT id FROM booking WHERE state <> 'cancelled'
                AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.booking = booking.id)
                AND EXISTS (SELECT 1 FROM service_requirement WHERE service_requirement.service = booking.service)
            ORDER BY id
            """)
        {
            differences.append(
                Difference(kind: .claimsMissing, subject: try row.get("id"), date: nil, cellCount: 0))
        }
        return differences
    }

    /// Page by page, so that years of bookings need little memory.
    private static func forEachClaim(
        in transaction: any Transaction, _ body: (BusyCells.Claim) throws -> Void
    ) throws {
        var last = ""
        var lastResource = -1
        while true {
            let rows = try transaction.rows(
                """
                SELECT claim.* FROM claim JOIN booking ON booking.id = claim.booking
                WHERE booking.state <> 'cancelled' AND NOT claim.is_overlap
                    AND (claim.booking > \(last) OR (claim.booking = \(last) AND claim.resource > \(lastResource)))
                ORDER BY claim.booking, claim.resource LIMIT 5000
                """)
            for row in rows { try body(try BusyCells.Claim(row)) }
            guard let row = rows.last else { break }
            last = try row.get("booking")
            lastResource = try row.get("resource")
        }
    }

    private static func forEachBlock(
        in transaction: any Transaction, _ body: (BusyCells.Claim) throws -> Void
    ) throws {
        for row in try transaction.rows("SELECT resource, first_cell, end_cell FROM block") {
            try body(try BusyCells.Claim(row))
        }
    }
}
