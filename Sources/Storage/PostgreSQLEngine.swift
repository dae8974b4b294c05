// SPDX-License-Identifier: Apache-2.0

import Foundation

/// PostgreSQL through libpq: a few connections, leased one unit of work at a time.
///
/// A write takes the lock on `writer_turn` before its first statement (LOCK takes no snapshot), then runs SERIALIZABLE:
/// writes run one after another as on SQLite, so contended work waits instead of failing, and the audit chain can be
/// written inline. What still fails with 40001 or 40P01 is run again.
final class PostgreSQLEngine: Engine {
    let isPostgreSQL = true
    private let lessor: ConnectionLessor

    init(url: String, connections: Int) async throws {
        lessor = ConnectionLessor((0..<max(2, connections)).map { _ in PostgreSQLConnection(url: url) })
        let connection = await lessor.lease()
        do {
            try await connection.perform { connection in
                // Two programs that start at once may both try; the second finds the table there.
                try connection.command(
                    """
                    SELECT pg_advisory_lock(4601221); CREATE TABLE IF NOT EXISTS writer_turn (one BIGINT);
                    SELECT pg_advisory_unlock(4601221);
                    """)
            }
            await lessor.giveBack(connection)
        } catch {
            await lessor.giveBack(connection)
            throw error
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await withConnection { connection in
            try Self.transact(connection, begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
        }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await withConnection { connection in
            var tries = 0
            while true {
                do {
                    return try Self.transact(
                        connection,
                        begin: "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE writer_turn IN EXCLUSIVE MODE", body)
                } catch DatabaseError.retry(let why) {
                    tries += 1
                    guard tries < 50 else { throw DatabaseError.retry(why) }
                }
            }
        }
    }

    func close() async throws {}

    private func withConnection<T: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection) throws -> T
    ) async throws -> T {
        let connection = await lessor.lease()
        do {
            let value = try await connection.perform(body)
            await lessor.giveBack(connection)
            return value
        } catch {
            await lessor.giveBack(connection)
            throw error
        }
    }

    private static func transact<T>(
        _ connection: PostgreSQLConnection, begin: String, _ body: (any Transaction) throws -> T
    ) throws -> T {
        try connection.command(begin)
        do {
            let value = try body(PostgreSQLTransaction(connection: connection))
            try connection.command("COMMIT")
            return value
        } catch {
            // The first error is the one to tell; a connection that can't roll back is opened anew at its next use.
            try? connection.command("ROLLBACK")
            throw error
        }
    }
}

private struct PostgreSQLTransaction: Transaction {
    let connection: PostgreSQLConnection
    func run(_ sql: SQL) throws -> Int { try connection.execute(sql).changed }
    func rows(_ sql: SQL) throws -> [Row] { try connection.execute(sql).rows }
}

/// Hands out connections, first come first served.
private actor ConnectionLessor {
    private var free: [PostgreSQLConnection]
    private var waiting: [CheckedContinuation<PostgreSQLConnection, Never>] = []

    init(_ connections: [PostgreSQLConnection]) { free = connections }

    func lease() async -> PostgreSQLConnection {
        if let connection = free.popLast() { return connection }
        return await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack(_ connection: PostgreSQLConnection) {
        if waiting.isEmpty { free.append(connection) } else { waiting.removeFirst().resume(returning: connection) }
    }
}
