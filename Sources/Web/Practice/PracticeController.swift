// SPDX-License-Identifier: Apache-2.0

import Clinic
import Foundation
import Hummingbird
import Messages
import NIOCore
import Payments
import Storage

/// The demonstration's card page and mailbox. It is added to the router only in a demonstration.
struct PracticeController {
    let site: Site

    func add(to router: Router<WebContext>) {
        if site.clinic.practice != nil {
            router.get("/practice/card/:id", use: card)
            router.post("/practice/card/:id", use: press)
        }
        if site.clinic.settings.mail == nil {
            router.get("/practice/mail", use: mailbox)
            router.get("/practice/mail/:id", use: mail)
            router.get("/practice/mail/:id/appointment.ics", use: calendar)
        }
    }

    private func session(_ context: WebContext) async throws -> PracticeCheckout.PracticeSession {
        guard let session = try await site.clinic.practice?.find(context.parameters.get("id") ?? "") else {
            throw Fault.notFound()
        }
        return session
    }

    private func page(_ session: PracticeCheckout.PracticeSession, _ context: WebContext, message: String?)
        -> PracticeCardPage
    {
        PracticeCardPage(
            frame: site.frame("Practice payment", context, isPrivate: true), description: session.label,
            amount: session.amount.formatted, action: "/practice/card/\(session.id)", message: message)
    }

    @Sendable func card(_ request: Request, context: WebContext) async throws -> Response {
        let session = try await session(context)
        guard session.status == .open else { return .redirect(to: session.successURL) }
        return try site.answer(page(session, context, message: nil))
    }

    @Sendable func press(_ request: Request, context: WebContext) async throws -> Response {
        let session = try await session(context)
        switch try await Form(request, context)["outcome"] {
        case "pay":
            try await site.clinic.practicePayment(session.id)
            return .seeOther(session.successURL)
        case "decline":
            return try site.answer(
                page(session, context, message: "The practice bank declined the card. Try again."))
        default:
            return .seeOther(session.cancelURL)
        }
    }

    @Sendable func mailbox(_ request: Request, context: WebContext) async throws -> Response {
        let clinic = site.clinic
        let (mails, zone) = try await clinic.store.read { transaction in
            (
                try clinic.outbox.departed(at: clinic.clock.now(), limit: 100, in: transaction),
                try clinic.timeZone(in: transaction)
            )
        }
        return try site.answer(
            PracticeMailboxPage(
                frame: site.frame("Practice mailbox", context, isPrivate: true),
                mails: mails.map {
                    .init(
                        subject: $0.subject, recipient: $0.recipient, sentAt: Words.moment($0.queuedAt, in: zone),
                        url: "/practice/mail/\($0.id)")
                }))
    }

    private func find(_ context: WebContext) async throws -> (Outbox.Mail, TimeZone) {
        let clinic = site.clinic
        let id = Outbox.Mail.ID(context.parameters.get("id") ?? "")
        return try await clinic.store.read { transaction in
            guard let mail = try clinic.outbox.find(id, in: transaction) else { throw Fault.notFound("mail") }
            return (mail, try clinic.timeZone(in: transaction))
        }
    }

    @Sendable func mail(_ request: Request, context: WebContext) async throws -> Response {
        let (mail, zone) = try await find(context)
        return try site.answer(
            PracticeMailPage(
                frame: site.frame(mail.subject, context, isPrivate: true), subject: mail.subject,
                sender: site.clinic.details.name, recipient: mail.recipient,
                sentAt: Words.moment(mail.queuedAt, in: zone),
                paragraphs: PracticeMailPage.paragraphs(of: mail.body),
                attachments: mail.calendar.map {
                    [
                        .init(
                            name: "appointment.ics", size: "\($0.utf8.count) bytes",
                            url: "/practice/mail/\(mail.id)/appointment.ics")
                    ]
                } ?? []))
    }

    @Sendable func calendar(_ request: Request, context: WebContext) async throws -> Response {
        guard let text = try await find(context).0.calendar else { throw Fault.notFound("file") }
        return .bytes(ByteBuffer(string: text), contentType: "text/calendar; charset=utf-8")
    }
}
