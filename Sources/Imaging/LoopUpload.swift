// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Foundation
package import Storage

/// A loop's file that is being received for a visit.
package struct LoopUpload: Sendable, Hashable {
    package typealias ID = Identifier<LoopUpload>

    package enum State: String, Sendable, Bindable {
        case receiving
        /// The file is here and is a loop of the visit.
        case whole
        /// The checksum was wrong; nothing is kept.
        case refused
    }

    /// 200 MiB.
    package static let largestByteCount: Int64 = 200 << 20
    package static let extensions = ["mp4", "mov", "avi", "mkv", "png", "pgm", "dcm"]

    package let id: ID
    /// The visit's identifier, another room's thing.
    package let visit: String
    package let patient: Patient.ID
    /// The sender's name for the file, cleaned; shown, never a path.
    package let fileName: String
    package let byteCount: Int64
    package let sha256: String?
    package let state: State

    var fileKey: String { "loops/\(id).\(Self.fileExtension(fileName))" }

    init(_ row: Row) throws {
        id = try row.get("id")
        visit = try row.get("visit")
        patient = try row.get("patient")
        fileName = try row.get("file_name")
        byteCount = try row.get("byte_count")
        sha256 = try row.get("sha256")
        state = try row.get("state")
    }

    /// A file that somebody is about to send.
    package struct Announcement: Sendable {
        let fileName: String
        let byteCount: Int64
        let sha256: String?

        package init(fileName: String, byteCount: Int64, sha256: String? = nil) throws(ImagingError) {
            let name = Self.cleaned(fileName)
            guard !name.isEmpty else { throw .unnamed }
            guard LoopUpload.extensions.contains(LoopUpload.fileExtension(name)) else {
                throw .wrongExtension(fileName: name)
            }
            guard byteCount > 0 else { throw .emptyFile }
            guard byteCount <= LoopUpload.largestByteCount else { throw .tooLarge(limit: LoopUpload.largestByteCount) }
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
            return String(String(String.UnicodeScalarView(scalars)).trimmingCharacters(in: .whitespaces).suffix(120))
        }
    }

    static func fileExtension(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
