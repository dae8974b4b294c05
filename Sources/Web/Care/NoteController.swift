// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Recovery
import Storage

/// Writing a note, signing it, adding to it.
struct NoteController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.post("/desk/episodes/:id/notes", use: begin)
        router.get("/desk/notes/:id", use: note)
        router.post("/desk/notes/:id", use: save)
        router.post("/desk/notes/:id/addenda", use: addAddendum)
    }

    private func id(_ context: WebContext) -> CareNote.ID { CareNote.ID(context.parameters.get("id") ?? "") }

    @Sendable func begin(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let note = try await site.clinic.beginNote(in: Episode.ID(context.parameters.get("id") ?? ""), by: actor)
        return .seeOther("/desk/notes/\(note.id)")
    }

    @Sendable func note(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        return try site.answer(try await page(actor, context))
    }

    private func page(
        _ actor: Actor, _ context: WebContext, faults: [ErrorSummary.Item] = []
    ) async throws -> NotePage {
        let view = try await site.clinic.note(id(context), by: actor)
        let zone = try await site.clinic.timeZone()
        let note = view.note
        let authors = try await site.clinic.authors([note.signedBy ?? ""] + view.addenda.map(\.signedBy))
        return NotePage(
            frame: site.deskFrame("Note: \(view.patientName)", context, place: .deskCare),
            episodeURL: "/desk/episodes/\(view.episode.id)", place: view.episode.place, patientName: view.patientName,
            day: CareWords.date(note.day), errorSummary: ErrorSummary(faults),
            editing: note.isSigned || !actor.may(.writeCare) ? nil : NoteWords.editing(view),
            signed: note.signedAt.map { at in
                .init(
                    facts: NoteWords.facts(note.fields),
                    signed:
                        "Signed \(Words.moment(at, in: zone)), \(authors[note.signedBy ?? ""] ?? ""). It stays as it is.",
                    addenda: view.addenda.map {
                        .init(
                            words: $0.words,
                            signed: "\(Words.moment($0.signedAt, in: zone)), \(authors[$0.signedBy] ?? "")")
                    }, hasAddenda: !view.addenda.isEmpty,
                    addendumAction: actor.may(.writeCare) ? "/desk/notes/\(note.id)/addenda" : nil)
            })
    }

    @Sendable func save(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        let fields = NoteFields(Dictionary(uniqueKeysWithValues: NoteFields.allNames.map { ($0, form[$0]) }))
        do {
            try await site.clinic.saveNote(id(context), fields: fields, sign: form["do"] == "sign", by: actor)
            return .seeOther("/desk/notes/\(id(context))")
        } catch let error as CareError {
            let faults: [ErrorSummary.Item]
            switch error {
            case .field(let field, let words): faults = [.init(field: field, message: words)]
            case .notSignable(let obstacles):
                faults = obstacles.map { .init(field: Self.field(of: $0), message: $0.words) }
            default: throw error
            }
            return try site.answer(try await page(actor, context, faults: faults), status: .unprocessableContent)
        }
    }

    /// The input that answers an obstacle.
    private static func field(of obstacle: SigningObstacle) -> String {
        switch obstacle {
        case .tearField("strengthGrade"): "strength-injured"
        case .tearField("girthDifferenceCentimetres"): "girth-injured"
        case .tearField(let sign): "sign-\(sign)"
        case .emergencyQuestion(let flag): "flag-\(flag.rawValue)"
        case .tearNotLookedFor: "diagnosis"
        }
    }

    @Sendable func addAddendum(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        do {
            try await site.clinic.addAddendum(form["addendum"], to: id(context), by: actor)
            return .seeOther("/desk/notes/\(id(context))")
        } catch CareError.field(let field, let words) {
            return try site.answer(
                try await page(actor, context, faults: [.init(field: field, message: words)]),
                status: .unprocessableContent)
        }
    }
}
