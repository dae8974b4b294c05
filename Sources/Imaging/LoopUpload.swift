// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Foundation
package import Storage

/// A loop's file that is being received for a visit.
package struct LoopUpload: Sendable, Hashable {
    package typealias ID = Identifier<LoopUpload>

    package typealias State = FileTransfer.State

    package static let accepted = AcceptedFiles(
        extensions: ["mp4", "mov", "avi", "mkv", "png", "pgm", "dcm"], largestByteCount: 200 << 20,
        otherKind:
            "is not a loop. Send the MP4, MOV or AVI film that the ultrasound machine exports, or one PNG picture.",
        empty: "Export the loop again and send that file.",
        large: "Cut the loop to the contraction and export it again.")

    package let id: ID
    /// The visit's identifier, another room's thing.
    package let visit: String
    package let patient: Patient.ID
    /// The sender's name for the file, cleaned; shown, never a path.
    package let fileName: String
    package let byteCount: Int64
    package let sha256: String?
    package let state: State

    /// How its bytes arrive.
    package var transfer: FileTransfer {
        FileTransfer(
            upload: id.description, key: "loops/\(id).\(FileAnnouncement.fileExtension(fileName))",
            byteCount: byteCount, sha256: sha256, state: state)
    }

    init(_ row: Row) throws {
        id = try row.get("id")
        visit = try row.get("visit")
        patient = try row.get("patient")
        fileName = try row.get("file_name")
        byteCount = try row.get("byte_count")
        sha256 = try row.get("sha256")
        state = try row.get("state")
    }
}
