// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Hummingbird
import Storage

/// The owner's list of staff, and the page on which each sets a password.
struct StaffController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/clinic/staff", use: list)
        router.post("/desk/clinic/staff", use: invite)
        router.post("/desk/clinic/staff/:id", use: change)
        router.get("/staff/setup/:link", use: setupForm)
        router.post("/staff/setup/:link", use: setUp)
    }

    private static func roles(_ chosen: Role?) -> [Choice] {
        [(Role.owner, "Owner"), (.clinician, "Clinician"), (.desk, "Desk")].map {
            Choice(value: $0.0.rawValue, label: $0.1, isChosen: $0.0 == chosen)
        }
    }

    private func page(_ context: WebContext, message: String? = nil) async throws -> StaffPage {
        var reader: StaffMember.ID?
        if case .staff(let id, _) = context.who { reader = id }
        return StaffPage(
            frame: site.deskFrame("Staff", context, place: .deskClinic), message: message,
            people: try await site.clinic.staffList().map { entry in
                .init(
                    id: entry.member.id.description, name: entry.member.name, email: entry.member.email,
                    roles: Self.roles(entry.member.role), action: "/desk/clinic/staff/\(entry.member.id)",
                    isOpen: entry.isOpen, hasSecondKey: entry.member.hasTimeBasedCode,
                    isReader: entry.member.id == reader)
            }, roles: Self.roles(.desk))
    }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageStaff, context)
        return try site.answer(try await page(context))
    }

    @Sendable func invite(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageStaff, context)
        let form = try await Form(request, context)
        var page = try await page(context)
        page.name = FieldValue(
            value: form["name"],
            error: form["name"].isEmpty || form["name"].count > 200
                ? "Please give a name, at most 200 characters." : nil)
        page.email = FieldValue(
            value: form["email"],
            error: ContactRules.isEmail(form["email"]) ? nil : "Please give an address like name@example.org.")
        let role = Role(rawValue: form["role"])
        page.roles = Self.roles(role)
        page.errorSummary = ErrorSummary(fields: ["name": page.name, "email": page.email])
        guard page.errorSummary == nil, let role else {
            return try site.answer(page, status: .unprocessableContent)
        }
        do {
            let url = try await site.clinic.inviteStaff(
                name: page.name.value, email: page.email.value, role: role, by: actor)
            var fresh = try await self.page(context)
            fresh.invitation = .init(name: page.name.value, url: url)
            return try site.answer(fresh)
        } catch StaffError.emailTaken {
            page.email.error = StaffError.emailTaken.explanation
            page.errorSummary = ErrorSummary(fields: ["email": page.email])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func change(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageStaff, context)
        let id = StaffMember.ID(context.parameters.get("id") ?? "")
        let form = try await Form(request, context)
        switch form["step"] {
        case "link":
            let url = try await site.clinic.inviteAgain(id, by: actor)
            var page = try await page(context)
            page.invitation = .init(name: page.people.first { $0.id == id.description }?.name ?? "", url: url)
            return try site.answer(page)
        case "close", "open":
            try await site.clinic.setStaff(id, isOpen: form["step"] == "open", by: actor)
            return try site.answer(
                try await page(
                    context, message: form["step"] == "open" ? "The account is open again." : "The account is closed."))
        default:
            guard let role = Role(rawValue: form["role"]) else { throw StaffError.badRole }
            try await site.clinic.changeStaff(
                id, name: String(form["name"].prefix(200)), role: role, by: actor)
            return try site.answer(try await page(context, message: "Saved."))
        }
    }

    // MARK: One's own password

    private func setupPage(_ context: WebContext) async throws -> StaffSetupPage {
        let link = Secret(context.parameters.get("link") ?? "")
        guard let member = try await site.clinic.invited(by: link) else {
            throw Fault(
                status: .gone, kind: "link", title: "This link is used or too old",
                detail: "Ask the owner of the clinic for a new one.")
        }
        return StaffSetupPage(
            frame: site.frame("Set your password", context, isPrivate: true), name: member.name, email: member.email,
            action: "/staff/setup/\(link.text)")
    }

    @Sendable func setupForm(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(try await setupPage(context))
    }

    @Sendable func setUp(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        let form = try await Form(request, context)
        var page = try await setupPage(context)
        let password = form.exactly("password")
        guard (StaffInvitations.shortestPassword...200).contains(password.count) else {
            page.password.error = "Use at least \(StaffInvitations.shortestPassword) characters; a few words do well."
            page.errorSummary = ErrorSummary(fields: ["password": page.password])
            return try site.answer(page, status: .unprocessableContent)
        }
        _ = try await site.clinic.setPassword(password, by: Secret(context.parameters.get("link") ?? ""))
        return .seeOther("/staff/sign-in")
    }
}
