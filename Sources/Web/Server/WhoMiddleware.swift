// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import HTTPTypes
import Hummingbird

/// Finds out who asks: a session's cookie, or a program's bearer token.
struct WhoMiddleware: RouterMiddleware {
    static let cookieName = "fascia_session"
    let clinic: Clinic

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.path = request.uri.path
        if let value = request.cookies[Self.cookieName]?.value {
            if let session = try await clinic.session(Secret(value)) {
                context.who = session.actor
                context.session = session
            }
        } else if let header = request.headers[.authorization], header.hasPrefix("Bearer ") {
            guard let actor = try await clinic.bearer(of: Secret(String(header.dropFirst(7)))) else {
                throw Fault(
                    status: .unauthorized, kind: "token", title: "That token is not valid",
                    detail: "Make one with: fascia account token --role desk")
            }
            context.who = actor
        }
        return try await next(request, context)
    }
}

extension WebContext {
    /// The acting member of staff, who must be allowed to do this.
    func staff(_ permission: Permission) throws -> Actor {
        guard case .staff = who else { throw Fault.signInNeeded }
        guard who.may(permission) else { throw Fault.notAllowed }
        return who
    }

    /// The signed-in patient.
    func patient() throws -> Patient.ID {
        guard case .patient(let id) = who else { throw Fault.signInNeeded }
        return id
    }
}

/// The session's cookie: out of reach of scripts and of other sites.
enum SessionCookie {
    static func set(_ secret: Secret, on response: inout Response, secure: Bool) {
        response.setCookie(
            Cookie(
                name: WhoMiddleware.cookieName, value: secret.text, path: "/", secure: secure, httpOnly: true,
                sameSite: .lax))
    }

    static func remove(from response: inout Response, secure: Bool) {
        response.setCookie(
            Cookie(
                name: WhoMiddleware.cookieName, value: "", maxAge: 0, path: "/", secure: secure, httpOnly: true,
                sameSite: .lax))
    }
}
