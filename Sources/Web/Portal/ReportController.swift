// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Foundation
import Gait
import GaitLab
import Hummingbird
import NIOCore
import Payments
import Storage

/// The report that a patient reads, plays and prints; clinicians see the same page.
struct ReportController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/portal/reports/:id", use: report)
        router.get("/portal/reports/:id/walk.json", use: walk)
        router.get("/portal/reports/:id/curves.csv", use: curves)
    }

    private func reader(_ context: WebContext) throws -> Actor {
        switch context.who {
        case .patient, .staff: return context.who
        case .visitor, .system: throw Fault.signInNeeded
        }
    }

    @Sendable func report(_ request: Request, context: WebContext) async throws -> Response {
        let id = LabReport.ID(context.parameters.get("id") ?? "")
        let view = try await site.clinic.report(id, by: try reader(context))
        let zone = try await site.clinic.timeZone()
        let visit = view.visit.map { visit in
            GaitVisitWords.part(
                visit, earlier: view.earlier, earlierOn: view.earlierOn.map { Words.date($0, in: zone) } ?? "",
                csvURL: "/portal/reports/\(id)/curves.csv")
        }
        let figures = view.visit?.figures ?? view.figures.figures
        return try site.answer(
            ReportPage(
                frame: site.frame("Your report", context, isPrivate: true, scripts: ["walk.js", "print.js"]),
                serviceName: view.order.serviceName, patientName: view.patient.name,
                measuredOn: Words.date(view.measuredOn, in: zone), question: view.order.question,
                words: view.report.words.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty },
                clinician: site.clinic.details.name,
                releasedOn: view.report.releasedAt.map { Words.date($0, in: zone) } ?? heard("not yet released"),
                walkURL: "/portal/reports/\(id)/walk.json", walkText: GaitWords.walkText(figures),
                numbersIntro: heard("These numbers come from the recording of your walk."),
                figures: GaitWords.figures(figures),
                methods: visit?.methods ?? methods(view.figures),
                warnings: visit?.notes.map(\.text) ?? view.figures.document.warnings.map { heard($0.message) },
                visit: visit))
    }

    /// Of a report from before visits were analysed as a whole.
    private func methods(_ figures: LabFigures) -> [String] {
        let trial = figures.document.trial
        return [
            heard(
                "Recorded at \(GaitWords.number(trial.pointRate, 0)) pictures per second, \(trial.frameCount) pictures."
            ),
            heard("Foot contacts from the file, the force plates, or the markers' movement, in this order."),
            heard("Computed by Fascia, method \(figures.methodVersion)."),
        ]
    }

    @Sendable func curves(_ request: Request, context: WebContext) async throws -> Response {
        let id = LabReport.ID(context.parameters.get("id") ?? "")
        guard let visit = try await site.clinic.report(id, by: try reader(context)).visit else {
            throw GaitLabError.notAnalysed
        }
        return .curves(visit)
    }

    @Sendable func walk(_ request: Request, context: WebContext) async throws -> Response {
        let id = LabReport.ID(context.parameters.get("id") ?? "")
        let text = try await site.clinic.walk(ofReport: id, by: try reader(context))
        return .bytes(ByteBuffer(string: text), contentType: "application/json")
    }
}
