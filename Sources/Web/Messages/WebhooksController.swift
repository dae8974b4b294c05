// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Diary
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import Storage

/// The owner's webhooks, and the mails that came back, handed in by the mail server.
struct WebhooksController {
    let site: Site
    private var clinic: Clinic { site.clinic }

    init(site: Site) { self.site = site }

    func add(to router: Router<WebContext>) {
        router.get("/desk/webhooks", use: list)
        router.post("/desk/webhooks", use: add)
        router.get("/desk/webhooks/:id", use: endpoint)
        router.post("/desk/webhooks/:id", use: change)
        router.post("/desk/webhooks/:id/replay/:delivery", use: replay)
        router.post("/webhooks/bounces", use: bounce)
    }

    private func events(_ chosen: Set<WebhookEvent>) -> [DeskWebhooksPage.Event] {
        WebhookEvent.allCases.map {
            .init(name: $0.rawValue, field: "event.\($0.rawValue)", isChosen: chosen.contains($0))
        }
    }

    private func chosen(_ form: Form) -> Set<WebhookEvent> {
        Set(WebhookEvent.allCases.filter { form.isTicked("event.\($0.rawValue)") })
    }

    private func listPage(_ context: WebContext, _ actor: Actor) async throws -> DeskWebhooksPage {
        let zone = try await clinic.timeZone()
        return DeskWebhooksPage(
            frame: site.deskFrame("Webhooks", context, place: .deskMail),
            links: site.mailLinks("/desk/webhooks", actor),
            endpoints: try await clinic.webhookEndpoints().map { view in
                let last = view.deliveries.first
                return Entry(
                    title: view.endpoint.url,
                    detail: last.map { "last told \(Words.moment($0.queuedAt, in: zone))" } ?? "nothing told yet",
                    url: "/desk/webhooks/\(view.endpoint.id)", badge: last.map(Self.badge) ?? .plain,
                    stateLabel: last.map(Self.label) ?? "New")
            }, url: FieldValue(), events: events(Set(WebhookEvent.allCases)))
    }

    @Sendable func list(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageWebhooks, context)
        var page = try await listPage(context, actor)
        if request.uri.queryParameters["said"] == "removed" {
            page.message = "Removed. Nothing is told there any more."
        }
        return try site.answer(page)
    }

    @Sendable func add(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageWebhooks, context)
        let form = try await Form(request, context)
        do {
            let id = try await clinic.addWebhook(form["url"], events: chosen(form), by: actor)
            return .seeOther("/desk/webhooks/\(id)?said=added")
        } catch let refusal as WebhookAddress.Refusal {
            var page = try await listPage(context, actor)
            page.url = FieldValue(value: form["url"], error: refusal.explanation)
            page.events = events(chosen(form))
            page.errorSummary = ErrorSummary(fields: ["url": page.url])
            return try site.answer(page, status: .unprocessableContent)
        }
    }

    private func id(_ context: WebContext) -> WebhookEndpoint.ID { .init(context.parameters.get("id") ?? "") }

    @Sendable func endpoint(_ request: Request, context: WebContext) async throws -> Response {
        _ = try await site.staff(.manageWebhooks, context)
        guard let view = try await clinic.webhookView(id(context)) else { throw Fault.notFound("webhook") }
        let zone = try await clinic.timeZone()
        let path = "/desk/webhooks/\(view.endpoint.id)"
        let said: [String: String] = [
            "added": "Added. Copy the secret into the other program now, so that it can check our signature.",
            "saved": "Saved.", "rotated": "The new secret is below.", "replayed": "It is being told once more.",
        ]
        let now = clinic.clock.now()
        return try site.answer(
            DeskWebhookPage(
                frame: site.deskFrame("Webhook", context, place: .deskMail), url: view.endpoint.url, action: path,
                message: request.uri.queryParameters["said"].flatMap { said[String($0)] },
                secret: view.endpoint.secret,
                rotationNote: view.endpoint.previousUntil.flatMap {
                    $0 > now ? "The old secret signs as well until \(Words.moment($0, in: zone))." : nil
                }, events: events(view.endpoint.events),
                deliveries: view.deliveries.map { delivery in
                    .init(
                        at: Words.moment(delivery.queuedAt, in: zone),
                        event: delivery.type.rawValue + (delivery.isReplay ? ", told again" : ""),
                        badge: Self.badge(delivery), stateLabel: Self.label(delivery),
                        answer: delivery.answer.map {
                            "\($0), after \(delivery.attempts) \(delivery.attempts == 1 ? "try" : "tries")"
                        } ?? "not tried yet", body: delivery.body, replayAction: "\(path)/replay/\(delivery.id)")
                }))
    }

    @Sendable func change(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageWebhooks, context)
        let form = try await Form(request, context)
        let id = id(context)
        switch form["step"] {
        case "rotate":
            try await clinic.changeWebhook(id, .rotateSecret, by: actor)
            return .seeOther("/desk/webhooks/\(id)?said=rotated")
        case "remove":
            try await clinic.changeWebhook(id, .remove, by: actor)
            return .seeOther("/desk/webhooks?said=removed")
        default:
            try await clinic.changeWebhook(id, .events(chosen(form)), by: actor)
            return .seeOther("/desk/webhooks/\(id)?said=saved")
        }
    }

    @Sendable func replay(_ request: Request, context: WebContext) async throws -> Response {
        let actor = try await site.staff(.manageWebhooks, context)
        let delivery = WebhookDelivery.ID(context.parameters.get("delivery") ?? "")
        try await clinic.changeWebhook(id(context), .replay(delivery), by: actor)
        return .seeOther("/desk/webhooks/\(id(context))?said=replayed")
    }

    private static func badge(_ delivery: WebhookDelivery) -> Badge {
        switch delivery.state {
        case .delivered: .good
        case .waiting: .warn
        case .failed: .bad
        }
    }

    private static func label(_ delivery: WebhookDelivery) -> String {
        switch delivery.state {
        case .delivered: "Taken"
        case .waiting: delivery.attempts == 0 ? "Waiting" : "Trying again"
        case .failed: "Given up"
        }
    }

    // MARK: Bounces

    /// A mail that came back, its bytes as the body, from a program with a token; a session in a browser is not asked.
    @Sendable func bounce(_ request: Request, context: WebContext) async throws -> Response {
        guard context.session == nil, case .staff = context.who else {
            throw Fault(
                status: .unauthorized, kind: "token", title: "A token is needed",
                detail: "Send Authorization: Bearer with a token made by: fascia account token --role desk")
        }
        let actor = try context.staff(.reportBounces)
        var request = request
        let body = Data(try await request.collectBody(upTo: 1 << 20).readableBytesView)
        struct Answer: Encodable { let recorded: Bool }
        return .json(Answer(recorded: try await clinic.receiveBounce(body, by: actor)))
    }
}
