// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Why somebody does not get into a room, or something is not taken there.
package enum TelehealthError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownLink
    /// The visit was cancelled, or is none by video.
    case noVisit
    case early(opensAt: Date)
    case over
    case notPermitted
    /// Nobody talks before the consent is on record.
    case noConsent
    /// Only who was admitted is heard.
    case notAdmitted
    /// Four would be more than a mesh of browsers carries well.
    case full
    case unknownParty
    case malformed(String)
    case unknownMeasure
    /// The patient has not agreed that this picture is kept.
    case pictureNotAgreed
    case notShown
    case consentIncomplete

    package var description: String {
        switch self {
        case .unknownLink:
            "This link opens no visit. Open the one in your newest mail from us, or call us."
        case .noVisit:
            "This visit was cancelled or moved away from video. Look into your newest mail from us, or call us."
        case .early: "The door opens 30 minutes before the visit. Please come back then; the link stays the same."
        case .over: "This visit is over and its link opens nothing any more. To talk again, please book a new visit."
        case .notPermitted: "This is for the clinician of the visit."
        case .noConsent:
            "There is no video visit without consent. The patient gives it on the page before the waiting room."
        case .notAdmitted: "You are not in the room. Please wait until you are let in, or reload the page."
        case .full: "Three people are in the room. One of them has to leave first."
        case .unknownParty: "This person is not in the room any more."
        case .malformed(let what): "That message can't be taken: \(what)."
        case .unknownMeasure: "There is no such measure in this visit."
        case .pictureNotAgreed: "The patient has not agreed that this picture is kept, so it is not."
        case .notShown: "This is not shown in the call any more."
        case .consentIncomplete: "Something is missing in the form, so nothing was recorded."
        }
    }
}
