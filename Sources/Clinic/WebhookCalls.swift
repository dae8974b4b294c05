// SPDX-License-Identifier: Apache-2.0

package import Accounts
import AsyncHTTPClient
import Foundation
package import Messages
import NIOCore
import NIOHTTP1
import NIOPosix
package import Payments
package import Storage

// Telling other programs what happens here.
extension Clinic {
    /// Tells that an order was paid, in the transaction in which it was.
    package func orderPaid(_ order: Order, in transaction: any Transaction) throws {
        try tell(.orderPaid, order, in: transaction)
    }

    /// Tells that an order was refunded, in part or whole, in the transaction in which it was.
    package func orderRefunded(_ order: Order, in transaction: any Transaction) throws {
        try tell(.orderRefunded, order, in: transaction)
    }

    private func tell(_ event: WebhookEvent, _ order: Order, in transaction: any Transaction) throws {
        try webhooks.tell(
            event,
            about: OrderFacts.Envelope(
                order: OrderFacts(
                    id: order.id.description, reference: order.reference, patient: order.patient.description,
                    state: order.state.rawValue, currency: order.price.currency, amount: order.price.minorUnits,
                    received: try ledger.received(for: order.id, in: transaction))),
            at: clock.now(), in: transaction)
    }

    func deliverWebhook(_ job: Job) async throws {
        let id = try job.decode(Webhooks.DeliverJob.self).delivery
        let found = try await store.read { [webhooks] transaction -> (WebhookDelivery, WebhookEndpoint)? in
            guard let delivery = try webhooks.delivery(id, in: transaction), delivery.state == .waiting,
                let endpoint = try webhooks.find(delivery.endpoint, in: transaction)
            else { return nil }
            return (delivery, endpoint)
        }
        guard let (delivery, endpoint) = found else { return }
        let now = clock.now()
        func note(_ state: WebhookDelivery.State, _ answer: String) async throws {
            try await store.write { [webhooks] in try webhooks.note(id, state, answer: answer, at: now, in: $0) }
        }
        guard endpoint.isActive else { return try await note(.failed, "the endpoint was removed") }
        let answer: String
        do {
            let status = try await webhookTransport.send(
                .init(
                    address: try WebhookAddress(endpoint.url, isDemo: settings.isDemo),
                    headers: [
                        ("Content-Type", "application/json"), ("User-Agent", "Fascia"),
                        (
                            WebhookSignature.headerName,
                            WebhookSignature.header(body: delivery.body, secrets: endpoint.secrets(at: now), at: now)
                        ),
                    ], body: delivery.body))
            if (200..<300).contains(status) { return try await note(.delivered, String(status)) }
            answer = String(status)
        } catch let refusal as WebhookAddress.Refusal {
            answer = refusal.explanation
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            answer = "no answer (\(type(of: error)))"
        }
        let isLast = job.attempt >= Webhooks.mostAttempts
        try await note(isLast ? .failed : .waiting, answer)
        if !isLast { throw WebhookNotTaken(answer: answer) }
    }

    // MARK: The owner's page

    package struct WebhookView: Sendable {
        package let endpoint: WebhookEndpoint
        package let deliveries: [WebhookDelivery]
    }

    package func webhookEndpoints() async throws -> [WebhookView] {
        try await store.read { [webhooks] transaction in
            try webhooks.all(in: transaction).map {
                WebhookView(
                    endpoint: $0, deliveries: try webhooks.deliveries(to: $0.id, limit: 1, in: transaction))
            }
        }
    }

    package func webhookView(_ id: WebhookEndpoint.ID) async throws -> WebhookView? {
        try await store.read { [webhooks] transaction in
            guard let endpoint = try webhooks.find(id, in: transaction), endpoint.isActive else { return nil }
            return WebhookView(
                endpoint: endpoint, deliveries: try webhooks.deliveries(to: id, limit: 50, in: transaction))
        }
    }

    /// - Throws: `WebhookAddress.Refusal`.
    package func addWebhook(_ url: String, events: Set<WebhookEvent>, by actor: Actor) async throws
        -> WebhookEndpoint.ID
    {
        let address = try WebhookAddress(url, isDemo: settings.isDemo)
        let now = clock.now()
        return try await store.write { [webhooks] in
            try webhooks.add(address, events: events, by: actor, at: now, in: $0)
        }
    }

    package enum WebhookStep: Sendable {
        case events(Set<WebhookEvent>)
        case rotateSecret, remove
        case replay(WebhookDelivery.ID)
    }

    package func changeWebhook(_ id: WebhookEndpoint.ID, _ step: WebhookStep, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [webhooks] transaction in
            switch step {
            case .events(let events):
                try webhooks.change(id, events: events, by: actor, at: now, in: transaction)
            case .rotateSecret: try webhooks.rotateSecret(of: id, by: actor, at: now, in: transaction)
            case .remove: try webhooks.remove(id, by: actor, at: now, in: transaction)
            case .replay(let delivery): try webhooks.replay(delivery, by: actor, at: now, in: transaction)
            }
        }
    }
}

/// An order as other programs are told of it.
private struct OrderFacts: Encodable {
    struct Envelope: Encodable { let order: OrderFacts }

    let id: String
    let reference: String
    let patient: String
    let state: String
    let currency: String
    /// Its price, and what was received of it after refunds, in minor units.
    let amount: Int64
    let received: Int64
}

struct WebhookNotTaken: Error, CustomStringConvertible {
    let answer: String
    var description: String { "the endpoint did not take it: \(answer)" }
}

extension WebhookTransport {
    /// Asks for the host's address once, checks it, and calls exactly that address, so that a name that changes its mind between
    /// the check and the call gains nothing. Redirections are not followed.
    package static let http = WebhookTransport { call in
        let resolved: String
        if NetworkAddress(call.address.host) != nil {
            resolved = call.address.host
        } else {
            let host = call.address.host
            let found = try? await NIOThreadPool.singleton.runIfActive {
                try SocketAddress.makeAddressResolvingHost(host, port: 443).ipAddress
            }
            guard let address = found ?? nil else { throw WebhookAddress.Refusal.unknownHost(host) }
            resolved = address
        }
        try call.address.check(resolved: resolved)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(5)))
        if resolved != call.address.host { configuration.dnsOverride = [call.address.host: resolved] }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: call.address.url.absoluteString)
        request.method = .POST
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: call.body))
        do {
            // What the other side writes is of no interest, only whether it took the news.
            let status = Int(try await client.execute(request, timeout: .seconds(8)).status.code)
            try await client.shutdown()
            return status
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
