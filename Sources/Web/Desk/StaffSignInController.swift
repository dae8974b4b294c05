// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import HTTPTypes
import Hummingbird

/// Staff sign in by password and code.
struct StaffSignInController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/staff/sign-in", use: form)
        router.post("/staff/sign-in", use: enter)
        router.get("/staff/code", use: setupForm)
        router.post("/staff/code", use: setUp)
    }

    private func page(_ context: WebContext) -> StaffSignInPage {
        let isDemo = site.clinic.settings.isDemo
        return StaffSignInPage(
            frame: site.frame("Staff sign in", context), codeOptional: isDemo,
            accounts: isDemo
                ? Demo.accounts.map { .init(role: $0.role.rawValue, email: $0.email, password: $0.password) } : [])
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(page(context))
    }

    @Sendable func enter(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        let form = try await Form(request, context)
        do {
            let session = try await site.clinic.signInStaff(
                email: form["email"], password: form.exactly("password"), code: form["code"])
            var response = Response.seeOther("/desk")
            SessionCookie.set(session, on: &response, secure: site.isSecure)
            return response
        } catch let refusal as SignInRefusal {
            var page = page(context)
            page.email = FieldValue(value: form["email"])
            let fault = refusal.fault
            let field = fault.fields.first?.name ?? "password"
            page.errorSummary = ErrorSummary([.init(field: field, message: fault.detail)])
            var response = try site.answer(page, status: fault.status)
            if let seconds = fault.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
            return response
        }
    }

    // MARK: The second key

    private func setupPage(_ secret: String, _ context: WebContext) -> StaffTOTPSetupPage {
        var groups: [String] = []
        var rest = secret[...]
        while !rest.isEmpty {
            groups.append(String(rest.prefix(4)))
            rest = rest.dropFirst(4)
        }
        return StaffTOTPSetupPage(
            frame: site.deskFrame("Set up your second key", context), secret: groups.joined(separator: " "),
            setupURL: TimeBasedCode.provisioningURL(secret: secret, account: context.session?.name ?? "staff"),
            action: "/staff/code?secret=\(secret)")
    }

    @Sendable func setupForm(_ request: Request, context: WebContext) async throws -> Response {
        guard case .staff = context.who else { throw Fault.signInNeeded }
        return try site.answer(setupPage(TimeBasedCode.randomSecret(), context))
    }

    @Sendable func setUp(_ request: Request, context: WebContext) async throws -> Response {
        guard case .staff(let id, _) = context.who else { throw Fault.signInNeeded }
        let secret = request.uri.queryParameters["secret"].map(String.init) ?? ""
        let form = try await Form(request, context)
        guard try await site.clinic.bindCode(secret: secret, code: form["code"], staff: id, by: context.who) else {
            var page = setupPage(secret, context)
            page.code.error = "This code does not match. Wait for the next one and type it."
            page.errorSummary = ErrorSummary(fields: ["code": page.code])
            return try site.answer(page, status: .unprocessableContent)
        }
        return .seeOther("/desk")
    }
}
