// SPDX-License-Identifier: Apache-2.0

package import Storage
import Synchronization

/// The definition in memory, shared by everything that reads the diary and valid for as long as its version stands.
///
/// A version is a random number, never a count: a transaction that changes the definition and is then undone must not
/// leave a version here that a later transaction could come to have too.
package final class DiaryDefinitions: Sendable {
    package let clock: WallClock
    private let held = Mutex<DiaryDefinition?>(nil)

    package init(clock: WallClock) { self.clock = clock }

    /// The definition as this transaction sees it.
    package func current(in transaction: any Transaction) throws -> DiaryDefinition {
        guard let row = try transaction.first("SELECT * FROM diary_version") else {
            throw DatabaseError.schema("diary_version has no row; restore a backup")
        }
        let version: Int64 = try row.get("version")
        if let definition = held.withLock({ $0 }), definition.version == version { return definition }
        let definition = try DiaryDefinition.load(version: row, in: transaction, at: clock.now())
        held.withLock { $0 = definition }
        return definition
    }

    /// The definition together with the busy cells of the days that `days` works out from it: one query where the
    /// definition in memory is current.
    func withBusyCells(
        in transaction: any Transaction, days: (DiaryDefinition) throws -> Range<Int>
    ) throws -> (definition: DiaryDefinition, busy: BusyCells) {
        var definition = try held.withLock { $0 } ?? current(in: transaction)
        while true {
            let busy = try BusyCells.read(days: try days(definition), at: clock.now(), in: transaction)
            if busy.version == definition.version { return (definition, busy) }
            definition = try current(in: transaction)
        }
    }

    /// Marks the definition as changed, for every program that holds it.
    static func touch(in transaction: any Transaction) throws {
        try transaction.run("UPDATE diary_version SET version = \(Int64.random(in: 1...Int64.max))")
    }
}
