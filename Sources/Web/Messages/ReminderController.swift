// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import NIOCore

/// Reminders turned off and on, and calendars that other programs fetch.
struct ReminderController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/reminders/:token", use: reminders)
        router.post("/reminders/:token", use: setReminders)
        router.get("/portal/messages", use: portal)
        router.post("/portal/messages", use: changePortal)
        router.get("/desk/calendar-feed", use: desk)
        router.post("/desk/calendar-feed", use: changeDesk)
        router.get("/calendar/:name", use: feed)
    }

    // MARK: By the link of a letter

    private func page(_ context: WebContext, wants: Bool, isChanged: Bool) -> RemindersPage {
        RemindersPage(
            frame: site.frame("Reminders", context, isPrivate: true),
            action: "/reminders/\(context.parameters.get("token") ?? "")", wantsReminders: wants, isChanged: isChanged)
    }

    private func link(_ context: WebContext) -> Secret { Secret(context.parameters.get("token") ?? "") }

    /// Following the link changes nothing: programs that check mails follow links, too.
    @Sendable func reminders(_ request: Request, context: WebContext) async throws -> Response {
        guard let wants = try await clinic.remindersWanted(link: link(context)) else { throw Fault.notFound("link") }
        return try site.answer(page(context, wants: wants, isChanged: false))
    }

    /// A button of the page, or a mail program's one-click request, which says `List-Unsubscribe=One-Click` (RFC 8058).
    @Sendable func setReminders(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        let form = try await Form(request, context)
        let wants = form["reminders"] == "on"
        guard try await clinic.setReminders(wants, link: link(context)) else { throw Fault.notFound("link") }
        return try site.answer(page(context, wants: wants, isChanged: true))
    }

    // MARK: In the portal and at the desk

    private func part(
        _ owner: CalendarFeeds.Owner, action: String, freshURL: String? = nil
    ) async throws -> CalendarFeedPart {
        let zone = try await clinic.timeZone()
        return CalendarFeedPart(
            action: action, madeOn: try await clinic.feedMadeAt(owner).map { Words.date($0, in: zone) },
            freshURL: freshURL)
    }

    /// Makes or ends a calendar address; the new address where one was made.
    private func changeFeed(_ step: String, of owner: CalendarFeeds.Owner, by actor: Actor) async throws -> String? {
        switch step {
        case "make": return try await clinic.makeFeed(for: owner, by: actor)
        case "revoke": try await clinic.revokeFeed(of: owner, by: actor)
        default: break
        }
        return nil
    }

    private func portalPage(
        _ id: Patient.ID, _ context: WebContext, freshURL: String? = nil, message: String? = nil
    ) async throws -> Response {
        try site.answer(
            PortalMessagesPage(
                frame: site.frame("Reminders and calendar", context, isPrivate: true), message: message,
                wantsReminders: try await clinic.remindersWanted(by: id),
                feed: try await part(.patient(id), action: "/portal/messages", freshURL: freshURL)))
    }

    @Sendable func portal(_ request: Request, context: WebContext) async throws -> Response {
        try await portalPage(try context.patient(), context)
    }

    @Sendable func changePortal(_ request: Request, context: WebContext) async throws -> Response {
        let id = try context.patient()
        let step = try await Form(request, context)["step"]
        var message = "The calendar's address works no more."
        if step == "remind" || step == "quiet" {
            try await clinic.setReminders(step == "remind", for: id)
            message = step == "remind" ? "We will remind you." : "We will not remind you."
        }
        let url = try await changeFeed(step, of: .patient(id), by: .patient(id))
        return try await portalPage(id, context, freshURL: url, message: url == nil ? message : nil)
    }

    private func staffMember(_ context: WebContext) async throws -> (StaffMember.ID, Actor) {
        let actor = try await site.staff(.seeDay, context)
        guard context.session != nil, case .staff(let id, _) = actor else { throw Fault.notAllowed }
        return (id, actor)
    }

    private func deskPage(
        _ id: StaffMember.ID, _ actor: Actor, _ context: WebContext, freshURL: String? = nil, message: String? = nil
    ) async throws -> Response {
        try site.answer(
            DeskFeedPage(
                frame: site.deskFrame("My calendar", context, place: .deskMail),
                links: site.mailLinks("/desk/calendar-feed", actor), message: message,
                feed: try await part(.staff(id), action: "/desk/calendar-feed", freshURL: freshURL)))
    }

    @Sendable func desk(_ request: Request, context: WebContext) async throws -> Response {
        let (id, actor) = try await staffMember(context)
        return try await deskPage(id, actor, context)
    }

    @Sendable func changeDesk(_ request: Request, context: WebContext) async throws -> Response {
        let (id, actor) = try await staffMember(context)
        let url = try await changeFeed(try await Form(request, context)["step"], of: .staff(id), by: actor)
        return try await deskPage(
            id, actor, context, freshURL: url, message: url == nil ? "The calendar's address works no more." : nil)
    }

    // MARK: The calendar itself

    @Sendable func feed(_ request: Request, context: WebContext) async throws -> Response {
        let name = context.parameters.get("name") ?? ""
        guard name.hasSuffix(".ics"),
            let answer = try await clinic.calendarFeed(
                Secret(String(name.dropLast(4))), knownTags: request.headers[.ifNoneMatch] ?? "")
        else { throw Fault.notFound("calendar") }
        var response =
            answer.text.map {
                Response.bytes(ByteBuffer(string: $0), contentType: "text/calendar; charset=utf-8")
            } ?? Response(status: .notModified)
        response.headers[.eTag] = answer.tag
        // Asked for again each time, but kept, so that the question costs little.
        response.headers[.cacheControl] = "private, no-cache"
        return response
    }
}
