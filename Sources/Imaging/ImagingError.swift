// SPDX-License-Identifier: Apache-2.0

/// What is refused around a visit's loops, each with what to do.
package enum ImagingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The person's role does not allow it.
    case notPermitted
    case unnamed
    case wrongExtension(fileName: String)
    case emptyFile
    case tooLarge(limit: Int64)
    case malformedChecksum
    case unknownUpload
    case uploadRefused
    /// The part does not begin where the received bytes end: go on at `resumeAt`.
    case wrongOffset(resumeAt: Int64)
    case tooManyBytes(announced: Int64)
    case incomplete(resumeAt: Int64, announced: Int64)
    case wrongChecksum
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

    package var description: String {
        switch self {
        case .notPermitted: "Your role does not allow this. Ask the owner."
        case .unnamed: "The file has no name. Choose the file again."
        case .wrongExtension(let name):
            "“\(name)” is not a loop. Send the MP4, MOV or AVI film that the ultrasound machine exports, or one PNG picture."
        case .emptyFile: "The file is empty. Export the loop again and send that file."
        case .tooLarge(let limit):
            "The file is larger than \(limit >> 20) MB. Cut the loop to the contraction and export it again."
        case .malformedChecksum: "The checksum is not a SHA-256. Leave it out, or send 64 hexadecimal digits."
        case .unknownUpload: "This upload is not known. Begin again by choosing the file."
        case .uploadRefused: "This upload was given up because its bytes were wrong. Send the file again."
        case .wrongOffset(let offset): "The upload goes on at byte \(offset)."
        case .tooManyBytes(let announced):
            "The file was announced with \(announced) bytes and is longer. Choose it again."
        case .incomplete(let offset, let announced):
            "Only \(offset) of \(announced) bytes have arrived. Go on sending at byte \(offset)."
        case .wrongChecksum: "The file was changed on its way and was not kept. Send it again."
        case .unknownLoop: "This loop is not known."
        case .unknownMeasure: "This measure is not known."
        case .notReady: "The loop has not been read yet, or can't be. Wait a moment and try again."
        case .noSuchFrame: "The loop has no such frame."
        case .marksMissing: "Both marks must be inside the picture. Set them again."
        case .marksTooNear: "The two marks are on one place. Set one on each side of the gap."
        case .implausibleScale:
            "That scale is not plausible: a pixel is between 0.005 and 2 mm. Check the two points and the length."
        case .notMeasured: "There is no finished measure to accept."
        }
    }
}
