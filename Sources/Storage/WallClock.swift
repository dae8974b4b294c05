// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The one way by which time enters the program. Instants are whole microseconds, so they survive the database exactly.
package struct WallClock: Sendable {
    private let read: @Sendable () -> Date

    package init(_ read: @escaping @Sendable () -> Date) { self.read = read }

    package var now: @Sendable () -> Date {
        { [read] in Date(microsecondsSince1970: read().microsecondsSince1970) }
    }

    package static let system = WallClock { Date() }
}
