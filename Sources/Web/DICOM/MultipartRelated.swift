// SPDX-License-Identifier: Apache-2.0

import Archive
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// `multipart/related` as DICOMweb sends and takes it (RFC 2387).
enum MultipartRelated {
    /// A piece of a stored object, or the whole of it.
    struct Part {
        let contentType: String
        let object: StoredObject
        let ranges: [Range<Int64>]

        var byteCount: Int { ranges.reduce(0) { $0 + $1.count } }
    }

    /// An answer of these parts, which are read while they are sent.
    static func response(_ parts: [Part], type: String, of clinic: Clinic) -> Response {
        let boundary = "fascia-\(UUID().uuidString)"
        let heads = parts.map {
            "--\(boundary)\r\nContent-Type: \($0.contentType)\r\nContent-Length: \($0.byteCount)\r\n\r\n"
        }
        let end = "--\(boundary)--\r\n"
        let total = zip(heads, parts).reduce(end.utf8.count) { $0 + $1.0.utf8.count + $1.1.byteCount + 2 }
        return .streamed(
            byteCount: total, contentType: "multipart/related; type=\"\(type)\"; boundary=\(boundary)"
        ) { write in
            for (head, part) in zip(heads, parts) {
                try await write(ByteBuffer(string: head))
                for range in part.ranges {
                    try await clinic.read(range, of: part.object) { try await write(ByteBuffer(bytes: $0)) }
                }
                try await write(ByteBuffer(string: "\r\n"))
            }
            try await write(ByteBuffer(string: end))
        }
    }

    static func parameter(_ name: String, of header: String) -> String? {
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if pair.count == 2, pair[0].lowercased() == name {
                return pair[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            }
        }
        return nil
    }
}
