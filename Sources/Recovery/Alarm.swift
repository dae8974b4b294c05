// SPDX-License-Identifier: Apache-2.0

/// A rule that fired in an episode, with everything that it rests on.
public struct Alarm: Hashable, Sendable {
    /// The rule's number.
    public var rule: String
    /// The rule's version.
    public var version: Int
    /// How loud it is.
    public var level: AlarmLevel
    /// The day on which the condition was first met. Only what was entered up to then made it fire.
    public var firedOn: Day
    /// By when a person must act; the end of a justified wait while one runs or has run out.
    public var dueOn: Day
    /// Whether it still waits for a disposition.
    public var isOpen: Bool
    /// Who must act: the treating clinician, or the clinic's lead once it is overdue.
    public var owner: Owner
    /// One sentence for the clinician.
    public var says: String
    /// What it rests on, in order of days.
    public var inputs: [Input]
    /// What was not available.
    public var missing: [String]
    /// The condition in words.
    public var threshold: String
    /// Where the rule comes from.
    public var source: String
    /// What can be done.
    public var options: [Rule.Option]

    /// Something that was entered.
    public struct Input: Hashable, Sendable {
        /// The day that it is about.
        public var at: Day
        /// What it says.
        public var what: String

        /// An input.
        public init(_ at: Day, _ what: String) {
            self.at = at
            self.what = what
        }
    }

    /// Who must act.
    public enum Owner: String, Hashable, Sendable, CaseIterable {
        /// Who treats the patient; who leads the clinic.
        case treatingClinician, clinicLead
    }
}
