// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, contentType: String = "application/json"
    ) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
        return .bytes(ByteBuffer(bytes: data), contentType: contentType, status: status)
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        .bytes(ByteBuffer(string: text), contentType: "text/html; charset=utf-8", status: status)
    }

    static func bytes(
        _ buffer: ByteBuffer, contentType: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: buffer))
    }

    /// What is made or read while it is sent: its length is known, and it is never in memory as a whole.
    static func streamed(
        byteCount: Int, contentType: String,
        _ send: @escaping @Sendable (_ write: (ByteBuffer) async throws -> Void) async throws -> Void
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: ResponseBody(contentLength: byteCount) { writer in
                try await send { try await writer.write($0) }
                try await writer.finish(nil)
            })
    }

    /// After a POST: see the page that shows what happened (RFC 9110 §15.4.4).
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}
