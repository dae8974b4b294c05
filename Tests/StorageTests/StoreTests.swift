// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import StorageTesting
import Testing

private let schema = [
    Migration(
        "test-1",
        """
        CREATE TABLE counter (id TEXT PRIMARY KEY, count BIGINT NOT NULL);
        CREATE TABLE thing (
            id TEXT PRIMARY KEY, name TEXT, weight DOUBLE PRECISION, bytes BYTEA, made_at BIGINT, done BOOLEAN,
            owner TEXT REFERENCES counter (id));
        """)
]

@Suite("Store, on both engines")
struct StoreTests {
    @Test("every kind of value comes back as it went in")
    func valuesRoundTrip() async throws {
        try await withEachStore(schema) { store in
            let instant = Date(microsecondsSince1970: 1_790_000_000_123_457)
            let name = "O'Hara; DROP TABLE thing; -- \\ $1 ? ü 🦵"
            try await store.write { transaction in
                try transaction.run(
                    """
                    INSERT INTO thing (id, name, weight, bytes, made_at, done, owner)
                    VALUES (\("a"), \(name), \(0.1), \([UInt8](0...255)), \(instant), \(true), \(String?.none))
                    """)
            }
            let row = try #require(try await store.read { try $0.first("SELECT * FROM thing WHERE name = \(name)") })
            #expect(try row.get("name") == name)
            #expect(try row.get("weight") == 0.1)
            #expect(try row.get("bytes") == [UInt8](0...255))
            #expect(try row.get("made_at") == instant)
            #expect(try row.get("done") == true)
            #expect(try row.get("owner", as: String?.self) == nil)
            #expect(throws: DatabaseError.self) { try row.get("name", as: Int.self) }
            #expect(throws: DatabaseError.self) { try row.get("nothing", as: Int.self) }
        }
    }

    @Test("a commit is on disk before it is acknowledged")
    func commitsAreSynced() async throws {
        try await withEachStore(schema) { store in
            // PostgreSQL does so by itself, unless its keeper says otherwise, as the tests' own server does.
            guard !store.isPostgreSQL else { return }
            // 2 is FULL: the log is synced at every commit, and not only at a checkpoint.
            let level = try await store.write { try $0.value(Int.self, "PRAGMA synchronous") }
            #expect(level == 2)
        }
    }

    @Test("200 contended increments: none is lost")
    func noLostUpdate() async throws {
        try await withEachStore(schema) { store in
            try await store.write { try $0.run("INSERT INTO counter (id, count) VALUES (\("c"), \(0))") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        try await store.write { transaction in
                            let count = try transaction.value(Int.self, "SELECT count FROM counter") ?? -1
                            try transaction.run("UPDATE counter SET count = \(count + 1)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { try $0.value(Int.self, "SELECT count FROM counter") } == 200)
        }
    }

    @Test("an error undoes the whole transaction and keeps its kind")
    func errorsRollBack() async throws {
        try await withEachStore(schema) { store in
            await #expect(throws: DatabaseError.self) {
                try await store.write { transaction in
                    try transaction.run("INSERT INTO counter (id, count) VALUES (\("c"), \(1))")
                    try transaction.run("INSERT INTO counter (id, count) VALUES (\("c"), \(2))")
                }
            }
            #expect(try await store.read { try $0.value(Int.self, "SELECT count(*) FROM counter") } == 0)
            do {
                try await store.write { try $0.run("INSERT INTO thing (id, owner) VALUES (\("t"), \("nobody"))") }
                Issue.record("a missing owner was accepted")
            } catch DatabaseError.foreignKey {}
        }
    }

    @Test("run tells how many rows changed, also when an upsert's guard says no")
    func guardedUpsert() async throws {
        try await withEachStore(schema) { (store: Store) async throws in
            let claim: @Sendable (Int64) async throws -> Int = { mask in
                try await store.write { transaction in
                    try transaction.run(
                        """
                        INSERT INTO counter (id, count) VALUES (\("day"), \(mask))
                        ON CONFLICT (id) DO UPDATE SET count = counter.count | excluded.count
                        WHERE (counter.count & excluded.count) = 0
                        """)
                }
            }
            #expect(try await claim(0b0011) == 1)
            #expect(try await claim(0b0110) == 0)
            #expect(try await claim(0b1100) == 1)
            #expect(try await store.read { try $0.value(Int64.self, "SELECT count FROM counter") } == 0b1111)
        }
    }

    @Test("migrations run once, and a changed or unknown step is refused")
    func migrationsAreForwardOnly() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = Store.Location.sqlite(folder.appendingPathComponent("a.sqlite"))
        try await Store.open(place, migrations: schema).close()
        try await Store.open(place, migrations: schema).close()
        let more = schema + [Migration("test-2", "CREATE TABLE second (id TEXT PRIMARY KEY);")]
        try await Store.open(place, migrations: more).close()
        await #expect(throws: DatabaseError.self) { try await Store.open(place, migrations: schema) }
        let changed = [Migration("test-1", "CREATE TABLE other (id TEXT PRIMARY KEY);"), more[1]]
        await #expect(throws: DatabaseError.self) { try await Store.open(place, migrations: changed) }
    }
}
