// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird

/// Refuses requests that another site makes in a person's name (cross-site request forgery).
///
/// A browser says where an unsafe request comes from, by `Sec-Fetch-Site` or `Origin`. One that says neither is no
/// browser that holds a session, or an old one: it is refused once it brings a session cookie.
struct SameOrigin: RouterMiddleware {
    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head, request.method != .options,
            !request.uri.path.hasPrefix("/webhooks/")
        else { return try await next(request, context) }
        guard isOurs(request) else {
            throw Fault(
                status: .forbidden, kind: "cross-site", title: "This came from another site",
                detail: "For your safety it was not carried out. Open our site and do it there.")
        }
        return try await next(request, context)
    }

    private func isOurs(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return site == "same-origin" || site == "none" }
        if let origin = request.headers[.origin] {
            guard let host = URLComponents(string: origin), let name = host.host else { return false }
            let authority = host.port.map { "\(name):\($0)" } ?? name
            return authority == request.head.authority
        }
        return request.headers[.cookie] == nil
    }
}
