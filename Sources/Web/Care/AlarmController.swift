// SPDX-License-Identifier: Apache-2.0

import Accounts
import Care
import Clinic
import HTTPTypes
import Hummingbird
import Recovery
import Storage

/// Open alarms, and the page on which a clinician answers one.
struct AlarmController {
    let site: Site

    func add(to router: Router<WebContext>) {
        router.get("/desk/alarms", use: list)
        router.get("/desk/episodes/:id/alarms/:rule", use: alarm)
        router.post("/desk/episodes/:id/alarms/:rule", use: answer)
    }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        let lines = try await site.clinic.openAlarms(by: actor)
        return try site.answer(
            AlarmsPage(
                frame: site.deskFrame("Alarms", context, place: .deskCare),
                alarms: lines.map { line in
                    Entry(
                        title: "\(line.patient.name): \(line.alarm.says)",
                        detail: "\(line.episode.place). \(line.alarm.rule), by \(CareWords.date(line.alarm.dueOn))"
                            + (line.alarm.owner == .clinicLead ? "; overdue: the clinic's lead" : ""),
                        url: "/desk/episodes/\(line.episode.id)/alarms/\(line.alarm.rule)",
                        badge: AlarmWords.badge(line.alarm), stateLabel: AlarmWords.name(of: line.alarm.level))
                }))
    }

    @Sendable func alarm(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.seeCare, context)
        return try site.answer(try await page(actor, context))
    }

    @Sendable func answer(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.writeCare, context)
        let form = try await Form(request, context)
        do {
            guard let what = Disposition(rawValue: form["what"]) else {
                throw CareError.field("what", "Choose what is done.")
            }
            try await site.clinic.answerAlarm(
                rule(context), of: episodeID(context), with: what, until: Day(iso: form["until"]), words: form["words"],
                by: actor)
            return .seeOther("/desk/episodes/\(episodeID(context))/alarms/\(rule(context))")
        } catch CareError.field(let field, let words) {
            return try site.answer(
                try await page(actor, context, typed: form, fault: .init(field: field, message: words)),
                status: .unprocessableContent)
        }
    }

    private func episodeID(_ context: WebContext) -> Episode.ID { Episode.ID(context.parameters.get("id") ?? "") }
    private func rule(_ context: WebContext) -> String { context.parameters.get("rule") ?? "" }

    private func page(
        _ actor: Actor, _ context: WebContext, typed: Form = .empty, fault: ErrorSummary.Item? = nil
    ) async throws -> AlarmPage {
        let view = try await site.clinic.alarm(rule(context), of: episodeID(context), by: actor)
        guard let alarm = view.alarms.first(where: \.isOpen) ?? view.alarms.first else { throw CareError.unknownEntry }
        let path = "/desk/episodes/\(view.episode.id)"
        let mayAnswer = alarm.isOpen && view.episode.isOpen && actor.may(.writeCare)
        return AlarmPage(
            frame: site.deskFrame("\(view.patient.name): \(alarm.rule)", context, place: .deskCare),
            patientName: view.patient.name, rule: alarm.rule, says: alarm.says, badge: AlarmWords.badge(alarm),
            stateLabel: "\(AlarmWords.name(of: alarm.level)), \(alarm.isOpen ? "open" : "answered")",
            place: view.episode.place, episodeURL: path, fired: CareWords.date(alarm.firedOn),
            due: CareWords.date(alarm.dueOn),
            owner: alarm.owner == .clinicLead ? "The clinic's lead: it is overdue" : "The treating clinician",
            inputs: alarm.inputs.map { .init(date: CareWords.date($0.at), what: AlarmWords.plain($0.what)) },
            missing: alarm.missing.isEmpty ? nil : alarm.missing.map(AlarmWords.plain).joined(separator: ", "),
            threshold: alarm.threshold,
            source: alarm.source, version: "Rules \(RuleSet.current.version), rule version \(alarm.version)",
            options: alarm.options.map(\.text),
            answers: view.answers.compactMap { entry in
                guard case .fact(.disposition(_, let what, let until)) = entry.content else { return nil }
                return .init(
                    date: CareWords.date(entry.day),
                    what: AlarmWords.name(of: what) + (until.map { ", until \(CareWords.date($0))" } ?? ""),
                    words: entry.words)
            },
            errorSummary: ErrorSummary([fault].compactMap { $0 }),
            action: mayAnswer ? "\(path)/alarms/\(alarm.rule)" : nil,
            choices: Disposition.allCases.map {
                Choice(value: $0.rawValue, label: AlarmWords.name(of: $0), isChosen: $0.rawValue == typed["what"])
            }, until: typed["until"], words: typed["words"])
    }
}

/// How the pages say what the rules hold.
enum AlarmWords {
    /// The rules' short names of measures, in words: "nrs 5" is "Pain 5".
    static func plain(_ words: String) -> String {
        for (name, spoken) in [("nrs ", "Pain "), ("psfs ", "Activities "), ("grc ", "Change since it began ")]
        where words.hasPrefix(name) { return spoken + words.dropFirst(name.count) }
        return words
    }

    /// One alarm of an episode, on that episode's page.
    static func line(_ alarm: Alarm, path: String) -> Entry {
        Entry(
            title: alarm.says,
            detail: "\(alarm.rule), since \(CareWords.date(alarm.firedOn))"
                + (alarm.isOpen
                    ? ", by \(CareWords.date(alarm.dueOn))"
                        + (alarm.owner == .clinicLead ? "; overdue: the clinic's lead" : "") : ""),
            url: "\(path)/alarms/\(alarm.rule)", badge: badge(alarm),
            stateLabel: alarm.isOpen ? name(of: alarm.level) : "Answered")
    }

    static func name(of level: AlarmLevel) -> String {
        switch level {
        case .redEmergency: "Emergency"
        case .redSameDay: "Today"
        case .red: "Red"
        case .amber: "Amber"
        case .info: "Note"
        }
    }

    static func badge(_ alarm: Alarm) -> Badge {
        alarm.isOpen ? alarm.level.isRed ? .bad : alarm.level == .amber ? .warn : .plain : .good
    }

    static func name(of what: Disposition) -> String {
        switch what {
        case .imagingOrdered: "Imaging ordered"
        case .referred: "Referred"
        case .reexaminedAndChanged: "Examined again, and diagnosis or plan changed"
        case .justifiedWait: "Waiting, with the reason; once, for at most 14 days"
        case .patientDeclined: "The patient declined, after we talked"
        case .ruleWrong: "The rule does not fit this patient, because …"
        }
    }
}
