// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Recovery
import Storage

/// A warning answer, closed by a clinician with what was done.
struct SafetyTaskController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/safety/:id", use: task)
        router.post("/desk/safety/:id", use: close)
    }

    private func id(_ context: WebContext) -> SafetyTask.ID { SafetyTask.ID(context.parameters.get("id") ?? "") }

    @Sendable func task(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        return try site.answer(try await page(actor, context))
    }

    private func page(
        _ actor: Actor, _ context: WebContext, typed: Form = .empty, fault: ErrorSummary.Item? = nil
    ) async throws -> SafetyTaskPage {
        let line = try await site.clinic.safetyTask(id(context), by: actor)
        let zone = try await site.clinic.timeZone()
        let task = line.task
        return SafetyTaskPage(
            frame: site.deskFrame("Warning: \(line.patient.name)", context, place: .deskCare),
            patientName: line.patient.name, level: CareWords.name(of: task.level),
            badge: task.closedAt != nil ? .good : task.level == .emergency ? .bad : .warn,
            question: task.flag.words, raised: Words.moment(task.raisedAt, in: zone),
            due: Words.moment(task.dueAt, in: zone), phone: line.patient.phone, email: line.patient.email,
            episodeURL: task.episode.map { "/desk/episodes/\($0)" },
            closed: task.closedAt.map {
                .init(
                    outcome: task.outcome?.words ?? "", words: task.words ?? "",
                    when: "\(Words.moment($0, in: zone)), \(task.closedBy ?? "")")
            },
            closeAction: task.closedAt == nil && actor.may(.writeCare) ? "/desk/safety/\(task.id)" : nil,
            outcomes: SafetyTask.Outcome.allCases.map {
                Choice(value: $0.rawValue, label: $0.words, isChosen: $0.rawValue == typed["outcome"])
            }, typed: typed["words"], errorSummary: ErrorSummary([fault].compactMap { $0 }))
    }

    @Sendable func close(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        do {
            guard let outcome = SafetyTask.Outcome(rawValue: form["outcome"]) else {
                throw CareError.field("outcome", "Choose what came of it.")
            }
            try await site.clinic.closeSafetyTask(id(context), outcome: outcome, words: form["words"], by: actor)
            return .seeOther("/desk/safety/\(id(context))")
        } catch CareError.field(let field, let words) {
            return try site.answer(
                try await page(actor, context, typed: form, fault: .init(field: field, message: words)),
                status: .unprocessableContent)
        }
    }
}
