// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What may be sent to one place, and what somebody is told who sends something else.
package struct AcceptedFiles: Sendable {
    /// Lower-case, without the dot.
    package let extensions: [String]
    package let largestByteCount: Int64
    /// What another file is not, and what to send: “is not a loop. Send …”
    let otherKind: String
    /// What to do about an empty file: “Export the loop again and send that file.”
    let empty: String
    /// What to do about a file that is too large: “Cut the loop …”
    let large: String

    package init(extensions: [String], largestByteCount: Int64, otherKind: String, empty: String, large: String) {
        self.extensions = extensions
        self.largestByteCount = largestByteCount
        self.otherKind = otherKind
        self.empty = empty
        self.large = large
    }
}

/// A file that somebody is about to send, as they say it is.
package struct FileAnnouncement: Sendable, Hashable {
    /// The sender's name for the file, cleaned; shown, never a path.
    package let fileName: String
    package let byteCount: Int64
    /// Lower-case hexadecimal, if the sender knows it.
    package let sha256: String?

    /// Checks what the sender says of the file.
    package init(
        fileName: String, byteCount: Int64, sha256: String? = nil, accepted: AcceptedFiles
    ) throws(FileTransferError) {
        let name = Self.cleaned(fileName)
        guard !name.isEmpty else { throw .unnamed }
        guard accepted.extensions.contains(Self.fileExtension(name)) else {
            throw .wrongExtension(fileName: name, advice: accepted.otherKind)
        }
        guard byteCount > 0 else { throw .empty(advice: accepted.empty) }
        guard byteCount <= accepted.largestByteCount else {
            throw .tooLarge(limit: accepted.largestByteCount, advice: accepted.large)
        }
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

    /// Lower-case, without the dot; empty where there is none.
    package static func fileExtension(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    /// Without folders and control characters; of a long name the end, where the extension is.
    private static func cleaned(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let scalars = last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
        let text = String(String.UnicodeScalarView(scalars)).trimmingCharacters(in: .whitespaces)
        return String(text.suffix(120))
    }
}
