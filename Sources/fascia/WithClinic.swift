// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AsyncHTTPClient
import Clinic
import Foundation
import Logging
import Storage

extension SettingsOptions {
    /// Opens the clinic for one command, beside a running server if there is one, and closes it again.
    func withClinic<T: Sendable>(_ body: (Clinic) async throws -> T) async throws -> T {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            let settings = try await settings()
            let clinic = try await Clinic.open(
                settings, client: client, logger: Logger(label: "fascia", factory: { LogLines(label: $0) }))
            let value = try await body(clinic)
            try await clinic.store.close()
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

/// What a command says goes to standard output, complaints to standard error.
enum Say {
    static func line(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8)) }
    static func complaint(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8)) }
}
