// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// An answer that is not what the person hoped for: what happened, and what to do. `FaultMiddleware` makes it a page for a
/// person and an RFC 9457 problem for a program.
struct Fault: Error {
    /// One wrong field of a form or document.
    struct Field: Sendable {
        let name: String
        let detail: String
    }

    var status: HTTPResponse.Status
    /// A stable word for programs, the last part of the problem's `type`.
    var kind: String
    var title: String
    var detail: String
    var fields: [Field] = []
    var retryAfterSeconds: Int?
    /// With 405: the methods that the address takes (RFC 9110 §10.2.1).
    var allow: String?

    static func notFound(_ what: String = "page") -> Fault {
        Fault(
            status: .notFound, kind: "not-found", title: "There is no such \(what)",
            detail: "The address may be mistyped, or the \(what) may have been removed.")
    }

    static let signInNeeded = Fault(
        status: .unauthorized, kind: "sign-in-needed", title: "Please sign in",
        detail: "This page is for people who have signed in. Your session may have ended.")

    static let secondKeyNeeded = Fault(
        status: .forbidden, kind: "second-key", title: "Set up your second key first",
        detail: "Open /staff/code and bind an authenticator app. The desk opens after that.")

    static let notAllowed = Fault(
        status: .forbidden, kind: "not-allowed", title: "Your account may not do this",
        detail: "Ask the owner of the clinic if you need it for your work.")

    static func invalid(_ fields: [Field]) -> Fault {
        Fault(
            status: .unprocessableContent, kind: "invalid", title: "Something needs to be corrected",
            detail: fields.map(\.detail).joined(separator: " "), fields: fields)
    }

    static func badRequest(_ detail: String) -> Fault {
        Fault(status: .badRequest, kind: "bad-request", title: "That request can't be read", detail: detail)
    }

    static func conflict(_ kind: String, _ title: String, _ detail: String) -> Fault {
        Fault(status: .conflict, kind: kind, title: title, detail: detail)
    }

    static func tooMany(retryAfterSeconds: Int) -> Fault {
        Fault(
            status: .tooManyRequests, kind: "too-many-requests", title: "Too many tries",
            detail: "Please wait \(retryAfterSeconds) seconds and try again.", retryAfterSeconds: retryAfterSeconds)
    }
}
