// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import Hummingbird

/// What the clinic's episodes look like together.
struct CareFiguresPage: PageValue {
    static let template = "desk-care-figures"

    struct Figure: Sendable {
        var name: String
        var value: String
        /// What it is compared with, or how it is counted.
        var note: String
    }

    var frame: Frame
    var fault: String?
    var figures: [Figure]
}

struct CareFiguresController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/care/figures", use: figures)
    }

    @Sendable func figures(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        let figures = try await site.clinic.careFigures(by: actor)
        return try site.answer(
            CareFiguresPage(
                frame: site.deskFrame("Figures of care", context, place: .deskCare),
                fault: figures.isRecordingFault
                    ? "Not one reaction was recorded in \(figures.sessions) sessions. That is a fault of recording, not a sign of quality: a checklist finds 42 in 100 patients (Chung 2015)."
                    : nil, figures: Self.lines(figures)))
    }

    static func lines(_ figures: CareFigures) -> [CareFiguresPage.Figure] {
        func share(_ share: CareFigures.Share) -> String {
            share.whole == 0
                ? "–"
                : "\(Int((Double(share.part) * 100 / Double(share.whole)).rounded())) % (\(share.part) of \(share.whole))"
        }
        func number(_ value: Double?) -> String { value.map { CareWords.plain($0) } ?? "–" }
        return [
            .init(
                name: "Episodes with a baseline", value: share(figures.withBaseline),
                note: "A score of pain and one of function within the first week.")
        ]
            + figures.checks.map {
                .init(
                    name: "Improved at week \($0.week)", value: share($0.improved),
                    note:
                        "Of those who are that far. \($0.unknown) without a score, which is never counted as improved.")
            } + [
                .init(
                    name: "Open alarms", value: "\(figures.openRed + figures.openOther)",
                    note: "\(figures.openRed) red; \(figures.overdue) overdue, with the clinic's lead."),
                .init(
                    name: "Alarms per 100 episodes", value: number(figures.alarmsPerHundred),
                    note: "\(figures.alarms) in \(figures.episodes) episodes."),
                .init(
                    name: "Answers that changed the plan", value: share(figures.changedPlan),
                    note: "Imaging, referral, or another diagnosis or plan. Aim: 20 % or more."),
                .init(
                    name: "Days from alarm to work-up", value: number(figures.medianDaysToWorkUp),
                    note: "Median of \(figures.daysToWorkUp.count). Aim for a suspected tear: 3 or less."),
                .init(
                    name: "Reactions per 1,000 sessions", value: number(figures.reactionsPerThousand),
                    note:
                        "\(figures.reactions) in \(figures.sessions) signed sessions. Published: 68 per 1,000 consultations (White 2001), 121 per 1,000 treatments (Won 2022)."
                ),
            ]
    }
}
