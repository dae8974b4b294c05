// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import Gait
import GaitLab
import Hummingbird
import Storage

/// The clinic's own normative sets.
struct NormsController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/norms", use: norms)
        router.post("/desk/norms", use: add)
        router.post("/desk/norms/:id/remove", use: remove)
    }

    @Sendable func norms(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeReports, context)
        return try site.answer(try await page(actor, context))
    }

    @Sendable func add(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeReports, context)
        let form = try await Form(request, limit: Norms.largestByteCount + (64 << 10))
        let name = form["name"].isEmpty ? "Our norm" : String(form["name"].prefix(120))
        do {
            _ = try await site.clinic.addNorm(csv: form["csv"], name: name, by: actor)
            return .seeOther("/desk/norms")
        } catch let GaitLabError.malformedNorm(sentence) {
            var page = try await page(actor, context)
            page.name = FieldValue(value: name)
            page.csv = FieldValue(value: form["csv"], error: sentence)
            page.errorSummary = ErrorSummary([.init(field: "csv", message: sentence)])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    @Sendable func remove(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeReports, context)
        try await site.clinic.removeNorm(LabNorm.ID(context.parameters.get("id") ?? ""), by: actor)
        return .seeOther("/desk/norms")
    }

    private func page(_ actor: Actor, _ context: WebContext) async throws -> DeskNormsPage {
        let zone = try await site.clinic.timeZone()
        let norms = try await site.clinic.norms(by: actor).map { norm in
            DeskNormsPage.Norm(
                name: norm.name,
                detail: norm.source + (norm.people.map { ", n = \($0)" } ?? "")
                    + (norm.ages.map { ", ages: \($0)" } ?? ""),
                added: Words.date(norm.addedAt, in: zone), removeAction: "/desk/norms/\(norm.id)/remove")
        }
        return DeskNormsPage(
            frame: site.deskFrame("Normative sets", context, place: .deskOrders, scripts: ["read-file.js"]),
            norms: norms, builtIn: NormativeSet.twelveChildren.source)
    }
}
