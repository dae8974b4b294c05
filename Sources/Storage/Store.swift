// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// An engine runs units of work; what they say is the same on each.
protocol Engine: Sendable {
    var isPostgreSQL: Bool { get }
    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T
    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T
    func close() async throws
}

/// The clinic's database: SQLite embedded, or PostgreSQL by a URL.
///
///     let count = try await store.read { try $0.value(Int.self, "SELECT count(*) FROM booking") ?? 0 }
///
/// A body is synchronous and may be run again; it never waits for anything but the database.
package final class Store: Sendable {
    /// Where the database lives.
    package enum Location: Sendable {
        case sqlite(URL)
        /// A libpq connection string or URL.
        case postgresql(String)
    }

    private let engine: any Engine
    package var isPostgreSQL: Bool { engine.isPostgreSQL }

    private init(engine: any Engine) { self.engine = engine }

    /// Opens the database and brings it to the schema of `migrations`.
    /// - Throws: `DatabaseError.unavailable` or `.schema`, with what to do.
    package static func open(
        _ location: Location, migrations: [Migration], connections: Int = 8
    ) async throws -> Store {
        let engine: any Engine =
            switch location {
            case .sqlite(let file): try SQLiteEngine(file: file)
            case .postgresql(let url): try await PostgreSQLEngine(url: url, connections: connections)
            }
        let migrator = Migrator(migrations: migrations, postgresql: engine.isPostgreSQL)
        try await engine.write { try migrator.migrate(in: $0) }
        return Store(engine: engine)
    }

    /// Reads one consistent state.
    package func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await engine.read(body)
    }

    /// Runs `body` as if it were alone, whole or not at all.
    @discardableResult
    package func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await engine.write(body)
    }

    package func close() async throws { try await engine.close() }
}
