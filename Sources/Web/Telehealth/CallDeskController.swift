// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Scheduling
import Storage
import Telehealth

/// Visits by video on the clinic's side: who waits, letting in, the call, its end.
struct CallDeskController {
    let site: Site
    let channel: CallChannel
    private static let mostTimes = 12

    func add(to router: Router<WebContext>) {
        router.get("/desk/video", use: list)
        router.get("/desk/video/changes", use: changes)
        router.post("/desk/visits/:id/call/notice", use: notice)
        router.post("/desk/visits/:id/call/move", use: move)
        router.get("/desk/visits/:id/call", use: call)
        router.post("/desk/visits/:id/call/join", use: join)
        router.post("/desk/visits/:id/call/invite", use: invite)
        router.post("/desk/visits/:id/call/admit/:party", use: admit)
        router.post("/desk/visits/:id/call/remove/:party", use: remove)
        router.post("/desk/visits/:id/call/end", use: end)
        router.post("/desk/visits/:id/call/reopen", use: reopen)
        router.post("/desk/visits/:id/call/follow-up", use: followUp)
        router.post("/desk/visits/:id/call/leave", use: leave)
        router.get("/desk/visits/:id/call/events", use: events)
        router.post("/desk/visits/:id/call/signals", use: signals)
        router.get("/desk/visits/:id/call/ice", use: ice)
        router.post("/desk/visits/:id/call/figures", use: figures)
    }

    private func id(_ context: WebContext) -> Booking.ID { Booking.ID(context.parameters.get("id") ?? "") }
    private func party(_ context: WebContext) -> VideoParty.ID { VideoParty.ID(context.parameters.get("party") ?? "") }
    private func path(_ context: WebContext) -> String { "/desk/visits/\(id(context))/call" }

    private func caller(_ context: WebContext) async throws -> CallCaller {
        .staff(id(context), try await site.staff(.holdCalls, context))
    }

    private var relayNote: String? {
        site.clinic.settings.relay.hasRelay
            ? nil
            : "No relay is set up: between some networks a call will fail. docs/telehealth.md says how to add one."
    }

    // MARK: Who waits

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeDay, context)
        return try site.answer(try await listPage(request, actor, context))
    }

    private func listPage(
        _ request: Request, _ actor: Actor, _ context: WebContext, problem: String? = nil
    ) async throws -> DeskVideoPage {
        let clinic = site.clinic
        let now = clinic.clock.now()
        let zone = try await clinic.timeZone()
        let today = TimeGrids.today(now, zone)
        let date = request.uri.queryParameters["date"].flatMap { CivilDate(iso: $0) } ?? today
        let lines = try await clinic.videoDay(date, by: actor)
        let noon = Date(timeIntervalSince1970: Double(date.daysSince1970) * 86_400 + 43_200)
        var visits: [DeskVideoPage.Visit] = []
        for line in lines { visits.append(try await visit(line, actor, now: now)) }
        return DeskVideoPage(
            frame: site.deskFrame("Video visits", context, place: .deskVideo, scripts: ["call-list.js"]),
            dayLabel: Words.day(noon, in: .gmt), previousURL: "/desk/video?date=\(date.adding(days: -1))",
            nextURL: "/desk/video?date=\(date.adding(days: 1))", visits: visits, relayNote: relayNote, problem: problem)
    }

    private func visit(_ line: Clinic.VideoLine, _ actor: Actor, now: Date) async throws -> DeskVideoPage.Visit {
        let booking = line.booking
        let state = CallDeskWords.state(line, at: now)
        let isWaiting = line.patient?.state == .waiting && line.room?.closedAt == nil
        let mayHold = actor.may(.holdCalls)
        let path = "/desk/visits/\(booking.id)/call"
        var times: [CallAdvicePage.Time] = []
        if isWaiting {
            times = try await site.clinic.nextTimes(for: booking, count: Self.mostTimes).enumerated().map {
                index, time in
                .init(
                    value: "\(time.start.formatted(.iso8601)) \(time.clinician)",
                    label: Words.moment(time.start, in: booking.timeZone), isChosen: index == 0)
            }
        }
        return DeskVideoPage.Visit(
            id: booking.id.description, time: Words.hours(booking.start, booking.end, in: booking.timeZone),
            patient: booking.name, clinician: booking.clinician?.name ?? "", badge: state.badge,
            stateLabel: state.label,
            since: isWaiting
                ? line.patient?.arrivedAt.map { "since \(Words.time($0, in: booking.timeZone))" } : nil,
            isWaiting: isWaiting, callURL: mayHold ? path : nil,
            joinAction: mayHold && line.room?.closedAt == nil && state.isOpen ? "\(path)/join" : nil,
            admitAction: mayHold && isWaiting ? line.patient.map { "\(path)/admit/\($0.id)" } : nil,
            noticeAction: isWaiting ? "\(path)/notice" : nil, moveAction: isWaiting ? "\(path)/move" : nil,
            times: times,
            hasTimes: !times.isEmpty)
    }

    @Sendable func changes(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.seeDay, context)
        return channel.changes(request)
    }

    @Sendable func notice(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.changeBookings, context)
        let form = try await Form(request, context)
        try await site.clinic.tellWaiting(form["text"], visit: id(context), by: actor)
        return .seeOther("/desk/video")
    }

    @Sendable func move(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.changeBookings, context)
        let form = try await Form(request, context)
        guard let slot = TimeGrids.parse(form["slot"]) else {
            throw Fault.invalid([.init(name: "slot", detail: "Please choose a time.")])
        }
        do {
            _ = try await site.clinic.moveWaiting(id(context), to: slot.start, clinician: slot.clinician, by: actor)
            return .seeOther("/desk/video")
        } catch let error as BookingError where error.isConflict {
            return try site.answer(
                try await listPage(request, actor, context, problem: error.explanation), status: .conflict)
        }
    }

    // MARK: The call

    @Sendable func call(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        return try await answer(actor, context)
    }

    private func answer(
        _ actor: Actor, _ context: WebContext, invitation: String? = nil, booked: String? = nil, problem: String? = nil
    ) async throws -> Response {
        let view = try await site.clinic.call(id(context), by: actor)
        var page = try await CallDeskRoom(site: site, relayNote: relayNote).page(
            view, actor, context, invitation: invitation)
        page.booked = booked
        page.problem = problem
        var response = try site.answer(page, status: problem == nil ? .ok : .conflict)
        response.headers[.callPermissions] = "yes"
        return response
    }

    @Sendable func join(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        try await site.clinic.joinCall(id(context), name: context.session?.name ?? "Clinician", by: actor)
        return .seeOther(path(context))
    }

    /// The script asks for the link alone; without it the page comes again, with the link on it.
    @Sendable func invite(_ request: Request, context: WebContext) async throws -> Response {
        struct Answer: Encodable { let url: String }
        let actor = try await site.staff(.holdCalls, context)
        let form = try await Form(request, context)
        let url = try await site.clinic.inviteToCall(id(context), name: form["name"], by: actor)
        return request.wantsProblemDetails ? .json(Answer(url: url)) : try await answer(actor, context, invitation: url)
    }

    @Sendable func admit(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        // From the list of who waits, letting in is going in.
        try await site.clinic.joinCall(id(context), name: context.session?.name ?? "Clinician", by: actor)
        try await site.clinic.admit(party(context), to: id(context), by: actor)
        return done(request, context)
    }

    @Sendable func remove(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        try await site.clinic.removeFromCall(party(context), of: id(context), by: actor)
        return done(request, context)
    }

    @Sendable func end(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        try await site.clinic.endCall(id(context), by: actor)
        return done(request, context)
    }

    @Sendable func reopen(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        try await site.clinic.reopenCall(id(context), by: actor)
        return done(request, context)
    }

    /// The next visit, agreed on at the end of this one. Its value is the service's slug, the start and the clinician.
    @Sendable func followUp(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.holdCalls, context)
        let form = try await Form(request, context)
        let parts = form["slot"].split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, let slot = TimeGrids.parse(parts[1]) else {
            throw Fault.invalid([.init(name: "slot", detail: "Please choose a time.")])
        }
        do {
            let booking = try await site.clinic.bookFollowUp(
                after: id(context), service: parts[0], start: slot.start, clinician: slot.clinician, by: actor)
            return try await answer(
                actor, context,
                booked: "\(booking.service.name), \(Words.span(booking.start, booking.end, in: booking.timeZone))")
        } catch let error as BookingError where error.isConflict {
            return try await answer(actor, context, problem: error.explanation)
        }
    }

    private func done(_ request: Request, _ context: WebContext) -> Response {
        request.wantsProblemDetails ? Response(status: .noContent) : .seeOther(path(context))
    }

    @Sendable func leave(_ request: Request, context: WebContext) async throws -> Response {
        try await site.clinic.leaveCall(try await caller(context))
        return .seeOther("/desk/video")
    }

    @Sendable func events(_ request: Request, context: WebContext) async throws -> Response {
        try await channel.events(request, to: try await caller(context))
    }

    @Sendable func signals(_ request: Request, context: WebContext) async throws -> Response {
        try await channel.post(request, by: try await caller(context))
    }

    @Sendable func ice(_ request: Request, context: WebContext) async throws -> Response {
        try await channel.ice(for: try await caller(context))
    }

    @Sendable func figures(_ request: Request, context: WebContext) async throws -> Response {
        try await channel.figures(request, of: try await caller(context))
    }
}
