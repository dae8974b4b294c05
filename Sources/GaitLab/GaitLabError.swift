// SPDX-License-Identifier: Apache-2.0

/// What the gait laboratory refuses, each with what to do.
package enum GaitLabError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The person's role does not allow it.
    case notPermitted
    case unknownRecording
    /// A table of forces is no walk, and a walk no table of forces.
    case notThatKind
    /// There is nothing to report on.
    case notAnalysed
    case noWords
    case wordsTooLong(limit: Int)
    case unknownReport
    /// A released report does not change.
    case alreadyReleased
    /// The figures are being computed anew.
    case analysisRunning
    /// A setting is not a number of a person's size.
    case settingOutOfRange(name: String, least: Double, most: Double)
    /// The events' list has a line that is none.
    case malformedEvent(line: Int)
    case eventOutsideWalk(seconds: Double)
    /// Two strikes, or two offs, of one foot closer than a step can be.
    case eventsTooClose(seconds: Double)
    case nothingToUndo
    /// The normative file has a mistake, said in words.
    case malformedNorm(String)
    case unknownNorm
    /// Only C3D files hold names that can be taken out without changing a number.
    case noNames

    /// A sentence or two for a person.
    package var description: String {
        switch self {
        case .notPermitted: "Your role does not allow this. Ask the owner."
        case .unknownRecording: "This recording is not known."
        case .notThatKind: "A file of forces can only be used as forces, and a file with markers not as such."
        case .notAnalysed: "There is no analysed walk to report on. Upload a walking trial first."
        case .noWords: "The report has no words yet. Write what you say to the patient, then release it."
        case .wordsTooLong(let limit): "The words are longer than \(limit) characters. Shorten them."
        case .unknownReport: "This report is not known."
        case .alreadyReleased: "The report has been released and does not change any more."
        case .analysisRunning: "The figures are being computed anew. Wait a moment, look at them, then release."
        case .settingOutOfRange(let name, let least, let most):
            "\(name) must be a number between \(Int(least)) and \(Int(most)). Leave it empty to take the file's."
        case .malformedEvent(let line):
            "Line \(line) of the events is not a foot, a kind and a time in seconds. Correct it or remove it."
        case .eventOutsideWalk(let seconds):
            "There is no walk at \(seconds) s. Move the event into the recording or remove it."
        case .eventsTooClose(let seconds):
            "Two events of the same kind and foot are closer than 0.2 s, at \(seconds) s. Remove one of them."
        case .nothingToUndo: "There is no correction left to undo: these are the events as they were found."
        case .malformedNorm(let sentence): sentence
        case .unknownNorm: "This normative set is not known. Choose another one."
        case .noNames: "There is no name in this file that could be taken out."
        }
    }
}
