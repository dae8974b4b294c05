// SPDX-License-Identifier: Apache-2.0

import Foundation
import Payments
import Storage
import Testing

@Suite("Stripe's events as text")
struct StripeEventTests {
    private static let fields: [String: String] = [
        "id": #""cs_1""#, "client_reference_id": #""order-1""#, "status": #""complete""#,
        "payment_status": #""paid""#, "amount_total": "28000", "currency": #""usd""#, "payment_intent": #""pi_1""#,
        "url": "null",
    ]
    private static let types = [
        "checkout.session.completed", "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed", "checkout.session.expired",
    ]

    /// A session's event with one field set to another JSON text, or left out where that is nil.
    private func session(_ field: String = "url", _ value: String? = "null", type: String = types[0]) throws
        -> SessionFacts
    {
        var fields = Self.fields
        fields[field] = value
        let object = fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
        let event = try StripeEvent(json: EventText("evt_1", type, "{\(object)}").data)
        switch event.content {
        case .session(let facts), .paymentFailed(let facts): return facts
        default: throw NotASession()
        }
    }

    private struct NotASession: Error {}

    @Test("a session is read whole", arguments: types)
    func whole(type: String) throws {
        let facts = SessionFacts(
            id: "cs_1", clientReference: "order-1", status: .complete, paymentStatus: .paid,
            amount: Money(minorUnits: 28_000, currency: "USD"), paymentIntent: "pi_1", url: nil)
        #expect(try session(type: type) == facts)
    }

    @Test(
        "a session that moves money, with a field of the wrong kind, too large or missing, is refused",
        arguments: [
            ("id", nil), ("id", "7"), ("id", "null"), ("id", #""""#), ("id", "[]"), ("status", nil), ("status", "null"),
            ("status", #""Complete""#), ("status", #""done""#), ("status", "true"), ("payment_status", nil),
            ("payment_status", #""PAID""#), ("payment_status", "1"), ("amount_total", nil), ("amount_total", "null"),
            ("amount_total", #""28000""#), ("amount_total", "-1"), ("amount_total", "-9223372036854775808"),
            ("amount_total", "9223372036854775807"), ("amount_total", "9223372036854775808"), ("amount_total", "1e30"),
            ("amount_total", "280.5"), ("amount_total", "true"), ("amount_total", "[28000]"),
            ("amount_total", "1000000000000"), ("amount_total", "NaN"), ("currency", nil), ("currency", "null"),
            ("currency", "840"), ("client_reference_id", "7"), ("client_reference_id", "{}"), ("payment_intent", "7"),
            ("payment_intent", "[]"), ("payment_intent", "{}"), ("payment_intent", #"{"id": 7}"#), ("url", "7"),
        ] as [(String, String?)])
    func hostile(field: String, value: String?) {
        for type in Self.types { #expect(throws: DecodingError.self) { try session(field, value, type: type) } }
    }

    @Test("what may be missing is missing, and a payment's name is found in an expanded one")
    func allowed() throws {
        #expect(try session("client_reference_id", nil).clientReference == nil)
        #expect(try session("payment_intent", "null").paymentIntent == nil)
        #expect(try session("payment_intent", nil).paymentIntent == nil)
        #expect(try session("payment_intent", #"{"id": "pi_9", "status": "succeeded"}"#).paymentIntent == "pi_9")
        #expect(try session("amount_total", "999999999999").amount.minorUnits == 999_999_999_999)
        #expect(try session("amount_total", "0").amount.minorUnits == 0)
        #expect(try session("currency", #""eUr""#).amount.currency == "EUR")
    }

    @Test("an open session needs no sum")
    func openWithoutSum() throws {
        let text = EventText(
            "evt_1", "checkout.session.expired", #"{"id": "cs_1", "status": "expired", "payment_status": "unpaid"}"#)
        guard case .session(let facts) = try StripeEvent(json: text.data).content else { throw NotASession() }
        #expect(facts.status == .expired && facts.amount.minorUnits == 0 && facts.clientReference == nil)
    }

    @Test(
        "refunds and disputes: wrong kinds are refused, right ones read",
        arguments: [
            ("charge.refunded", #"{"payment_intent": "pi_1", "amount_refunded": 5, "currency": "usd"}"#, true),
            ("charge.refunded", #"{"payment_intent": {"id": "pi_1"}, "amount_refunded": 5, "currency": "usd"}"#, true),
            ("charge.refunded", #"{"payment_intent": "pi_1", "amount_refunded": -5, "currency": "usd"}"#, false),
            ("charge.refunded", #"{"payment_intent": "pi_1", "amount_refunded": "5", "currency": "usd"}"#, false),
            ("charge.refunded", #"{"payment_intent": "pi_1", "currency": "usd"}"#, false),
            ("charge.refunded", #"{"payment_intent": "pi_1", "amount_refunded": 5}"#, false),
            ("charge.refunded", #"{"payment_intent": 1, "amount_refunded": 5, "currency": "usd"}"#, false),
            ("charge.refunded", #"{"payment_intent": "p", "amount_refunded": 1e18, "currency": "usd"}"#, false),
            ("charge.refunded", "[]", false), ("charge.refunded", "null", false),
            ("charge.dispute.created", #"{"id": "dp_1", "amount": 5, "currency": "usd"}"#, true),
            ("charge.dispute.created", #"{"amount": 5, "currency": "usd"}"#, false),
            ("charge.dispute.closed", #"{"id": "dp_1", "amount": -5, "currency": "usd"}"#, false),
        ])
    func others(type: String, object: String, isRead: Bool) throws {
        let text = EventText("evt_1", type, object)
        guard isRead else {
            #expect(throws: DecodingError.self) { try StripeEvent(json: text.data) }
            return
        }
        let five = Money(minorUnits: 5, currency: "USD")
        let content = try StripeEvent(json: text.data).content
        #expect(
            content == .refunded(paymentIntent: "pi_1", total: five)
                || content == .dispute(DisputeFacts(id: "dp_1", paymentIntent: nil, amount: five)))
    }

    @Test(
        "what is no event is refused",
        arguments: [
            "", " ", "null", "[]", "{}", "7", "<xml>", #"{"id": "e"}"#, #"{"type": "t"}"#, #"{"id": 7, "type": "t"}"#,
            #"{"id": "", "type": "t"}"#, #"{"id": "e", "type": null}"#, #"{"id": "e", "type": "charge.refunded"}"#,
            #"{"id": "e", "type": "checkout.session.completed", "data": {}}"#,
            #"{"id": "e", "type": "checkout.session.completed", "data": {"object": "cs_1"}}"#, "{\"id\": \"e\"",
        ])
    func noEvent(text: String) {
        #expect(throws: DecodingError.self) { try StripeEvent(json: Data(text.utf8)) }
    }

    @Test("events of other kinds are taken and mean nothing, whatever they hold")
    func otherKinds() throws {
        for object in ["null", "[]", #""x""#, #"{"amount_total": "1e99"}"#] {
            #expect(try StripeEvent(json: EventText("evt_1", "customer.created", object).data).content == .other)
        }
    }

    @Test("nesting without end and random bytes are refused and stop nothing")
    func rubbish() {
        let deep = String(repeating: "[", count: 200_000)
        #expect(throws: (any Error).self) { try StripeEvent(json: Data(deep.utf8)) }
        var generator = SeededGenerator(seed: 3)
        let event = EventText.session(
            "evt_1", "completed", id: "cs_1", reference: "o", status: "complete", payment: "paid", amount: 5,
            intent: "pi")
        for _ in 0..<2000 {
            var bytes = Array(event.data)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if let read = try? StripeEvent(json: Data(bytes)), case .session(let facts) = read.content {
                #expect((0...999_999_999_999).contains(facts.amount.minorUnits) && !read.id.isEmpty)
            }
        }
    }
}
