// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
import Scheduling
package import Storage

/// Time that a resource keeps for something that is no visit: a meeting, a repair, a lunch.
package struct Block: Sendable, Hashable {
    package typealias ID = Identifier<Block>

    package let id: ID
    package let resource: DiaryResource
    package let start: Date
    package let end: Date
    /// What staff wrote; never shown to patients.
    package let reason: String
}

/// What staff does with blocks. A block claims its cells as a booking does, so neither can be put over the other by accident.
package struct Blocks: Sendable {
    private let definitions: DiaryDefinitions
    private let audit = AuditTrail()

    package init(definitions: DiaryDefinitions) { self.definitions = definitions }

    /// - Throws: `BookingError.notAllowed`, `.taken` where there is a booking or a block, `.offGrid`, `.unknownClinician`.
    package func add(
        _ resource: DiaryResource.ID, from start: Date, to end: Date, reason: String, by actor: Actor,
        in transaction: any Transaction
    ) throws -> Block {
        guard actor.may(.changeBookings) else { throw BookingError.notAllowed }
        let now = definitions.clock.now()
        let definition = try definitions.current(in: transaction)
        guard let resource = definition.resource(resource) else {
            throw BookingError.unknownClinician(resource.description)
        }
        guard let first = CellGrid.cell(at: start), let last = CellGrid.cell(at: end), first < last,
            last - first <= 31 * CellGrid.cellsPerDay
        else { throw BookingError.offGrid(stepMinutes: CellGrid.minutesPerCell) }
        try Bookings(definitions: definitions).releaseEndedHolds(at: now, in: transaction)
        let claim = BusyCells.Claim(resource: resource.number, span: first..<last)
        guard try BusyCells.take([claim], in: transaction) else { throw BookingError.taken }
        let block = Block(
            id: .make(at: now), resource: resource, start: start, end: end,
            reason: String(reason.trimmingCharacters(in: .whitespacesAndNewlines).prefix(200)))
        try transaction.run(
            """
            INSERT INTO block (id, resource, first_cell, end_cell, reason, created_at)
            VALUES (\(block.id), \(resource.number), \(first), \(last), \(block.reason), \(now))
            """)
        try DiaryRevision.advance(in: transaction)
        try audit.record(
            "block.add", patient: nil, subject: "block/\(block.id)", detail: ["resource": resource.id.description],
            by: actor, at: now, in: transaction)
        return block
    }

    /// Removing one that is gone changes nothing.
    package func remove(_ id: Block.ID, by actor: Actor, in transaction: any Transaction) throws {
        guard actor.may(.changeBookings) else { throw BookingError.notAllowed }
        guard let row = try transaction.first("SELECT * FROM block WHERE id = \(id)") else { return }
        try BusyCells.free([try BusyCells.Claim(row)], in: transaction)
        try transaction.run("DELETE FROM block WHERE id = \(id)")
        try DiaryRevision.advance(in: transaction)
        try audit.record(
            "block.remove", patient: nil, subject: "block/\(id)", detail: [:], by: actor,
            at: definitions.clock.now(), in: transaction)
    }

    /// The blocks that touch the time from one instant to another, in order of time.
    package func all(from: Date, to: Date, in transaction: any Transaction) throws -> [Block] {
        let definition = try definitions.current(in: transaction)
        let (first, last) = (CellGrid.cell(containing: from), CellGrid.cell(containing: to))
        return try transaction.rows(
            "SELECT * FROM block WHERE first_cell < \(last) AND end_cell > \(first) ORDER BY first_cell, id"
        ).compactMap { row in
            let claim = try BusyCells.Claim(row)
            return try definition.resource(number: claim.resource).map {
                Block(
                    id: try row.get("id"), resource: $0, start: CellGrid.instant(of: claim.span.lowerBound),
                    end: CellGrid.instant(of: claim.span.upperBound), reason: try row.get("reason"))
            }
        }
    }
}
