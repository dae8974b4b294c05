// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Content
import Foundation
import Hummingbird
import Recovery
import Storage

/// A patient's own complaints, in plain words.
struct PortalCarePage: PageValue {
    static let template = "portal-care"

    struct Row: Sendable {
        var date: String
        var pain: String
        var activity: String
    }

    struct Complaint: Sendable {
        var place: String
        var since: String
        /// A clinician's signed words; nil while there are none.
        var diagnosis: String?
        var sentences: [String]
        var curves: [EpisodeChart.Curve]
        var dots: [EpisodeChart.Dot]
        var target: String?
        var chartText: String
        var hasChart: Bool
        var rows: [Row]
        var visits: String
    }

    var frame: Frame
    var complaints: [Complaint]
}

struct PortalCareController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/portal/care", use: care)
    }

    @Sendable func care(_ request: Request, context: WebContext) async throws -> Response {
        let views = try await site.clinic.ownCare(of: try context.patient())
        return try site.answer(
            PortalCarePage(
                frame: site.frame("My progress", context, isPrivate: true), complaints: views.map(Self.complaint)))
    }

    private static func complaint(_ view: Clinic.EpisodeView) -> PortalCarePage.Complaint {
        func scores(_ measure: Measure) -> [(day: Day, value: Double)] {
            view.entries.compactMap { entry in
                guard case .fact(.score(measure, let value)) = entry.content else { return nil }
                return (entry.day, value)
            }
        }
        let pain = scores(.nrs)
        let activity = scores(.psfs)
        var sentences: [String] = []
        if let first = pain.first, let last = pain.last {
            sentences.append(
                pain.count == 1
                    ? said("Your pain was {value} of 10 at the start.", ["value": CareWords.plain(first.value)])
                    : said(
                        "Your pain was {first} of 10 at the start and is {last} now.",
                        ["first": CareWords.plain(first.value), "last": CareWords.plain(last.value)]))
            if pain.count > 1, first.value >= 4 {
                sentences.append(
                    last.value <= first.value * 0.7
                        ? said("That is a difference that most people feel.")
                        : said(
                            "That is not yet a difference that most people feel. Your clinician looks at it with you."))
            }
        }
        if let first = activity.first, let last = activity.last, activity.count > 1 {
            sentences.append(
                said(
                    "What you could not do was {first} of 10 and is {last} now; 10 is as well as before.",
                    ["first": CareWords.plain(first.value), "last": CareWords.plain(last.value)]))
        }
        if sentences.isEmpty {
            sentences.append(said("There is no score yet. Answer the questions before your visit."))
        }
        let chart = EpisodeChart(view.episode, entries: view.entries, today: view.today)
        let visits = view.entries.filter { if case .fact(.visit) = $0.content { true } else { false } }.count
        let days = Set(pain.map(\.day) + activity.map(\.day)).sorted()
        return .init(
            place: heard(view.episode.region.name),
            since: said("since {date}", ["date": CareWords.date(view.episode.onset)]),
            diagnosis: view.diagnoses.last.flatMap { $0.status == .refuted ? nil : $0.words }, sentences: sentences,
            curves: chart.curves, dots: chart.dots.map { .init(kind: $0.kind, x: $0.x, y: $0.y, label: "") },
            target: chart.target, chartText: sentences.joined(separator: " "), hasChart: !chart.dots.isEmpty,
            rows: days.map { day in
                .init(
                    date: CareWords.date(day),
                    pain: pain.last { $0.day == day }.map { CareWords.plain($0.value) } ?? "–",
                    activity: activity.last { $0.day == day }.map { CareWords.plain($0.value) } ?? "–")
            }, visits: said("{n} visits so far.", ["n": "\(visits)"]))
    }
}
