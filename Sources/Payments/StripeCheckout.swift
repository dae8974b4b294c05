// SPDX-License-Identifier: Apache-2.0

package import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1
import Storage

/// Stripe's Checkout Sessions over HTTPS (Stripe API, "Create a Checkout Session").
package enum StripeCheckout {
    /// The API version whose shapes are read here.
    static let version = "2024-06-20"

    package static func provider(secretKey: String, base: URL, client: HTTPClient) -> CheckoutProvider {
        let caller = Caller(secretKey: secretKey, base: base, client: client)
        return CheckoutProvider(
            // Stripe's page lives under its own host; a stand-in's under its API address.
            origin: base.host == "api.stripe.com" ? "https://checkout.stripe.com" : caller.origin,
            createSession: { request in
                try await caller.session(
                    path: "/v1/checkout/sessions",
                    form: [
                        ("mode", "payment"),
                        ("client_reference_id", request.clientReference),
                        ("customer_email", request.email),
                        ("success_url", request.successURL),
                        ("cancel_url", request.cancelURL),
                        ("expires_at", String(Int64(request.expiresAt.timeIntervalSince1970))),
                        ("line_items[0][quantity]", "1"),
                        ("line_items[0][price_data][currency]", request.price.currency.lowercased()),
                        ("line_items[0][price_data][unit_amount]", String(request.price.minorUnits)),
                        ("line_items[0][price_data][product_data][name]", request.label),
                    ], idempotencyKey: request.idempotencyKey)
            },
            retrieveSession: { id in
                try await caller.session(path: sessionPath(id), form: nil, idempotencyKey: nil)
            },
            expireSession: { id in
                do {
                    return try await caller.session(
                        path: "\(sessionPath(id))/expire", form: [], idempotencyKey: "expire-\(id)")
                } catch CheckoutProvider.Failure.refused {
                    // Paid or closed meanwhile: what is true now counts.
                    return try await caller.session(path: sessionPath(id), form: nil, idempotencyKey: nil)
                }
            },
            refund: { request in
                try await caller.decoded(
                    path: "/v1/refunds",
                    form: [
                        ("payment_intent", request.paymentIntent), ("amount", String(request.amount.minorUnits)),
                        ("reason", "requested_by_customer"), ("metadata[refund]", request.reference),
                    ], idempotencyKey: request.idempotencyKey)
            },
            refunds: { paymentIntent in
                let list: RefundList = try await caller.decoded(
                    path: "/v1/refunds?limit=100&payment_intent=\(escaped(paymentIntent))", form: nil,
                    idempotencyKey: nil)
                return list.data
            },
            recentEvents: { try await caller.recentEvents() })
    }

    private struct RefundList: Decodable { let data: [RefundFacts] }

    private static func sessionPath(_ id: String) -> String {
        "/v1/checkout/sessions/\(escaped(id))"
    }

    private static func escaped(_ id: String) -> String {
        let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "_-"))
        return id.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    private struct Caller: Sendable {
        let secretKey: String
        let base: URL
        let client: HTTPClient

        var origin: String {
            let port = base.port.map { ":\($0)" } ?? ""
            return "\(base.scheme ?? "https")://\(base.host ?? "")\(port)"
        }

        /// Tries three times where the answer asks for it; the idempotency key makes that safe.
        func session(
            path: String, form: [(String, String)]?, idempotencyKey: String?
        ) async throws -> SessionFacts {
            try await decoded(path: path, form: form, idempotencyKey: idempotencyKey)
        }

        func decoded<Answer: Decodable>(
            path: String, form: [(String, String)]?, idempotencyKey: String?
        ) async throws -> Answer {
            let data = try await answer(path: path, form: form, idempotencyKey: idempotencyKey)
            guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
                throw CheckoutProvider.Failure.unreadable
            }
            return answer
        }

        /// The last hundred, in the order in which they happened.
        func recentEvents() async throws -> [StripeEvent] {
            let data = try await answer(path: "/v1/events?limit=100", form: nil, idempotencyKey: nil)
            guard let list = try JSONSerialization.jsonObject(with: data) as? [String: Any],
                let items = list["data"] as? [Any]
            else { throw CheckoutProvider.Failure.unreadable }
            return items.reversed().compactMap { item in
                (try? JSONSerialization.data(withJSONObject: item)).flatMap { try? StripeEvent(json: $0) }
            }
        }

        private func answer(
            path: String, form: [(String, String)]?, idempotencyKey: String?
        ) async throws -> Data {
            var last = CheckoutProvider.Failure.unreachable("no answer")
            for attempt in 0..<3 {
                if attempt > 0 { try await Task.sleep(for: .milliseconds(300 * attempt)) }
                do {
                    return try await once(path: path, form: form, idempotencyKey: idempotencyKey)
                } catch let failure as CheckoutProvider.Failure {
                    guard case .unreachable = failure else { throw failure }
                    last = failure
                }
            }
            throw last
        }

        private func once(
            path: String, form: [(String, String)]?, idempotencyKey: String?
        ) async throws -> Data {
            var request = HTTPClientRequest(url: base.absoluteString.trimmingSuffix("/") + path)
            request.headers.add(name: "Authorization", value: "Bearer \(secretKey)")
            request.headers.add(name: "Stripe-Version", value: StripeCheckout.version)
            if let form {
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
                if let idempotencyKey { request.headers.add(name: "Idempotency-Key", value: idempotencyKey) }
                request.body = .bytes(
                    ByteBuffer(string: form.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")))
            }
            let response: HTTPClientResponse
            let body: ByteBuffer
            do {
                response = try await client.execute(request, timeout: .seconds(10))
                body = try await response.body.collect(upTo: 1 << 20)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                throw CheckoutProvider.Failure.unreachable("\(type(of: error))")
            }
            let data = Data(body.readableBytesView)
            switch response.status.code {
            case 200..<300: return data
            case 409, 429, 500...:
                throw CheckoutProvider.Failure.unreachable("status \(response.status.code)")
            default:
                throw CheckoutProvider.Failure.refused(
                    status: Int(response.status.code),
                    code: (try? JSONDecoder().decode(Refusal.self, from: data))?.word ?? "")
            }
        }

        private func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? ""
        }
    }

    private struct Refusal: Decodable {
        struct Content: Decodable {
            let type: String?
            let code: String?
            let param: String?
        }
        let error: Content
        var word: String { [error.type, error.code, error.param].compactMap { $0 }.joined(separator: " ") }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
