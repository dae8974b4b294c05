// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Hummingbird

/// Patients sign in without a password.
struct SignInController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/sign-in", use: form)
        router.post("/sign-in", use: request)
        router.post("/sign-in/code", use: code)
        router.get("/sign-in/link/:token", use: link)
        router.post("/sign-in/link/:token", use: useLink)
        router.post("/sign-out", use: signOut)
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(SignInPage(frame: site.frame("Sign in", context)))
    }

    @Sendable func request(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        let form = try await Form(request, context)
        var page = SignInPage(frame: site.frame("Sign in", context), email: FieldValue(value: form["email"]))
        if !ContactRules.isEmail(form["email"]) {
            page.email.error = "Please type your email address."
            page.errorSummary = ErrorSummary(fields: ["email": page.email])
            return try site.answer(page, status: .unprocessableContent)
        }
        try await site.clinic.requestSignIn(email: form["email"])
        return try site.answer(sentPage(form["email"], context))
    }

    private func sentPage(_ email: String, _ context: WebContext) -> SignInSentPage {
        SignInSentPage(frame: site.frame("Look in your mailbox", context), email: email, minutesValid: "15")
    }

    @Sendable func code(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        let form = try await Form(request, context)
        guard let session = try await site.clinic.signIn(code: form["code"], email: form["email"]) else {
            var page = sentPage(form["email"], context)
            page.code = FieldValue(
                value: form["code"], error: "This code is wrong, used or too old. After five tries ask for a new one.")
            page.errorSummary = ErrorSummary(fields: ["code": page.code])
            return try site.answer(page, status: .unprocessableContent)
        }
        return entered(session)
    }

    /// Following the link only shows a button: programs that check mails follow links, too.
    @Sendable func link(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(
            SignInLinkPage(
                frame: site.frame("Sign in", context, isPrivate: true),
                action: "/sign-in/link/\(context.parameters.get("token") ?? "")"))
    }

    @Sendable func useLink(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        guard let session = try await site.clinic.signIn(link: Secret(context.parameters.get("token") ?? "")) else {
            var page = SignInPage(frame: site.frame("Sign in", context))
            page.errorSummary = ErrorSummary([
                .init(
                    field: "email",
                    message: "This link was used already or is older than 15 minutes. Ask for a new one.")
            ])
            return try site.answer(page, status: .unprocessableContent)
        }
        return entered(session)
    }

    private func entered(_ session: Secret) -> Response {
        var response = Response.seeOther("/portal")
        SessionCookie.set(session, on: &response, secure: site.isSecure)
        return response
    }

    @Sendable func signOut(_ request: Request, context: WebContext) async throws -> Response {
        if let session = context.session { try await site.clinic.signOut(session) }
        var response = Response.seeOther("/")
        SessionCookie.remove(from: &response, secure: site.isSecure)
        return response
    }
}
