// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// Tells a program that errs in the method so, and which ones there are (RFC 9110 §15.5.6). The router alone would answer that
/// there is no such address.
struct AllowedMethods: RouterMiddleware {
    private static let table: [(path: [String], methods: [HTTPRequest.Method])] = [
        (["api", "v1", "services"], [.get, .head]), (["api", "v1", "services", "*", "slots"], [.get, .head]),
        (["api", "v1", "bookings"], [.post]), (["api", "v1", "openapi.json"], [.get, .head]),
        (["webhooks", "stripe"], [.post]),
    ]

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard path.hasPrefix("/api/") || path.hasPrefix("/webhooks/") else { return try await next(request, context) }
        let parts = path.split(separator: "/")
        for (pattern, methods) in Self.table
        where pattern.count == parts.count && zip(pattern, parts).allSatisfy({ $0 == "*" || $0 == $1 }) {
            guard methods.contains(request.method) else {
                let allow = methods.map(\.rawValue).joined(separator: ", ")
                throw Fault(
                    status: .methodNotAllowed, kind: "method-not-allowed", title: "That can't be done here",
                    detail: "This address takes \(allow) only.", allow: allow)
            }
        }
        return try await next(request, context)
    }
}
