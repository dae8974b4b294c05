// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// The owner's webhooks: who is told what, and what became of it.
package struct Webhooks: Sendable {
    package static let jobKind = "webhook.deliver"
    /// With the queue's growing waits these take about three days; then a delivery has failed, and can be replayed by hand.
    package static let mostAttempts = 22
    /// How long the old secret signs beside the new one.
    package static let rotationOverlap: TimeInterval = 24 * 3600

    package struct DeliverJob: Codable, Sendable {
        package let delivery: WebhookDelivery.ID
    }

    private let audit = AuditTrail()

    package init() {}

    // MARK: Endpoints

    package func all(in transaction: any Transaction) throws -> [WebhookEndpoint] {
        try transaction.rows("SELECT * FROM webhook_endpoint WHERE is_active ORDER BY made_at, id")
            .map(WebhookEndpoint.init)
    }

    package func find(_ id: WebhookEndpoint.ID, in transaction: any Transaction) throws -> WebhookEndpoint? {
        try transaction.first("SELECT * FROM webhook_endpoint WHERE id = \(id)").map(WebhookEndpoint.init)
    }

    package func add(
        _ address: WebhookAddress, events: Set<WebhookEvent>, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> WebhookEndpoint.ID {
        let id = WebhookEndpoint.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO webhook_endpoint (id, url, events, secret, is_active, made_at)
            VALUES (\(id), \(address.url.absoluteString), \(Self.text(events)), \(Self.newSecret()), \(true), \(now))
            """)
        try record("webhook.add", id, by: actor, at: now, in: transaction)
        return id
    }

    package func change(
        _ id: WebhookEndpoint.ID, events: Set<WebhookEvent>, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        try transaction.run("UPDATE webhook_endpoint SET events = \(Self.text(events)) WHERE id = \(id)")
        try record("webhook.change", id, by: actor, at: now, in: transaction)
    }

    /// Nothing is told to it any more, also nothing that waits.
    package func remove(
        _ id: WebhookEndpoint.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run("UPDATE webhook_endpoint SET is_active = \(false) WHERE id = \(id)")
        try record("webhook.remove", id, by: actor, at: now, in: transaction)
    }

    /// A new secret; the old one signs as well for a day.
    package func rotateSecret(
        of id: WebhookEndpoint.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE webhook_endpoint SET previous_secret = secret, secret = \(Self.newSecret()),
                previous_until = \(now.addingTimeInterval(Self.rotationOverlap)) WHERE id = \(id)
            """)
        try record("webhook.rotate", id, by: actor, at: now, in: transaction)
    }

    // MARK: Telling

    /// Queues an event for everyone who wants it, in the transaction of what happened.
    /// - Parameter subject: the JSON object under `data`: identifiers, times and amounts, never a name or a clinical word.
    package func tell(
        _ type: WebhookEvent, about subject: some Encodable, at now: Date, in transaction: any Transaction
    ) throws {
        let endpoints = try all(in: transaction).filter { $0.events.contains(type) }
        guard !endpoints.isEmpty else { return }
        let event = Identifier<WebhookEvent>.make(at: now).description
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let body = String(
            decoding: try encoder.encode(Envelope(id: event, type: type.rawValue, created: now, data: subject)),
            as: UTF8.self)
        for endpoint in endpoints {
            try queue(event, type, body: body, to: endpoint.id, isReplay: false, at: now, in: transaction)
        }
    }

    /// Tells once more what was told before.
    package func replay(
        _ id: WebhookDelivery.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard let delivery = try delivery(id, in: transaction) else { return }
        try queue(
            delivery.event, delivery.type, body: delivery.body, to: delivery.endpoint, isReplay: true, at: now,
            in: transaction)
        try record("webhook.replay", delivery.endpoint, by: actor, at: now, in: transaction)
    }

    // MARK: The log

    package func delivery(_ id: WebhookDelivery.ID, in transaction: any Transaction) throws -> WebhookDelivery? {
        try transaction.first("SELECT * FROM webhook_delivery WHERE id = \(id)").map(WebhookDelivery.init)
    }

    /// The newest first.
    package func deliveries(
        to endpoint: WebhookEndpoint.ID, limit: Int, in transaction: any Transaction
    ) throws -> [WebhookDelivery] {
        try transaction.rows(
            """
            SELECT * FROM webhook_delivery WHERE endpoint = \(endpoint)
            ORDER BY queued_at DESC, id DESC LIMIT \(limit)
            """
        ).map(WebhookDelivery.init)
    }

    package func note(
        _ id: WebhookDelivery.ID, _ state: WebhookDelivery.State, answer: String, at now: Date,
        in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE webhook_delivery SET state = \(state), answer = \(String(answer.prefix(200))),
                attempts = attempts + 1, tried_at = \(now) WHERE id = \(id)
            """)
    }

    // MARK: -

    private struct Envelope<Subject: Encodable>: Encodable {
        let id: String
        let type: String
        let created: Date
        let data: Subject
    }

    private func queue(
        _ event: String, _ type: WebhookEvent, body: String, to endpoint: WebhookEndpoint.ID, isReplay: Bool,
        at now: Date, in transaction: any Transaction
    ) throws {
        let id = WebhookDelivery.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO webhook_delivery (id, endpoint, event, type, body, state, attempts, is_replay, queued_at)
            VALUES (\(id), \(endpoint), \(event), \(type), \(body), \(WebhookDelivery.State.waiting), \(0), \(isReplay),
                \(now))
            """)
        try Jobs.enqueue(
            Self.jobKind, key: "webhook:\(id)", payload: DeliverJob(delivery: id), at: now, in: transaction)
    }

    private func record(
        _ action: String, _ id: WebhookEndpoint.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        try audit.record(action, patient: nil, subject: "webhook/\(id)", by: actor, at: now, in: transaction)
    }

    private static func text(_ events: Set<WebhookEvent>) -> String {
        events.map(\.rawValue).sorted().joined(separator: " ")
    }

    private static func newSecret() -> String { "whsec_" + Secret.random().text }
}
