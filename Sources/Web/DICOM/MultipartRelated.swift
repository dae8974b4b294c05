// SPDX-License-Identifier: Apache-2.0

import Archive
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `multipart/related` as DICOMweb sends and takes it (RFC 2387).
struct MultipartRelated {
    struct Part {
        let contentType: String
        let bytes: [UInt8]
    }

    /// An answer of these parts.
    static func response(_ parts: [Part], type: String) -> Response {
        let boundary = "fascia-\(UUID().uuidString)"
        var buffer = ByteBuffer()
        buffer.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count + 200 })
        for part in parts {
            buffer.writeString("--\(boundary)\r\nContent-Type: \(part.contentType)\r\n")
            buffer.writeString("Content-Length: \(part.bytes.count)\r\n\r\n")
            buffer.writeBytes(part.bytes)
            buffer.writeString("\r\n")
        }
        buffer.writeString("--\(boundary)--\r\n")
        return .bytes(buffer, contentType: "multipart/related; type=\"\(type)\"; boundary=\(boundary)")
    }

    /// An answer of whole objects, which are read while they are sent, and told apart by their lengths beforehand.
    static func response(_ objects: [(object: StoredObject, contentType: String)], type: String, of clinic: Clinic)
        -> Response
    {
        let boundary = "fascia-\(UUID().uuidString)"
        let heads = objects.map {
            "--\(boundary)\r\nContent-Type: \($0.contentType)\r\nContent-Length: \($0.object.file.byteCount)\r\n\r\n"
        }
        let end = "--\(boundary)--\r\n"
        let total = zip(heads, objects).reduce(end.utf8.count) {
            $0 + $1.0.utf8.count + Int($1.1.object.file.byteCount) + 2
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "multipart/related; type=\"\(type)\"; boundary=\(boundary)", .cacheControl: "no-store",
            ],
            body: ResponseBody(contentLength: total) { writer in
                for (head, (object, _)) in zip(heads, objects) {
                    try await writer.write(ByteBuffer(string: head))
                    try await clinic.read(object) { try await writer.write(ByteBuffer(bytes: $0)) }
                    try await writer.write(ByteBuffer(string: "\r\n"))
                }
                try await writer.write(ByteBuffer(string: end))
                try await writer.finish(nil)
            })
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
