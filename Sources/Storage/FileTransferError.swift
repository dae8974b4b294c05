// SPDX-License-Identifier: Apache-2.0

/// What is refused while a file is sent, each with what to do.
package enum FileTransferError: Error, Sendable, Hashable, CustomStringConvertible {
    case unnamed
    case wrongExtension(fileName: String, advice: String)
    case empty(advice: String)
    case tooLarge(limit: Int64, advice: String)
    /// What was given as SHA-256 is none.
    case malformedChecksum
    /// No such upload has begun.
    case unknown
    /// The upload was given up after a wrong checksum.
    case refused
    /// The part does not begin where the received bytes end: go on at `resumeAt`.
    case wrongOffset(resumeAt: Int64)
    /// More bytes than were announced.
    case tooManyBytes(announced: Int64)
    /// Not everything is here yet: go on at `resumeAt`.
    case incomplete(resumeAt: Int64, announced: Int64)
    /// The bytes are not those that the sender meant.
    case wrongChecksum

    /// A sentence or two for a person.
    package var description: String {
        switch self {
        case .unnamed: "The file has no name. Choose the file again."
        case .wrongExtension(let name, let advice): "“\(name)” \(advice)"
        case .empty(let advice): "The file is empty. \(advice)"
        case .tooLarge(let limit, let advice): "The file is larger than \(limit >> 20) MB. \(advice)"
        case .malformedChecksum: "The checksum is not a SHA-256. Leave it out, or send 64 hexadecimal digits."
        case .unknown: "This upload is not known. Begin again by choosing the file."
        case .refused: "This upload was given up because its bytes were wrong. Send the file again."
        case .wrongOffset(let offset): "The upload goes on at byte \(offset)."
        case .tooManyBytes(let announced):
            "The file was announced with \(announced) bytes and is longer. Choose it again."
        case .incomplete(let offset, let announced):
            "Only \(offset) of \(announced) bytes have arrived. Go on sending at byte \(offset)."
        case .wrongChecksum: "The file was changed on its way and was not kept. Send it again."
        }
    }
}
