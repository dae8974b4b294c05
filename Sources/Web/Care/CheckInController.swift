// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Content
import HTTPTypes
import Hummingbird
import Storage

/// The weekly question, by the link of a letter: three rows of numbers and one button.
struct CheckInPage: PageValue {
    static let template = "check-in"

    struct Form: Sendable {
        var action: String
        var pain: IntakePage.Scale
        var activities: [Activity]
        var change: IntakePage.Scale
    }

    /// One that the patient named at the start, or a place to name the first.
    struct Activity: Sendable {
        var number: Int
        var name: String
        var isNamed: Bool
        var scale: IntakePage.Scale
    }

    var frame: Frame
    var heading: String
    var lead: String
    var errorSummary: ErrorSummary?
    /// Nil once it was answered, and after its week.
    var form: Form?
}

struct CheckInController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/check-in/:token", use: show)
        router.post("/check-in/:token", use: answer)
    }

    private func token(_ context: WebContext) -> Secret { Secret(context.parameters.get("token") ?? "") }

    /// Following the link changes nothing: programs that check mails follow links, too.
    @Sendable func show(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        return try site.answer(page(try await site.clinic.checkIn(access: token(context)), context))
    }

    @Sendable func answer(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.signIn, request, context)
        let form = try await Form(request, context)
        let view = try await site.clinic.checkIn(access: token(context))
        guard view.state == .open else { return try site.answer(page(view, context)) }
        guard !form["average"].isEmpty else {
            return try refuse("average-0", said("Please choose a number for your pain."), view, form, context)
        }
        let named = !view.activities.isEmpty
        let count = max(1, view.activities.count)
        do {
            try await site.clinic.answerCheckIn(
                access: token(context),
                .init(
                    pain: form["average"],
                    activities: (1...count).map { number in
                        (
                            name: named ? view.activities[number - 1] : form["activity-\(number)-name"],
                            score: form["activity-\(number)-score"]
                        )
                    }, change: form["change"]))
        } catch CareError.field(let field, let words) {
            return try refuse(field, words, view, form, context)
        }
        return .seeOther("/check-in/\(token(context).text)")
    }

    private func refuse(
        _ field: String, _ words: String, _ view: Clinic.CheckInView, _ form: Form, _ context: WebContext
    ) throws -> Response {
        try site.answer(
            page(view, context, typed: form, fault: .init(field: field, message: words)), status: .unprocessableContent)
    }

    private func page(
        _ view: Clinic.CheckInView, _ context: WebContext, typed: Form = .empty, fault: ErrorSummary.Item? = nil
    ) -> CheckInPage {
        var page = CheckInPage(
            frame: site.frame("How are you this week?", context, isPrivate: true), heading: said("Thank you"),
            lead: said("Your answers are with your clinician, who sees by them whether things go the way they should."),
            errorSummary: ErrorSummary([fault].compactMap { $0 }))
        switch view.state {
        case .answered: break
        case .expired:
            page.heading = said("This link has ended")
            page.lead = said("It was good for a week. The next letter brings a new one.")
        case .open:
            page.heading = said("How are you this week?")
            page.lead = said("Three short questions. Only your clinicians read the answers.")
            let names = view.activities.isEmpty ? [""] : view.activities
            page.form = .init(
                action: "/check-in/\(token(context).text)",
                pain: scale(
                    "average", said("On average over the past 7 days, how strong was your pain?"), 0...10,
                    low: said("No pain"), high: said("Worst imaginable"), typed),
                activities: names.enumerated().map { index, name in
                    .init(
                        number: index + 1, name: name.isEmpty ? typed["activity-1-name"] : name,
                        isNamed: !name.isEmpty,
                        scale: scale(
                            "activity-\(index + 1)-score",
                            name.isEmpty
                                ? said("How well does it go today?")
                                : said("{activity}: how well does it go today?", ["activity": name]),
                            0...10, low: said("Not at all"), high: said("As well as before"), typed))
                },
                change: scale(
                    "change", said("Compared with when this began, how is it now?"), -5...5,
                    low: said("Very much worse"), high: said("Completely recovered"), typed))
        }
        return page
    }

    private func scale(
        _ name: String, _ label: String, _ range: ClosedRange<Int>, low: String, high: String, _ typed: Form
    ) -> IntakePage.Scale {
        .init(
            name: name, label: label, low: low, high: high,
            numbers: range.map { (number: Int) in
                Choice(
                    value: "\(number)", label: number < 0 ? "−\(-number)" : "\(number)",
                    isChosen: "\(number)" == typed[name])
            })
    }
}
