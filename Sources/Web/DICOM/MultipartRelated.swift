// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

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

    /// The parts of a body; nothing where its boundary is missing or it does not end.
    static func parts(_ body: [UInt8], contentType: String) -> [Part]? {
        guard let boundary = parameter("boundary", of: contentType), !boundary.isEmpty else { return nil }
        let marker = Array("--\(boundary)".utf8)
        guard var position = find(marker, in: body, from: 0) else { return nil }
        var parts: [Part] = []
        while true {
            position += marker.count
            if body[position...].starts(with: Array("--".utf8)) { return parts }
            guard let headEnd = find(Array("\r\n\r\n".utf8), in: body, from: position),
                let end = find(Array("\r\n".utf8) + marker, in: body, from: headEnd + 2)
            else { return nil }
            let head = String(decoding: body[position..<headEnd], as: UTF8.self)
            let type = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-type:") }
            let start = min(headEnd + 4, end)
            parts.append(
                Part(
                    contentType: type.map { $0.dropFirst(13).trimmingCharacters(in: .whitespaces) } ?? "",
                    bytes: Array(body[start..<end])))
            position = end + 2
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

    /// The first place of some bytes.
    private static func find(_ wanted: [UInt8], in body: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first, start <= body.count - wanted.count else { return nil }
        return body.withUnsafeBytes { all in
            var position = start
            let last = all.count - wanted.count
            while position <= last {
                // memory's own search for the first byte, because bodies are hundreds of megabytes
                guard let base = all.baseAddress, let found = memchr(base + position, Int32(first), last - position + 1)
                else { return nil }
                position = UnsafeRawPointer(found) - base
                if all[position..<position + wanted.count].elementsEqual(wanted) { return position }
                position += 1
            }
            return nil
        }
    }
}
