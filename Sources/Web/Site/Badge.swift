// SPDX-License-Identifier: Apache-2.0

/// The colour of a small label of state; its words always say the same.
enum Badge: String, Sendable, CustomStringConvertible {
    case plain = ""
    case good, warn, bad

    /// Mustache prints this as the class name.
    var description: String { rawValue }
}

/// A line of a list that leads somewhere: a booking, an order, a report.
struct Entry: Sendable {
    var title: String
    var detail: String
    var url: String
    var badge: Badge
    var stateLabel: String
}
