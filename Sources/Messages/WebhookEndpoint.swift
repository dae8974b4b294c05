// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// What other programs may be told.
package enum WebhookEvent: String, Sendable, Hashable, Codable, CaseIterable, Bindable {
    case bookingCreated = "booking.created"
    case bookingChanged = "booking.changed"
    case bookingCancelled = "booking.cancelled"
    case bookingAttended = "booking.attended"
    case orderPaid = "order.paid"
    case orderRefunded = "order.refunded"
}

/// An address of another program that is told what happens here.
package struct WebhookEndpoint: Sendable, Hashable {
    package typealias ID = Identifier<WebhookEndpoint>
    package let id: ID
    package let url: String
    package let events: Set<WebhookEvent>
    package let secret: String
    /// Signs as well, until `previousUntil`, so that the other side can change its secret without missing anything.
    package let previousSecret: String?
    package let previousUntil: Date?
    package let isActive: Bool
    package let madeAt: Date

    package func secrets(at now: Date) -> [String] {
        guard let previousSecret, let previousUntil, previousUntil > now else { return [secret] }
        return [secret, previousSecret]
    }
}

/// One telling of one event to one endpoint.
package struct WebhookDelivery: Sendable, Hashable {
    package typealias ID = Identifier<WebhookDelivery>
    package enum State: String, Sendable, Hashable, Bindable {
        case waiting, delivered, failed
    }
    package let id: ID
    package let endpoint: WebhookEndpoint.ID
    /// The event's own identifier: the same in every delivery and replay of it, so that a receiver can drop doubles.
    package let event: String
    package let type: WebhookEvent
    package let body: String
    package let state: State
    package let attempts: Int
    /// What the other side said last: "200", "500", "no answer".
    package let answer: String?
    package let isReplay: Bool
    package let queuedAt: Date
    package let triedAt: Date?
}

extension WebhookEndpoint {
    init(_ row: Row) throws {
        let events: String = try row.get("events")
        self.init(
            id: try row.get("id"), url: try row.get("url"),
            events: Set(events.split(separator: " ").compactMap { WebhookEvent(rawValue: String($0)) }),
            secret: try row.get("secret"), previousSecret: try row.get("previous_secret"),
            previousUntil: try row.get("previous_until"), isActive: try row.get("is_active"),
            madeAt: try row.get("made_at"))
    }
}

extension WebhookDelivery {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), endpoint: try row.get("endpoint"), event: try row.get("event"),
            type: try row.get("type"), body: try row.get("body"), state: try row.get("state"),
            attempts: try row.get("attempts"), answer: try row.get("answer"), isReplay: try row.get("is_replay"),
            queuedAt: try row.get("queued_at"), triedAt: try row.get("tried_at"))
    }
}
