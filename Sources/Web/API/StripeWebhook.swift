// SPDX-License-Identifier: Apache-2.0

import Clinic
import Foundation
import HTTPTypes
import Hummingbird

/// Where Stripe tells its news. An answer of 200 says that the event and its effect are on disk.
struct StripeWebhook {
    let clinic: Clinic

    func add(to router: Router<WebContext>) {
        router.post("webhooks/stripe", use: receive)
    }

    @Sendable func receive(_ request: Request, context: WebContext) async throws -> Response {
        guard clinic.settings.stripe != nil else { throw Fault.notFound() }
        var request = request
        // The signature is over the bytes as they came.
        let body = Data(try await request.collectBody(upTo: 1 << 20).readableBytesView)
        do {
            try await clinic.receiveStripeEvent(body: body, signature: request.headers[.stripeSignature] ?? "")
        } catch is DecodingError {
            throw Fault.badRequest("The body is no event that is understood here.")
        }
        return .json(["received": true])
    }
}
