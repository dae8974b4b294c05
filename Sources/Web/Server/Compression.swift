// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore

/// Sends text smaller to whoever takes gzip: a page with a week of free times shrinks to a tenth, which a phone on a
/// weak line feels. Answers to a request that carries a cookie or a token stay as they are: where a secret and words
/// of a stranger share one compressed page, its length tells about the secret (BREACH, CVE-2013-3587).
struct Compression: RouterMiddleware {
    /// Below this, a packet is a packet; above the upper bound, an answer is a file and is streamed.
    private static let worthwhile = 1_000...2_000_000
    private static let texts = ["text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"]

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let type = response.headers[.contentType], Self.texts.contains(where: type.hasPrefix) else {
            return response
        }
        response.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
        guard request.method == .get, response.status == .ok, response.headers[.contentEncoding] == nil,
            let length = response.body.contentLength, Self.worthwhile.contains(length), Self.takesGzip(request),
            request.uri.path.hasPrefix("/assets/") || Self.isAnonymous(request)
        else { return response }
        let collected = Collected()
        try await response.body.write(CollectingWriter(into: collected))
        let plain = await collected.bytes
        guard let small = Gzip.compress(plain), small.count < plain.count else {
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: plain))
            return response
        }
        response.headers[.contentEncoding] = "gzip"
        response.headers[.contentLength] = nil
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: small))
        return response
    }

    private static func isAnonymous(_ request: Request) -> Bool {
        request.headers[.cookie] == nil && request.headers[.authorization] == nil
    }

    /// Whether gzip stands among the accepted codings and is not refused by a weight of zero (RFC 9110, 12.5.3).
    static func takesGzip(_ request: Request) -> Bool {
        for coding in (request.headers[.acceptEncoding] ?? "").lowercased().split(separator: ",") {
            let parts = coding.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let name = parts.first, name == "gzip" else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return (weight ?? 1) > 0
        }
        return false
    }
}

/// What a body writes, held in memory.
private actor Collected {
    private(set) var bytes: [UInt8] = []

    func append(_ buffer: ByteBuffer) { bytes.append(contentsOf: buffer.readableBytesView) }
}

private struct CollectingWriter: ResponseBodyWriter {
    private let collected: Collected

    init(into collected: Collected) { self.collected = collected }

    mutating func write(_ buffer: ByteBuffer) async throws { await collected.append(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
