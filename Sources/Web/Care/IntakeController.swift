// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import Content
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import Recovery
import Storage

/// The intake on the patient's phone: one short form for each step, each kept as it is sent.
struct IntakeController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/intake", use: startForm)
        router.post("/intake", use: start)
        router.post("/bookings/:token/intake", use: fromBooking)
        router.post("/portal/intake", use: fromPortal)
        router.get("/intake/:token", use: resume)
        router.get("/intake/:token/help", use: help)
        router.get("/intake/:token/done", use: done)
        router.get("/intake/:token/:step", use: step)
        router.post("/intake/:token/:step", use: answer)
    }

    private func token(_ context: WebContext) -> Secret { Secret(context.parameters.get("token") ?? "") }
    private func path(_ token: Secret) -> String { "/intake/\(token.text)" }

    // MARK: Beginning

    private func startPage(_ context: WebContext) -> IntakeStartPage {
        IntakeStartPage(frame: site.frame("Before your visit", context))
    }

    @Sendable func startForm(_ request: Request, context: WebContext) async throws -> Response {
        try site.answer(startPage(context))
    }

    @Sendable func start(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let form = try await Form(request, context)
        var page = startPage(context)
        PersonFields.read(form, name: &page.name, email: &page.email, phone: &page.phone)
        page.errorSummary = ErrorSummary(fields: ["name": page.name, "email": page.email, "phone": page.phone])
        guard page.errorSummary == nil else { return try site.answer(page, status: .unprocessableContent) }
        let access = try await site.clinic.beginIntake(
            ContactDetails(
                name: page.name.value, email: page.email.value,
                phone: page.phone.value.isEmpty ? nil : page.phone.value, language: Catalogue.current.language))
        return .seeOther(path(access))
    }

    @Sendable func fromBooking(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        return .seeOther(path(try await site.clinic.beginIntake(manage: token(context))))
    }

    @Sendable func fromPortal(_ request: Request, context: WebContext) async throws -> Response {
        .seeOther(path(try await site.clinic.beginIntake(of: try context.patient())))
    }

    // MARK: Going on

    @Sendable func resume(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        let view = try await site.clinic.intake(access: token)
        if view.intake.isFinished { return .redirect(to: "\(path(token))/done") }
        return .redirect(to: "\(path(token))/\((view.intake.nextStep ?? .precautions).rawValue)")
    }

    private func stepOf(_ context: WebContext) throws -> Intake.Step {
        guard let step = Intake.Step(rawValue: context.parameters.get("step") ?? "") else { throw Fault.notFound() }
        return step
    }

    @Sendable func step(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        let step = try stepOf(context)
        let view = try await site.clinic.intake(access: token)
        if view.intake.isFinished { return .redirect(to: "\(path(token))/done") }
        var typed: [String: String] = [:]
        for name in ["region", "side"] {
            if let value = request.uri.queryParameters[Substring(name)] { typed[name] = String(value) }
        }
        return try site.answer(
            IntakePages(site: site).page(view, step, path: path(token), typed: typed, context: context))
    }

    @Sendable func answer(_ request: Request, context: WebContext) async throws -> Response {
        try site.limits.check(.booking, request, context)
        let token = token(context)
        let step = try stepOf(context)
        let form = try await Form(request, context)
        let before = try await site.clinic.intake(access: token)
        if before.intake.isFinished { return .seeOther("\(path(token))/done") }
        let answers = IntakeAnswers.read(form, step, region: before.intake.region)
        // Kept first, judged afterwards: what was typed is never lost.
        let level = try await site.clinic.answerIntake(access: token, answers)
        if step == .warnings, level == .emergency { return .seeOther("\(path(token))/help") }
        let view = try await site.clinic.intake(access: token)
        guard view.intake.isAnswered(step) else {
            return try site.answer(
                IntakePages(site: site).page(
                    view, step, path: path(token), context: context, fault: IntakeAnswers.missing(step, view.intake)),
                status: .unprocessableContent)
        }
        let steps = Intake.Step.allCases
        if let index = steps.firstIndex(of: step), index + 1 < steps.count {
            return .seeOther("\(path(token))/\(steps[index + 1].rawValue)")
        }
        if let missing = view.intake.nextStep { return .seeOther("\(path(token))/\(missing.rawValue)") }
        _ = try await site.clinic.finishIntake(access: token)
        return .seeOther("\(path(token))/done")
    }

    @Sendable func help(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        let view = try await site.clinic.intake(access: token)
        return try site.answer(
            IntakeDonePage(
                frame: site.frame("Get help now", context, isPrivate: true), heading: said("Get help now"),
                lead: said("One of your answers can be a sign of an emergency."), isEmergency: true, isSameDay: false,
                goOnURL: view.intake.isFinished ? nil : "\(path(token))/precautions",
                goOnLabel: said("Finish the questions")))
    }

    @Sendable func done(_ request: Request, context: WebContext) async throws -> Response {
        let token = token(context)
        let view = try await site.clinic.intake(access: token)
        guard view.intake.isFinished else { return .redirect(to: path(token)) }
        let isEmergency = view.openLevel == .emergency
        return try site.answer(
            IntakeDonePage(
                frame: site.frame("Before your visit", context, isPrivate: true),
                heading: isEmergency ? said("Get help now") : said("Thank you"),
                lead: isEmergency
                    ? said("One of your answers can be a sign of an emergency.")
                    : said("Your answers are with your clinician. You need not tell them again."),
                isEmergency: isEmergency, isSameDay: view.openLevel == .sameDay,
                inPersonURL: isEmergency ? nil : view.inPerson.map { "/book/\($0)" },
                goOnURL: isEmergency || view.intake.booking != nil ? nil : "/services",
                goOnLabel: said("See services and prices")))
    }
}

/// What a step's form says, as answers to keep; and what is missing in it.
enum IntakeAnswers {
    static func read(_ form: Form, _ step: Intake.Step, region: BodyRegion?) -> [String: String] {
        func pick(_ names: [String]) -> [String: String] {
            Dictionary(uniqueKeysWithValues: names.map { ($0, form[$0]) })
        }
        switch step {
        case .region: return pick(["region", "side"])
        case .start:
            var answers = pick(["mechanism", "mechanism-words"])
            let exact = form["onset"]
            answers["onset"] = exact.isEmpty ? form["since"] : exact
            return answers
        case .pain: return pick(Intake.Pain.allCases.map { "pain-\($0.rawValue)" })
        case .activities: return pick((1...3).flatMap { ["activity-\($0)", "activity-\($0)-score"] })
        case .warnings:
            guard let region else { return [:] }
            return pick(
                WarningQuestion.questions(for: region).map { "flag-\($0.flag.rawValue)" }
                    + WarningQuestion.tearSigns.map { "sign-\($0.sign.rawValue)" }
            ).merging(["seen-warnings": "yes"]) { $1 }
        case .precautions:
            return Dictionary(
                uniqueKeysWithValues: PrecautionKind.allCases.map {
                    ("precaution-\($0.rawValue)", form.isTicked("precaution-\($0.rawValue)") ? "yes" : "no")
                } + [("precaution-words", form["precaution-words"]), ("seen-precautions", "yes")])
        }
    }

    static func missing(_ step: Intake.Step, _ intake: Intake) -> ErrorSummary.Item {
        switch step {
        case .region: .init(field: "region", message: said("Please choose where it hurts."))
        case .start:
            intake.onset == nil
                ? .init(field: "since", message: said("Please say since when."))
                : .init(field: "mechanism-sudden", message: said("Please choose how it began."))
        case .pain: .init(field: "pain-now-0", message: said("Please choose a number in each row."))
        case .activities:
            .init(field: "activity-1", message: said("Please name one activity and choose its number."))
        case .warnings, .precautions: .init(field: "button", message: said("Please send this page once more."))
        }
    }
}

/// A step as a page.
struct IntakePages {
    let site: Site

    func page(
        _ view: Clinic.IntakeView, _ step: Intake.Step, path: String, typed: [String: String] = [:],
        context: WebContext, fault: ErrorSummary.Item? = nil
    ) -> IntakePage {
        let intake = view.intake
        let steps = Intake.Step.allCases
        let index = steps.firstIndex(of: step) ?? 0
        var page = IntakePage(
            frame: site.frame(
                IntakeWords.heading(step), context, isPrivate: true, scripts: step == .region ? ["intake.js"] : []),
            progress: said("Step {n} of {all}", ["n": "\(index + 1)", "all": "\(steps.count)"]),
            heading: IntakeWords.heading(step), hint: IntakeWords.hint(step), action: "\(path)/\(step.rawValue)",
            backURL: index > 0 ? "\(path)/\(steps[index - 1].rawValue)" : nil,
            errorSummary: ErrorSummary([fault].compactMap { $0 }),
            button: step == .precautions ? said("Send my answers") : said("Next"))
        switch step {
        case .region:
            let region = typed["region"].flatMap(BodyRegion.init(rawValue:)) ?? intake.region
            let side = typed["side"].flatMap(BodyRegion.Side.init(rawValue:)) ?? intake.side
            page.region = .init(
                map: BodyMap(path: "\(path)/region", chosen: region, side: side),
                regions: BodyRegion.allCases.map {
                    Choice(value: $0.rawValue, label: heard($0.name), isChosen: $0 == region)
                },
                sides: [BodyRegion.Side.left, .right, .both, .middle].map {
                    Choice(value: $0.rawValue, label: IntakeWords.side($0), isChosen: $0 == side)
                })
        case .start:
            let since = IntakeWords.since(view.today, chosen: intake.onset)
            let isListed = since.contains(where: \.isChosen)
            page.start = .init(
                since: since, onset: isListed ? "" : intake.onset?.description ?? "",
                mechanisms: Intake.Mechanism.allCases.map {
                    Choice(value: $0.rawValue, label: heard($0.name), isChosen: $0 == intake.mechanism)
                }, words: intake.answers["mechanism-words"] ?? "")
        case .pain:
            page.scales = Intake.Pain.allCases.map {
                IntakeWords.scale("pain-\($0.rawValue)", IntakeWords.pain($0), intake.pain($0))
            }
        case .activities:
            page.activities = (1...3).map { number in
                let score = intake.answers["activity-\(number)-score"]
                return .init(
                    number: number, name: intake.answers["activity-\(number)"] ?? "",
                    numbers: (0...10).map { Choice(value: "\($0)", label: "\($0)", isChosen: "\($0)" == score) },
                    isFirst: number == 1)
            }
        case .warnings:
            let region = intake.region ?? .lowerBack
            page.questions =
                WarningQuestion.questions(for: region).map {
                    let answer = intake.warning($0.flag)
                    return .init(
                        name: "flag-\($0.flag.rawValue)", words: heard($0.words), isYes: answer == .yes,
                        isNo: answer == .no)
                }
                + (WarningQuestion.asksForTear(region)
                    ? WarningQuestion.tearSigns.map {
                        let answer = intake.sign($0.sign)
                        return .init(
                            name: "sign-\($0.sign.rawValue)", words: heard($0.words), isYes: answer == .yes,
                            isNo: answer == .no)
                    } : [])
            page.hasQuestions = true
        case .precautions:
            page.ticks = PrecautionKind.allCases.map {
                .init(
                    name: "precaution-\($0.rawValue)", label: heard($0.question),
                    isTicked: intake.precaution($0) == .yes)
            }
            page.hasTicks = true
            page.tickWords = intake.answers["precaution-words"] ?? ""
        }
        return page
    }
}
