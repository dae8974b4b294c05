// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The one way by which time enters the program. Instants are whole microseconds, so they survive the database exactly.
package struct WallClock: Sendable {
    private let read: @Sendable () -> Date

    package init(_ read: @escaping @Sendable () -> Date) { self.read = read }

    package var now: @Sendable () -> Date {
        { [read] in Date(microsecondsSince1970: read().microsecondsSince1970) }
    }

    /// A clock that a file sets, for rehearsals: it stood at the instant in the file (ISO 8601) when the file was written, and
    /// has gone on since. Where the file can't be read, the time of the system.
    package static func file(_ file: URL) -> WallClock {
        WallClock {
            let now = Date()
            guard let text = try? String(contentsOf: file, encoding: .utf8),
                let instant = try? Date(text.trimmingCharacters(in: .whitespacesAndNewlines), strategy: .iso8601),
                let written = try? FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
            else { return now }
            return instant.addingTimeInterval(max(0, now.timeIntervalSince(written)))
        }
    }

    package static let system = WallClock { Date() }
}
