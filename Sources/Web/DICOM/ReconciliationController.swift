// SPDX-License-Identifier: Apache-2.0

import Accounts
import Archive
import Clinic
import Diary
import Foundation
import Hummingbird
import Imaging
import Storage

/// What machines sent and nobody knew whose it was: a person gives it to a visit.
struct ReconciliationController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/machines", use: list)
        router.post("/desk/machines/assign", use: assign)
    }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.assignObjects, context)
        return try site.answer(try await page(actor, context))
    }

    private func page(_ actor: Actor, _ context: WebContext, fault: String? = nil) async throws -> ReconciliationPage {
        let view = try await site.clinic.reconciliation(by: actor)
        let zone = try await site.clinic.timeZone()
        return ReconciliationPage(
            frame: site.deskFrame("From the machines", context, place: .deskDay),
            errorSummary: fault.flatMap { ErrorSummary([.init(field: "visits", message: $0)]) },
            studies: view.studies.enumerated().map { index, study in
                let first = study.first
                return .init(
                    field: "visit-\(index)", study: first.study,
                    patientName: first.patientName.isEmpty
                        ? "No name" : first.patientName.replacingOccurrences(of: "^", with: " "),
                    detail: "\(study.count) \(study.count == 1 ? "object" : "objects") from \(first.source), received "
                        + Words.moment(first.receivedAt, in: zone),
                    said: "Patient’s number \(first.patientID.isEmpty ? "missing" : first.patientID), accession number "
                        + (first.accession.isEmpty ? "missing" : first.accession),
                    problem: first.problem ?? "",
                    candidates: study.candidates.map {
                        .init(
                            value: $0.id.description,
                            label: "\($0.name), \($0.service.name), \(Words.span($0.start, $0.end, in: zone))")
                    })
            },
            unreadable: view.unreadable.map {
                .init(
                    url: "/desk/visits/\($0.visit)/loops", name: $0.fileName,
                    detail: Words.moment($0.receivedAt, in: zone), problem: $0.failure ?? "")
            },
            notes: view.notes.map { .init(at: Words.moment($0.at, in: zone), source: $0.source, what: $0.what) })
    }

    @Sendable func assign(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.assignObjects, context)
        let form = try await Form(request, context)
        guard !form["visit"].isEmpty else {
            return try site.answer(
                try await page(actor, context, fault: "Choose the visit that the pictures belong to."),
                status: .unprocessableContent)
        }
        try await site.clinic.assign(study: form["study"], to: Booking.ID(form["visit"]), by: actor)
        return .seeOther("/desk/machines")
    }
}
