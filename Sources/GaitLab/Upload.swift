// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// A file that is being received for an order.
package struct Upload: Sendable, Hashable {
    package typealias ID = Identifier<Upload>

    package typealias State = FileTransfer.State

    package static let accepted = AcceptedFiles(
        extensions: ["c3d", "trc", "mot", "sto"], largestByteCount: 200 << 20,
        otherKind:
            "is not a motion-capture recording. Send the .c3d or .trc file that the software exports, and forces as .mot or .sto.",
        empty: "Export the recording again and send that file.",
        large: "Cut the trial to the walk and export it again.")

    package let id: ID
    /// The order's identifier, another room's thing.
    package let orderID: String
    package let patient: Patient.ID
    /// The sender's name for the file, cleaned; shown, never a path.
    package let fileName: String
    package let byteCount: Int64
    /// Lower-case hexadecimal, if the sender knows it.
    package let sha256: String?
    package let state: State
    package let startedAt: Date

    /// How its bytes arrive.
    package var transfer: FileTransfer {
        FileTransfer(
            upload: id.description, key: "recordings/\(id).\(FileAnnouncement.fileExtension(fileName))",
            byteCount: byteCount, sha256: sha256, state: state)
    }

    init(_ row: Row) throws {
        id = try row.get("id")
        orderID = try row.get("order_id")
        patient = try row.get("patient")
        fileName = try row.get("file_name")
        byteCount = try row.get("byte_count")
        sha256 = try row.get("sha256")
        state = try row.get("state")
        startedAt = try row.get("started_at")
    }
}
