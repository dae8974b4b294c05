// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Content
import Diary
import Foundation
import Hummingbird
import Messages
import Storage

/// The desk's mail, and the owner's words in it.
struct MailController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/desk/mail", use: mail)
        router.post("/desk/mail/:id/take-back", use: takeBack)
        router.post("/desk/mail/:id/settled", use: settle)
        router.get("/desk/letters", use: letters)
        router.post("/desk/letters", use: saveRules)
        router.get("/desk/letters/:kind", use: letter)
        router.post("/desk/letters/:kind", use: saveLetter)
    }

    // MARK: Mail

    @Sendable func mail(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.handleMail, context)
        let view = try await clinic.mailView(by: actor)
        let zone = try await clinic.timeZone()
        let said: [String: String] = [
            "back": "The letter was taken back. Nobody got it.", "late": "Too late: the letter has left.",
            "settled": "Thank you for calling.",
        ]
        func letter(_ line: Clinic.MailView.Line) -> DeskMailPage.Letter {
            let mail = line.mail
            let isWaiting = mail.state == .queued
            return .init(
                patient: line.patient?.name ?? "", email: mail.recipient, subject: mail.subject,
                moment: Words.moment(mail.sentAt ?? mail.dueAt, in: zone),
                takeBackAction: isWaiting ? "/desk/mail/\(mail.id)/take-back" : nil,
                badge: mail.state == .sent ? .good : mail.state == .bounced ? .bad : .warn,
                stateLabel: mail.state == .sent ? "Sent" : mail.state == .bounced ? "Came back" : "Waiting")
        }
        return try site.answer(
            DeskMailPage(
                frame: site.deskFrame("Mail", context, place: .deskMail), links: site.mailLinks("/desk/mail", actor),
                message: request.uri.queryParameters["said"].flatMap { said[String($0)] },
                bounces: view.bounces.map { line in
                    .init(
                        patient: line.patient?.name ?? line.mail.recipient, phone: line.patient?.phone,
                        phoneLink: line.patient?.phone.map { $0.filter { $0.isNumber || $0 == "+" } },
                        email: line.mail.recipient, subject: line.mail.subject,
                        cameBack: Words.moment(line.mail.sentAt ?? line.mail.queuedAt, in: zone),
                        reason: line.mail.bounceReason ?? "The address does not exist.",
                        settleAction: "/desk/mail/\(line.mail.id)/settled")
                }, waiting: view.waiting.map(letter), departed: view.departed.map(letter)))
    }

    private func id(_ context: WebContext) -> Outbox.Mail.ID { .init(context.parameters.get("id") ?? "") }

    @Sendable func takeBack(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.handleMail, context)
        let isBack = try await clinic.takeBackLetter(id(context), by: actor)
        return .seeOther("/desk/mail?said=\(isBack ? "back" : "late")")
    }

    @Sendable func settle(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.handleMail, context)
        try await clinic.settleBounce(id(context), by: actor)
        return .seeOther("/desk/mail?said=settled")
    }

    // MARK: Letters

    private func lettersPage(_ context: WebContext, _ actor: Actor) async throws -> DeskLettersPage {
        let (edited, rules) = try await clinic.editedLetters()
        return DeskLettersPage(
            frame: site.deskFrame("Letters", context, place: .deskMail), links: site.mailLinks("/desk/letters", actor),
            letters: LetterKind.allCases.map { kind in
                Entry(
                    title: kind.title, detail: kind.stoppable ? "patients may turn these off" : "",
                    url:
                        "/desk/letters/\(kind.rawValue)", badge: edited.contains(kind) ? .good : .plain,
                    stateLabel: edited.contains(kind) ? "Your words" : "Our words")
            }, delayMinutes: FieldValue(value: String(rules.staffDelaySeconds / 60)),
            followUpHours: FieldValue(value: String(rules.followUpHours ?? 0)))
    }

    @Sendable func letters(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageLetters, context)
        var page = try await lettersPage(context, actor)
        if request.uri.queryParameters["said"] == "saved" { page.message = "Saved." }
        return try site.answer(page)
    }

    @Sendable func saveRules(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageLetters, context)
        let form = try await Form(request, context)
        var page = try await lettersPage(context, actor)
        page.delayMinutes = FieldValue(value: form["delay"])
        page.followUpHours = FieldValue(value: form["followUp"])
        let delay = Int(form["delay"])
        let hours = Int(form["followUp"])
        if delay.map({ !(0...60).contains($0) }) ?? true {
            page.delayMinutes.error = "Minutes from 0 to 60, please."
        }
        if hours.map({ !(0...1440).contains($0) }) ?? true {
            page.followUpHours.error = "Hours from 0 (never) to 1440, please."
        }
        page.errorSummary = ErrorSummary(fields: ["delay": page.delayMinutes, "followUp": page.followUpHours])
        guard page.errorSummary == nil, let delay, let hours else {
            return try site.answer(page, status: .unprocessableContent)
        }
        try await clinic.saveLetterRules(
            LetterRules(staffDelaySeconds: delay * 60, followUpHours: hours == 0 ? nil : hours), by: actor)
        return .seeOther("/desk/letters?said=saved")
    }

    private func kind(_ context: WebContext) throws -> LetterKind {
        guard let kind = LetterKind(rawValue: context.parameters.get("kind") ?? "") else {
            throw Fault.notFound("letter")
        }
        return kind
    }

    /// The language of the letter that is worded, named in the address; English where it names none.
    private func language(_ request: Request) -> String {
        clinic.library.catalogues[request.uri.queryParameters["language"].map(String.init) ?? "en"].language
    }

    private func letterPage(
        _ kind: LetterKind, _ language: String, _ text: LetterText?, faults: [LetterTextRefusal], _ context: WebContext
    ) async throws -> DeskLetterPage {
        let view = try await clinic.letterView(kind, language: language)
        let zone = try await clinic.timeZone()
        let text = text ?? view.text
        func error(_ field: String) -> String? { faults.first { $0.field == field }?.explanation }
        let filled = clinic.previewLetter(text, of: kind)
        var page = DeskLetterPage(
            frame: site.deskFrame(kind.title, context, place: .deskMail), title: kind.title,
            action: "/desk/letters/\(kind.rawValue)?language=\(language)", isEdited: view.isEdited, message: nil,
            errorSummary: ErrorSummary(faults.map { .init(field: $0.field, message: $0.explanation) }),
            subject: FieldValue(value: text.subject, error: error("subject")),
            body: FieldValue(value: text.body, error: error("body")),
            placeholders: kind.placeholders.map { placeholder in
                let notes = [
                    kind.required.contains(placeholder) ? "needed" : nil,
                    kind.subjectPlaceholders.contains(placeholder) ? "also in the subject" : nil,
                ].compactMap { $0 }
                return .init(
                    name: "{\(placeholder.rawValue)}", meaning: placeholder.meaning,
                    note: notes.isEmpty ? nil : notes.joined(separator: ", "))
            },
            preview: faults.isEmpty
                ? .init(subject: filled.subject, paragraphs: PracticeMailPage.paragraphs(of: filled.body)) : nil,
            history: view.history.map {
                .init(
                    writtenAt: Words.moment($0.writtenAt, in: zone), writtenBy: $0.writtenBy,
                    subject: $0.text?.subject ?? "Our words were put back.", words: $0.text?.body)
            })
        page.languages = clinic.library.catalogues.all.map {
            .init(
                label: $0.name, url: "/desk/letters/\(kind.rawValue)?language=\($0.language)",
                isCurrent: $0.language == language)
        }
        return page
    }

    @Sendable func letter(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageLetters, context)
        var page = try await letterPage(try kind(context), language(request), nil, faults: [], context)
        switch request.uri.queryParameters["said"] {
        case "saved": page.message = "Saved. The next letter is written in these words."
        case "reset": page.message = "Our words are back. Yours are kept below."
        default: break
        }
        return try site.answer(page)
    }

    @Sendable func saveLetter(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageLetters, context)
        let kind = try kind(context)
        let language = language(request)
        let form = try await Form(request, context)
        let name = context.session?.name ?? "token"
        if form["step"] == "reset" {
            try await clinic.resetLetter(kind, language: language, by: actor, named: name)
            return .seeOther("/desk/letters/\(kind.rawValue)?language=\(language)&said=reset")
        }
        let text = LetterText(
            subject: form["subject"],
            body: form["body"].replacingOccurrences(of: "\r\n", with: "\n") + "\n")
        let faults = try await clinic.faults(of: text, for: kind)
        guard faults.isEmpty, form["step"] == "save" else {
            return try site.answer(
                try await letterPage(kind, language, text, faults: faults, context),
                status: faults.isEmpty ? .ok : .unprocessableContent)
        }
        try await clinic.saveLetter(text, for: kind, language: language, by: actor, named: name)
        return .seeOther("/desk/letters/\(kind.rawValue)?language=\(language)&said=saved")
    }
}

extension Site {
    /// The pages around mail that this member of staff may open.
    func mailLinks(_ current: String, _ actor: Actor) -> [Frame.Link] {
        var links = [("Mail", "/desk/mail")]
        if actor.may(.manageLetters) { links.append(("Letters", "/desk/letters")) }
        if actor.may(.manageWebhooks) { links.append(("Webhooks", "/desk/webhooks")) }
        links.append(("My calendar", "/desk/calendar-feed"))
        return links.map { Frame.Link(label: $0.0, url: $0.1, isCurrent: $0.1 == current) }
    }
}
