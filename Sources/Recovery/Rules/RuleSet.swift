// SPDX-License-Identifier: Apache-2.0

/// A version of all rules: published versions never change, so that past alarms replay identically.
public struct RuleSet: Hashable, Sendable {
    /// Its name, printed with every result.
    public let version: String
    /// The rule table.
    public let rules: [Rule]
    /// The measure table, by name.
    public let measures: [Measure: MeasureRule]
    /// Two scores at most so many days apart are judged by the better one, which damps noise.
    public let pairingDays: Int
    /// A score older than that says nothing about today.
    public let freshDays: Int
    /// A justified wait lasts no longer.
    public let longestWaitDays: Int
    /// So many days after its due date, an open alarm goes to the clinic's lead.
    public let escalationDays: Int

    /// A set of rules.
    public init(
        version: String, rules: [Rule], measures: [MeasureRule], pairingDays: Int = 7, freshDays: Int = 14,
        longestWaitDays: Int = 14, escalationDays: Int = 3
    ) {
        self.version = version
        self.rules = rules
        self.measures = Dictionary(measures.map { ($0.measure, $0) }) { first, _ in first }
        self.pairingDays = pairingDays
        self.freshDays = freshDays
        self.longestWaitDays = longestWaitDays
        self.escalationDays = escalationDays
    }
}
