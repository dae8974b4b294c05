// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// A file that is being received for an order.
package struct Upload: Sendable, Hashable {
    package typealias ID = Identifier<Upload>

    package enum State: String, Sendable, Bindable {
        /// Parts are taken.
        case receiving
        /// The file is here and is a recording.
        case whole
        /// The checksum was wrong; nothing is kept.
        case refused
    }

    /// 200 MiB.
    package static let largestByteCount: Int64 = 200 * 1_048_576
    package static let extensions = ["c3d", "trc", "mot", "sto"]

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

    /// Where the whole file lies.
    var fileKey: String { "recordings/\(id).\(Self.fileExtension(fileName))" }

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

    /// A file that somebody is about to send.
    package struct Announcement: Sendable {
        let fileName: String
        let byteCount: Int64
        let sha256: String?

        /// Checks what the sender says of the file.
        package init(fileName: String, byteCount: Int64, sha256: String? = nil) throws(GaitLabError) {
            let name = Self.cleaned(fileName)
            guard !name.isEmpty else { throw .unnamed }
            guard Upload.extensions.contains(Upload.fileExtension(name)) else { throw .wrongExtension(fileName: name) }
            guard byteCount > 0 else { throw .emptyFile }
            guard byteCount <= Upload.largestByteCount else { throw .tooLarge(limit: Upload.largestByteCount) }
            let digits = sha256?.lowercased()
            if let digits {
                guard digits.utf8.count == 64,
                    digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
                else { throw .malformedChecksum }
            }
            self.fileName = name
            self.byteCount = byteCount
            self.sha256 = digits
        }

        /// Without folders and control characters; of a long name the end, where the extension is.
        private static func cleaned(_ name: String) -> String {
            let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
            let scalars = last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
            let text = String(String.UnicodeScalarView(scalars)).trimmingCharacters(in: .whitespaces)
            return String(text.suffix(120))
        }
    }

    static func fileExtension(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
