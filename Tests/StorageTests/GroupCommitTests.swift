// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Synchronization
import Testing

@testable import Storage

@Suite("Commits of what waits together")
struct GroupCommitTests {
    private struct Fault: Error, Equatable { let number: Int }

    /// Runs `body` on a fresh database with parents and children.
    private func withPool(_ body: (DatabasePool) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fascia-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pool = try DatabasePool(path: folder.appendingPathComponent("group.sqlite").path)
        try await pool.write { database in
            try database.execute(
                sql:
                    "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent)"
            )
        }
        try await body(pool)
        try pool.close()
    }

    /// Starts `count` units while the first still runs, so that the others make one group; their outcomes in order.
    private func together(
        _ count: Int, on commits: GroupCommit, _ unit: @escaping @Sendable (Int, Database) throws -> Void
    ) async throws -> [Result<Void, any Error>] {
        let gate = DispatchSemaphore(value: 0)
        let hasBegun = Mutex(false)
        async let first: Void = commits.write { _ in
            hasBegun.withLock { $0 = true }
            gate.wait()
        }
        while !hasBegun.withLock({ $0 }) { await Task.yield() }
        let outcomes = await withTaskGroup(of: (Int, Result<Void, any Error>).self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        try await commits.write { try unit(number, $0) }
                        return (number, .success(()))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            while commits.waitingCount < count { await Task.yield() }
            gate.signal()
            var outcomes = [Result<Void, any Error>](repeating: .success(()), count: count)
            for await (number, outcome) in group { outcomes[number] = outcome }
            return outcomes
        }
        try await first
        return outcomes
    }

    @Test("One that fails takes nothing of the others with it, and leaves nothing of its own")
    func oneFails() async throws {
        try await withPool { pool in
            let outcomes = try await together(30, on: GroupCommit(pool: pool)) { number, database in
                try database.execute(sql: "INSERT INTO parent (id) VALUES (?)", arguments: [number])
                if number % 3 == 0 { throw Fault(number: number) }
            }
            for (number, outcome) in outcomes.enumerated() {
                #expect((try? outcome.get()) == nil ? number % 3 == 0 : number % 3 != 0)
            }
            let kept = try await pool.read { try Int.fetchAll($0, sql: "SELECT id FROM parent ORDER BY id") }
            #expect(kept == (0..<30).filter { $0 % 3 != 0 })
        }
    }

    @Test("Where the whole group can't be committed, those without a fault are, each alone")
    func theCommitFails() async throws {
        try await withPool { pool in
            let outcomes = try await together(12, on: GroupCommit(pool: pool)) { number, database in
                try database.execute(sql: "INSERT INTO parent (id) VALUES (?)", arguments: [number])
                guard number == 5 else { return }
                // A fault that only shows itself when all is committed.
                try database.execute(
                    sql: "PRAGMA defer_foreign_keys = ON; INSERT INTO child (id, parent) VALUES (1, 999)")
            }
            for (number, outcome) in outcomes.enumerated() {
                switch outcome {
                case .success: #expect(number != 5)
                case .failure(let error):
                    #expect(number == 5)
                    #expect((error as? GRDB.DatabaseError)?.resultCode == .SQLITE_CONSTRAINT)
                }
            }
            let kept = try await pool.read { try Int.fetchAll($0, sql: "SELECT id FROM parent ORDER BY id") }
            #expect(kept == (0..<12).filter { $0 != 5 })
            #expect(try await pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM child") } == 0)
        }
    }
}
