// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Recovery
import Storage

/// A course of needles: planned, begun, written down, signed; and the checklist after each session.
struct SessionController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.post("/desk/episodes/:id/course", use: plan)
        router.post("/desk/episodes/:id/sessions", use: begin)
        router.get("/desk/sessions/:id", use: session)
        router.post("/desk/sessions/:id", use: save)
        router.post("/desk/sessions/:id/reactions", use: check)
        router.post("/desk/reactions/:id/close", use: close)
    }

    private func id(_ context: WebContext) -> NeedleSession.ID { NeedleSession.ID(context.parameters.get("id") ?? "") }
    private func episodeID(_ context: WebContext) -> Episode.ID { Episode.ID(context.parameters.get("id") ?? "") }

    @Sendable func plan(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        try await site.clinic.planCourse(
            Int(form["planned"]) ?? 0, frequency: form["frequency"], reviewAfter: Int(form["review"]) ?? 0,
            in: episodeID(context), by: actor)
        return .seeOther("/desk/episodes/\(episodeID(context))#course")
    }

    @Sendable func begin(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let session = try await site.clinic.beginSession(in: episodeID(context), by: actor)
        return .seeOther("/desk/sessions/\(session.id)")
    }

    @Sendable func session(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        let favourite = request.uri.queryParameters["points"].flatMap { String($0).removingPercentEncoding }
        return try site.answer(try await page(actor, context, favourite: favourite))
    }

    @Sendable func save(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        let names = SessionFields.items.map(\.name) + form.ticked("reason-").map { "reason-\($0)" }
        let fields = SessionFields(Dictionary(names.map { ($0, form[$0]) }) { first, _ in first })
        do {
            try await site.clinic.saveSession(
                id(context), fields: fields, pregnancy: Answer(rawValue: form["pregnancy"]) ?? .notAsked, by: actor)
            switch form["do"] {
            case "sign": try await site.clinic.signSession(id(context), by: actor)
            case "favourite":
                try await site.clinic.keepFavourite(form["points"], name: form["favourite"], by: actor)
            default: break
            }
            return .seeOther("/desk/sessions/\(id(context))")
        } catch CareError.field(let field, let words) {
            return try site.answer(
                try await page(actor, context, fault: .init(field: field, message: words)),
                status: .unprocessableContent)
        }
    }

    @Sendable func check(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        let moment = AdverseReaction.Moment(rawValue: form["moment"]) ?? .end
        let noted = AdverseReaction.Kind.allCases.filter { form.isTicked("reaction-\($0.rawValue)") }.map {
            AdverseReaction.Noted(
                kind: $0, grade: Int(form["grade-\($0.rawValue)"]) ?? 1, causality: form["causality"],
                words: form["words"])
        }
        guard !noted.isEmpty || form.isTicked("none") else {
            throw CareError.field("none", "Tick what there was, or “None of these”.")
        }
        try await site.clinic.checkReactions(noted, of: id(context), moment, by: actor)
        let view = try await site.clinic.needleSession(id(context), by: actor)
        return .seeOther(
            moment == .end ? "/desk/sessions/\(id(context))#sign" : "/desk/episodes/\(view.episode.id)#course")
    }

    @Sendable func close(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        try await site.clinic.closeReaction(
            AdverseReaction.ID(context.parameters.get("id") ?? ""), outcome: form["outcome"], by: actor)
        return .seeOther("/desk/care")
    }

    private func page(
        _ actor: Actor, _ context: WebContext, favourite: String? = nil, fault: ErrorSummary.Item? = nil
    ) async throws -> SessionPage {
        let view = try await site.clinic.needleSession(id(context), by: actor)
        let zone = try await site.clinic.timeZone()
        let session = view.session
        let path = "/desk/sessions/\(session.id)"
        let isOpen = !session.isSigned && actor.may(.writeCare)
        let points = (isOpen ? favourite : nil) ?? session.fields["points"]
        let author = try await site.clinic.authors([session.signedBy ?? ""])[session.signedBy ?? ""] ?? ""
        let isReview = session.number == view.course.reviewAfterSessions
        return SessionPage(
            frame: site.deskFrame("Session: \(view.patientName)", context, place: .deskCare),
            episodeURL: "/desk/episodes/\(view.episode.id)", place: view.episode.place, patientName: view.patientName,
            heading: "Session \(session.number) of \(view.course.plannedSessions), \(CareWords.date(session.day))",
            note: isReview ? "This is the planned review: is it working? Look at the chart before you go on." : nil,
            errorSummary: ErrorSummary([fault].compactMap { $0 }), points: points,
            pregnancies: [("notAsked", "Not asked"), ("no", "Not pregnant, or does not apply"), ("yes", "Pregnant")].map
            {
                Choice(value: $0.0, label: $0.1, isChosen: $0.0 == view.pregnancy.rawValue)
            },
            fields: SessionFields.items.filter { $0.name != "points" }.map { item in
                .init(
                    item: item.item, name: item.name, label: item.label, value: session.fields[item.name],
                    choices: Self.choices(item.name).map {
                        Choice(value: $0, label: $0, isChosen: session.fields[item.name] == $0)
                    })
            },
            warnings: view.warnings.map {
                .init(name: "reason-\($0.key)", words: $0.words, reason: session.fields.reason(for: $0))
            }, favourites: view.favourites.map { .init(name: $0.name, points: $0.points) },
            map: PointMap((try? AcupuncturePoint.list(points)) ?? []), action: isOpen ? path : nil,
            checklist: isOpen && !view.isEndChecked
                ? ReactionList(
                    action: "\(path)/reactions", moment: "end", title: "Reactions, at the end of the session")
                : nil,
            reactions: view.reactions.map { Self.reaction($0, zone: zone, mayClose: actor.may(.writeCare)) },
            isChecked: view.isEndChecked,
            signed: session.signedAt.map { "Signed \(Words.moment($0, in: zone)), \(author)." },
            facts: [.init(label: "Points", value: points)]
                + SessionFields.items.filter { $0.name != "points" && !session.fields[$0.name].isEmpty }.map {
                    .init(label: $0.label, value: session.fields[$0.name])
                })
    }

    private static func choices(_ name: String) -> [String] {
        switch name {
        case "style": SessionFields.styles
        case "stimulation": SessionFields.stimulations
        case "variation": ["Individual", "Fixed"]
        case "sought": ["De qi", "Twitch", "None"]
        case "obtained": ["Yes", "Partly", "No"]
        default: []
        }
    }

    static func reaction(_ reaction: AdverseReaction, zone: TimeZone, mayClose: Bool) -> SessionPage.Reaction {
        .init(
            name: reaction.kind.name,
            detail: "\(AdverseReaction.grades[reaction.grade] ?? ""), \(reaction.causality)"
                + (reaction.words.isEmpty ? "" : ": \(reaction.words)")
                + (reaction.outcome.map { ". Outcome: \($0)" }
                    ?? ". Ask again by \(Words.moment(reaction.dueAt, in: zone))"),
            badge: reaction.closedAt != nil ? .good : reaction.grade >= 3 ? .bad : .warn,
            state: reaction.closedAt != nil ? "Closed" : "Open",
            closeAction: mayClose && reaction.closedAt == nil ? "/desk/reactions/\(reaction.id)/close" : nil)
    }
}
