// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Recovery
import Storage

/// Any questionnaire that makes a score, as a form for clinicians.
struct ScorePage: PageValue {
    static let template = "desk-score"

    struct Item: Sendable {
        var name: String
        var label: String
        var value: String
        /// What can be chosen; with it there is no field to type in.
        var choices: [Choice]
        var isChoice: Bool
        var isNumber: Bool
        /// Only shown.
        var isWords: Bool
        /// "0 to 10"
        var hint: String?
    }

    var frame: Frame
    var title: String
    var patientName: String
    var episodeURL: String
    var place: String
    /// "psfs, version 1. …copyright"
    var about: String
    var action: String
    var errorSummary: ErrorSummary?
    var items: [Item]
}

struct ScoreController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/episodes/:id/scores", use: form)
        router.post("/desk/episodes/:id/scores", use: enter)
    }

    static func path(_ id: Episode.ID, _ url: String) -> String {
        let safe = url.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "/desk/episodes/\(id)/scores?form=\(safe)"
    }

    private func episodeID(_ context: WebContext) -> Episode.ID { Episode.ID(context.parameters.get("id") ?? "") }
    private func url(_ request: Request) -> String {
        request.uri.queryParameters["form"].map(String.init)?.removingPercentEncoding ?? ""
    }

    @Sendable func form(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        return try site.answer(try await page(url(request), actor, context))
    }

    @Sendable func enter(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        let url = url(request)
        let known = try await site.clinic.questionnaire(url, for: episodeID(context)).questionnaire
        do {
            try await site.clinic.enterScore(
                Dictionary(
                    uniqueKeysWithValues: known.items.filter { $0.kind != .display }.map {
                        ($0.linkId, form[$0.linkId])
                    }),
                of: url, to: episodeID(context), by: actor)
            return .seeOther("/desk/episodes/\(episodeID(context))")
        } catch CareError.field(let field, let words) {
            return try site.answer(
                try await page(url, actor, context, typed: form, fault: .init(field: field, message: words)),
                status: .unprocessableContent)
        }
    }

    private func page(
        _ url: String, _ actor: Actor, _ context: WebContext, typed: Form = .empty, fault: ErrorSummary.Item? = nil
    ) async throws -> ScorePage {
        let view = try await site.clinic.episode(episodeID(context), by: actor)
        let (form, baseline) = try await site.clinic.questionnaire(url, for: episodeID(context))
        return ScorePage(
            frame: site.deskFrame("\(view.patient.name): \(form.title)", context, place: .deskCare), title: form.title,
            patientName: view.patient.name, episodeURL: "/desk/episodes/\(view.episode.id)", place: view.episode.place,
            about: "\(form.scoring?.measure.name ?? ""), version \(form.version). \(form.copyright)",
            action: Self.path(view.episode.id, url), errorSummary: ErrorSummary([fault].compactMap { $0 }),
            items: form.items.map { Self.item($0, baseline: baseline, typed: typed) })
    }

    static func item(_ item: Questionnaire.Item, baseline: [String: String], typed: Form) -> ScorePage.Item {
        // Words, such as the names of activities, stay as they were at the start: other ones could not be compared.
        let value = typed[item.linkId].isEmpty && item.kind == .text ? baseline[item.linkId] ?? "" : typed[item.linkId]
        var choices: [Choice] = []
        switch item.kind {
        case .boolean:
            choices = [("true", "Yes"), ("false", "No")].map { Choice(value: $0, label: $1, isChosen: $0 == value) }
        case .choice:
            choices = item.options.map { Choice(value: $0.code, label: $0.text, isChosen: $0.code == value) }
        case .integer, .decimal, .text, .display: break
        }
        return .init(
            name: item.linkId, label: item.text.isEmpty ? item.linkId : item.text, value: value, choices: choices,
            isChoice: !choices.isEmpty, isNumber: item.kind == .integer || item.kind == .decimal,
            isWords: item.kind == .display,
            hint: item.range.map { "\(CareWords.plain($0.lowerBound)) to \(CareWords.plain($0.upperBound))" })
    }
}
