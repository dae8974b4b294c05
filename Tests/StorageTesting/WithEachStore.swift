// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Storage

/// Runs `body` on a fresh SQLite database and, where `FASCIA_TEST_POSTGRESQL` names a server, on a fresh PostgreSQL one.
///
/// `script/test` starts that server; without it the PostgreSQL half is left out.
package func withEachStore(
    _ migrations: [Migration], _ body: @Sendable (Store) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fascia-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let embedded = try await Store.open(
        .sqlite(folder.appendingPathComponent("fascia.sqlite")), migrations: migrations)
    try await body(embedded)
    try await embedded.close()

    guard let server = ProcessInfo.processInfo.environment["FASCIA_TEST_POSTGRESQL"] else { return }
    try await withPostgreSQLDatabase(on: server) { url in
        let store = try await Store.open(.postgresql(url), migrations: migrations)
        try await body(store)
        try await store.close()
    }
}

/// Makes a database on the server for the length of `body`.
private func withPostgreSQLDatabase(on server: String, _ body: (String) async throws -> Void) async throws {
    let name = "test_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    try runTool("createdb", ["--maintenance-db", server, "-T", "template0", "-l", "C.UTF-8", "-E", "UTF8", name])
    defer { try? runTool("dropdb", ["--maintenance-db", server, "--force", name]) }
    guard var url = URLComponents(string: server) else { throw TestServerError(what: "no URL: \(server)") }
    url.path = "/" + name
    try await body(url.string ?? server)
}

private func runTool(_ name: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw TestServerError(what: "\(name) failed") }
}

struct TestServerError: Error { let what: String }
