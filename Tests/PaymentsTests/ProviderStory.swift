// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What truly happened to one page at the provider, and what of it the clinic was told. It knows nothing of the code under
/// test: sets, maxima and sums.
struct ProviderSession {
    enum Kind: CaseIterable {
        case paid, bankSucceeds, bankFails, bankWaits, expires, isLeft, paysAnotherSum
    }

    let id: String
    let intent: String
    /// Nil for a page of somebody else's shop on the same account.
    let order: Int?
    let amount: Int64
    let kind: Kind
    var events: [ProviderFact] = []
    /// What the clinic was told, in any way.
    var knowsPaid = false
    var knowsClosed = false
    var knownRefund: Int64 = 0

    var isPaid: Bool { [.paid, .bankSucceeds, .paysAnotherSum].contains(kind) }
    var net: Int64 { knowsPaid ? amount - knownRefund : 0 }

    mutating func learn(_ fact: ProviderFact.Meaning) {
        switch fact {
        case .paid: knowsPaid = true
        case .closed: knowsClosed = true
        case .refunded(let total): knownRefund = max(knownRefund, total)
        case .nothing: break
        }
    }
}

/// One event and what it tells.
struct ProviderFact: Sendable {
    enum Meaning: Sendable {
        case paid, closed, nothing
        case refunded(total: Int64)
    }
    let text: EventText
    let meaning: Meaning
}

extension ProviderSession {
    /// Everything that happens to the page, in its true order.
    init(
        _ id: String, kind: Kind, order: Int?, reference: String, amount: Int64, using generator: inout SeededGenerator
    ) {
        self.init(id: id, intent: "pi_\(id)", order: order, amount: amount, kind: kind)
        func session(_ type: String, _ status: String, _ payment: String, _ meaning: ProviderFact.Meaning) {
            events.append(
                ProviderFact(
                    text: .session(
                        "evt_\(id)_\(events.count)", type, id: id, reference: reference, status: status,
                        payment: payment, amount: amount, intent: status == "complete" ? intent : nil),
                    meaning: meaning))
        }
        switch kind {
        case .paid, .paysAnotherSum: session("completed", "complete", "paid", .paid)
        case .bankSucceeds:
            session("completed", "complete", "unpaid", .nothing)
            session("async_payment_succeeded", "complete", "paid", .paid)
        case .bankFails:
            session("completed", "complete", "unpaid", .nothing)
            session("async_payment_failed", "complete", "unpaid", .closed)
        case .bankWaits: session("completed", "complete", "unpaid", .nothing)
        case .expires: session("expired", "expired", "unpaid", .closed)
        case .isLeft: break
        }
        guard isPaid else { return }
        events.append(
            ProviderFact(
                text: EventText("evt_\(id)_other", "payment_intent.succeeded", #"{"id": "\#(intent)"}"#),
                meaning: .nothing))
        var refunded: Int64 = 0
        for number in 0..<Int.random(in: 0...3, using: &generator) where refunded < amount {
            let isWhole = Int.random(in: 0..<3, using: &generator) == 0
            refunded += isWhole ? amount - refunded : Int64.random(in: 1...amount - refunded, using: &generator)
            events.append(
                ProviderFact(
                    text: .refunded("evt_\(id)_refund\(number)", intent: intent, total: refunded),
                    meaning: .refunded(total: refunded)))
        }
    }
}
