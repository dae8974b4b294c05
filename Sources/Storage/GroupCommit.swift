// SPDX-License-Identifier: Apache-2.0

import GRDB
import Synchronization

/// Commits together what waits together: the units of work run one after the other, each whole or not at all, and all of them
/// share one sync of the disk. A unit is answered once that sync is done, so it waits no longer than alone, and many finish in
/// the time of one (group commit: DeWitt et al. 1984, "Implementation techniques for main memory database systems", SIGMOD).
final class GroupCommit: Sendable {
    private struct Unit: Sendable {
        let run: @Sendable (Database) throws -> Void
        let answer: @Sendable ((any Error)?) -> Void
    }

    private struct State {
        var waiting: [Unit] = []
        var isWorking = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())
    /// More would keep the first of them waiting for the last.
    private static let mostAtOnce = 64

    init(pool: DatabasePool) { self.pool = pool }

    /// Runs `body` in a transaction and returns once it is on disk. `body` may be run again.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        let result = Mutex<T?>(nil)
        let answer: T? = try await withCheckedThrowingContinuation { continuation in
            add(
                Unit {
                    let value = try body($0)
                    result.withLock { $0 = value }
                } answer: { error in
                    if let error {
                        continuation.resume(throwing: error)
                    } else {
                        continuation.resume(returning: result.withLock { $0 })
                    }
                })
        }
        guard let answer else { throw DatabaseError.unavailable("a unit of work was not run") }
        return answer
    }

    /// How many wait for the group that is being committed.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func add(_ unit: Unit) {
        let begins = state.withLock { state in
            state.waiting.append(unit)
            defer { state.isWorking = true }
            return !state.isWorking
        }
        if begins { pool.asyncWriteWithoutTransaction { [self] in work(on: $0) } }
    }

    private func work(on database: Database) {
        while true {
            let batch = state.withLock { state in
                let batch = Array(state.waiting.prefix(Self.mostAtOnce))
                state.waiting.removeFirst(batch.count)
                state.isWorking = !batch.isEmpty
                return batch
            }
            guard !batch.isEmpty else { return }
            commit(batch, on: database)
        }
    }

    private func commit(_ batch: [Unit], on database: Database) {
        var errors = [(any Error)?](repeating: nil, count: batch.count)
        do {
            try database.inTransaction(.immediate) {
                for (place, unit) in batch.enumerated() {
                    do {
                        try database.inSavepoint {
                            try unit.run(database)
                            return .commit
                        }
                    } catch {
                        errors[place] = error
                        // A full disk ends the whole transaction, and not only the savepoint.
                        guard database.isInsideTransaction else { throw error }
                    }
                }
                return .commit
            }
        } catch {
            // Nothing of it is there. Alone, each learns its own fault, and those without one are kept.
            guard batch.count == 1 else { return batch.forEach { commit([$0], on: database) } }
            errors[0] = error
        }
        for (unit, error) in zip(batch, errors) { unit.answer(error) }
    }
}
