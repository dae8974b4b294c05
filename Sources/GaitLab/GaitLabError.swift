// SPDX-License-Identifier: Apache-2.0

/// What the gait laboratory refuses, each with what to do.
package enum GaitLabError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The person's role does not allow it.
    case notPermitted
    case unnamed
    /// Neither .c3d nor .trc, nor forces as .mot or .sto.
    case wrongExtension(fileName: String)
    case emptyFile
    case tooLarge(limit: Int64)
    /// What was given as SHA-256 is none.
    case malformedChecksum
    case unknownUpload
    /// The upload was given up after a wrong checksum.
    case uploadRefused
    /// The part does not begin where the received bytes end: go on at `resumeAt`.
    case wrongOffset(resumeAt: Int64)
    /// More bytes than were announced.
    case tooManyBytes(announced: Int64)
    /// Not everything is here yet: go on at `resumeAt`.
    case incomplete(resumeAt: Int64, announced: Int64)
    /// The bytes are not those that the sender meant.
    case wrongChecksum
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
        case .unnamed: "The file has no name. Choose the file again."
        case .wrongExtension(let name):
            "“\(name)” is not a motion-capture recording. Send the .c3d or .trc file that the software exports, and forces as .mot or .sto."
        case .emptyFile: "The file is empty. Export the recording again and send that file."
        case .tooLarge(let limit):
            "The file is larger than \(limit / 1_048_576) MB. Cut the trial to the walk and export it again."
        case .malformedChecksum: "The checksum is not a SHA-256. Leave it out, or send 64 hexadecimal digits."
        case .unknownUpload: "This upload is not known. Begin again by choosing the file."
        case .uploadRefused: "This upload was given up because its bytes were wrong. Send the file again."
        case .wrongOffset(let offset): "The upload goes on at byte \(offset)."
        case .tooManyBytes(let announced):
            "The file was announced with \(announced) bytes and is longer. Choose it again."
        case .incomplete(let offset, let announced):
            "Only \(offset) of \(announced) bytes have arrived. Go on sending at byte \(offset)."
        case .wrongChecksum: "The file was changed on its way and was not kept. Send it again."
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
