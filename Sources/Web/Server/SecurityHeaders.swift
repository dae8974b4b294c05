// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// The headers that keep a page to itself: no foreign script, style, frame or sender.
struct SecurityHeaders: RouterMiddleware {
    /// Where a form may lead besides this site: the hosted payment page, reached by redirection after a POST.
    let paymentOrigin: String?
    /// Whether the site is reached by HTTPS, so that browsers may be told to insist on it.
    let secure: Bool

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        let formTargets = ["'self'", paymentOrigin].compactMap { $0 }.joined(separator: " ")
        // The booking widget names the sites that may show it; nothing else is ever shown inside another page.
        let ancestors = response.headers[.frameAncestors] ?? "'none'"
        response.headers[.frameAncestors] = nil
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            + "connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action \(formTargets); "
            + "frame-ancestors \(ancestors); base-uri 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        // Camera and microphone belong to the pages of a call, and to no other.
        let isCall = response.headers[.callPermissions] != nil
        response.headers[.callPermissions] = nil
        response.headers[.permissionsPolicy] =
            isCall
            ? "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), geolocation=(), payment=()"
            : "camera=(), microphone=(), display-capture=(), geolocation=(), payment=()"
        if secure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        return response
    }
}

extension HTTPField.Name {
    static let referrerPolicy = name("Referrer-Policy")
    static let crossOriginOpenerPolicy = name("Cross-Origin-Opener-Policy")
    static let permissionsPolicy = name("Permissions-Policy")
    /// Never sent: what a page asks `SecurityHeaders` to put into the content security policy.
    static let frameAncestors = name("Fascia-Frame-Ancestors")
    /// Never sent: by it a page of a call asks for camera and microphone.
    static let callPermissions = name("Fascia-Call-Permissions")
    static let crossOriginResourcePolicy = name("Cross-Origin-Resource-Policy")
    static let idempotencyKey = name("Idempotency-Key")
    static let secFetchSite = name("Sec-Fetch-Site")
    static let stripeSignature = name("Stripe-Signature")
    static let forwardedFor = name("X-Forwarded-For")

    /// The names above are constants of the right form; an impossible one would be `Server`, seen by every test.
    private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .server }
}
