// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scheduling
import Storage

/// The busy cells of all resources over some days, and the statements that read, take and free them.
struct BusyCells {
    let version: Int64
    let days: Range<Int>
    private var cells: [Int: [(day: Int, cells: DayCells)]] = [:]

    /// The version of the definition comes with the cells, so that both are of one state and cost one question. So do the
    /// claims of holds that ended before `now` and were not freed yet: they count as free from that moment on.
    static func read(days: Range<Int>, at now: Date, in transaction: any Transaction) throws -> BusyCells {
        let rows = try transaction.rows(
            """
            SELECT -1 AS resource, version AS day, 0 AS cells0, 0 AS cells1, 0 AS cells2, 0 AS cells3, 0 AS cells4,
                0 AS cells5
            FROM diary_version
            UNION ALL
            SELECT resource, day, cells0, cells1, cells2, cells3, cells4, cells5 FROM resource_day
            WHERE day >= \(days.lowerBound) AND day < \(days.upperBound)
            UNION ALL
            SELECT -2 - claim.resource, claim.first_cell, claim.end_cell, 0, 0, 0, 0, 0
            FROM booking JOIN claim ON claim.booking = booking.id
            WHERE booking.state = 'pending' AND booking.held_until <= \(now) AND NOT claim.is_overlap
            """)
        var version: Int64 = -1
        var cells: [Int: [(day: Int, cells: DayCells)]] = [:]
        var ended: [Claim] = []
        for row in rows {
            let resource: Int = try row.get(at: 0)
            if resource == -1 {
                version = try row.get(at: 1)
                continue
            }
            if resource < -1 {
                ended.append(Claim(resource: -2 - resource, span: try row.get(at: 1)..<(try row.get(at: 2))))
                continue
            }
            guard let words = DayCells(words: try (2..<8).map { try row.get(at: $0) }) else {
                throw DatabaseError.column("resource_day holds cells that no day has; run fascia doctor")
            }
            cells[resource, default: []].append((try row.get(at: 1), words))
        }
        var busy = BusyCells(version: version, days: days, cells: cells)
        for claim in ended { busy.forget(claim) }
        return busy
    }

    /// Counts what a booking claims as free, here only.
    mutating func forget(claimsOf booking: Booking.ID, in transaction: any Transaction) throws {
        for row in try transaction.rows("SELECT * FROM claim WHERE booking = \(booking) AND NOT is_overlap") {
            forget(try Claim(row))
        }
    }

    private mutating func forget(_ claim: Claim) {
        for mask in Self.masks(of: [claim]) {
            cells[mask.resource] = cells[mask.resource]?.map { day, busy in
                (day, day == mask.day ? busy.subtracting(mask.cells) : busy)
            }
        }
    }

    /// The open cells of a resource that are not busy.
    func free(_ resource: DiaryResource, offsets: ZoneOffsets) -> Timeline {
        var timeline = resource.hours.openTimeline(firstDay: days.lowerBound, dayCount: days.count, offsets: offsets)
        for (day, busy) in cells[resource.number] ?? [] {
            timeline[day: day] = timeline[day: day].subtracting(busy)
        }
        return timeline
    }

    /// How many cells of the days are taken.
    func load(of resource: Int) -> Int { (cells[resource] ?? []).reduce(0) { $0 + $1.cells.count } }

    /// One claim of a resource, in cell numbers.
    struct Claim: Hashable {
        let resource: Int
        let span: Range<Int>
    }

    private static func masks(of claims: [Claim]) -> [(day: Int, resource: Int, cells: DayCells)] {
        claims.flatMap { claim in
            CellGrid.masks(of: claim.span).map { (day: $0.day, resource: claim.resource, cells: $0.cells) }
        }.sorted { ($0.day, $0.resource) < ($1.day, $1.resource) }
    }

    /// Takes all cells of the claims, or says that some were taken; the caller then undoes the transaction.
    static func take(_ claims: [Claim], in transaction: any Transaction) throws -> Bool {
        let masks = masks(of: claims)
        var values: SQL = ""
        for (index, mask) in masks.enumerated() {
            let comma: SQL = index == 0 ? "" : ", "
            values =
                values + comma
                    + """
                    (\(mask.day), \(mask.resource), \(mask.cells.word(0)), \(mask.cells.word(1)), \(mask.cells.word(2)), \
                    \(mask.cells.word(3)), \(mask.cells.word(4)), \(mask.cells.word(5)))
                    """
        }
        let taken = try transaction.run(
            """
            INSERT INTO resource_day (day, resource, cells0, cells1, cells2, cells3, cells4, cells5) VALUES \(values)
            ON CONFLICT (day, resource) DO UPDATE SET
                cells0 = resource_day.cells0 | excluded.cells0, cells1 = resource_day.cells1 | excluded.cells1,
                cells2 = resource_day.cells2 | excluded.cells2, cells3 = resource_day.cells3 | excluded.cells3,
                cells4 = resource_day.cells4 | excluded.cells4, cells5 = resource_day.cells5 | excluded.cells5
            WHERE (resource_day.cells0 & excluded.cells0) = 0 AND (resource_day.cells1 & excluded.cells1) = 0
                AND (resource_day.cells2 & excluded.cells2) = 0 AND (resource_day.cells3 & excluded.cells3) = 0
                AND (resource_day.cells4 & excluded.cells4) = 0 AND (resource_day.cells5 & excluded.cells5) = 0
            """)
        return taken == masks.count
    }

    /// Frees all cells of the claims.
    static func free(_ claims: [Claim], in transaction: any Transaction) throws {
        for mask in masks(of: claims) {
            let kept = mask.cells.complement
            try transaction.run(
                """
                UPDATE resource_day SET
                    cells0 = cells0 & \(kept.word(0)), cells1 = cells1 & \(kept.word(1)),
                    cells2 = cells2 & \(kept.word(2)), cells3 = cells3 & \(kept.word(3)),
                    cells4 = cells4 & \(kept.word(4)), cells5 = cells5 & \(kept.word(5))
                WHERE day = \(mask.day) AND resource = \(mask.resource)
                """)
        }
    }
}
