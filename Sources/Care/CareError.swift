// SPDX-License-Identifier: Apache-2.0

package import Recovery

/// What is refused around an episode, each with what to do.
package enum CareError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The person's role does not allow it.
    case notPermitted
    case unknownEpisode
    case unknownEntry
    case closedEpisode
    case unknownIntake
    case unknownTask
    case unknownNote
    case unknownSession
    case unknownCheckIn
    /// The week of the link is over.
    case expiredCheckIn
    /// A signed note or session is never changed; an addendum is added.
    case alreadySigned
    /// A severe reaction is open: no needle until it is cleared.
    case reactionOpen
    /// An emergency or same-day question was answered with yes, and no clinician has closed it yet.
    case safetyTaskOpen(SafetyTask.Level)
    /// A field is missing or impossible: its name and what to do.
    case field(String, String)
    /// What keeps a note or a diagnosis from being signed.
    case notSignable([SigningObstacle])

    package var description: String {
        switch self {
        case .notPermitted: "Your role does not allow this. Ask the owner."
        case .unknownEpisode: "This episode is not known."
        case .unknownEntry: "This entry is not known."
        case .closedEpisode: "This episode is closed. Open a new one if the complaint is back."
        case .unknownIntake: "This link is not known. Use the one from your confirmation, or begin again."
        case .unknownTask: "This task is not known."
        case .unknownNote: "This note is not known."
        case .unknownSession: "This session is not known."
        case .unknownCheckIn: "This link is not known. Use the one from the newest letter."
        case .expiredCheckIn: "This link was good for a week. The next letter brings a new one."
        case .alreadySigned: "This is signed and stays as it is. Add an addendum instead."
        case .reactionOpen:
            "A severe reaction to an earlier session is open. Record its outcome before the next needle is set."
        case .safetyTaskOpen(.emergency):
            "An answer about your health may be an emergency. Please do not book online: call the emergency number, or us."
        case .safetyTaskOpen(.sameDay):
            "A warning sign is open. A clinician must look at it and close it before any treatment begins."
        case .field(_, let words): words
        case .notSignable(let obstacles): obstacles.map(\.words).joined(separator: " ")
        }
    }
}
