// SPDX-License-Identifier: Apache-2.0

/// What is refused around a visit's loops, each with what to do.
package enum ImagingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The person's role does not allow it.
    case notPermitted
    case unknownLoop
    case unknownMeasure
    /// Nothing can be measured in a loop that is not read yet, or can't be.
    case notReady
    case noSuchFrame
    case marksMissing
    case marksTooNear
    case implausibleScale
    /// A measure that failed or is not done has nothing to accept.
    case notMeasured
    case emptyNote
    case unknownAnnotation
    case unnamedPlace
    case tooManyPlaces
    case unknownPlace
    case noSuchPain
    case nothingToSign
    case unknownFindings
    /// The row no longer fits its seal.
    case findingsChanged
    case superseded
    /// Nobody has said that no name is burned into the pictures.
    case textNotChecked
    case wrongArea
    case consentMissing
    case unknownClip
    /// No address, or one that is taken, or no title.
    case caseAddress

    package var description: String {
        switch self {
        case .notPermitted: "Your role does not allow this. Ask the owner."
        case .unknownLoop: "This loop is not known."
        case .unknownMeasure: "This measure is not known."
        case .notReady: "The loop has not been read yet, or can't be. Wait a moment and try again."
        case .noSuchFrame: "The loop has no such frame."
        case .marksMissing: "Both marks must be inside the picture. Set them again."
        case .marksTooNear: "The two marks are on one place. Set one on each side of the gap."
        case .implausibleScale:
            "That scale is not plausible: a pixel is between 0.005 and 2 mm. Check the two points and the length."
        case .notMeasured: "There is no finished measure to accept."
        case .emptyNote: "A note has between 1 and 200 letters."
        case .unknownAnnotation: "This annotation is not known, or was taken away."
        case .unnamedPlace: "Say where it hurts, in a few words."
        case .tooManyPlaces: "This list is full. Look at the places that are on it first."
        case .unknownPlace: "This place is not on the list."
        case .noSuchPain: "Pain is a whole number from 0 to 10."
        case .nothingToSign: "Write what was seen before you sign."
        case .unknownFindings: "These findings are not known."
        case .findingsChanged:
            "These findings were changed after they were signed. Do not use them; restore the database from a backup."
        case .superseded: "A newer version of these findings was signed. Release that one."
        case .textNotChecked:
            "Nobody has looked yet whether a name stands in these pictures. Look at them, and say which part is free of text."
        case .wrongArea: "The free part must lie inside the picture and be at least 16 pixels wide and high."
        case .consentMissing: "A case study needs a consent: who gave it, and on which day."
        case .unknownClip: "This clip is not shown."
        case .caseAddress:
            "Give the case a title, and an address of small letters, digits and hyphens that no other case has."
        }
    }
}
