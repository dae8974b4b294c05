// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Foundation

/// `Fascia-Signature: t=…,v1=…`: HMAC-SHA256 over the time, a dot and the body's bytes, with the endpoint's secret as it stands
/// there. The scheme is Stripe's, so receivers can use what they have. During a rotation there are two `v1`.
package enum WebhookSignature {
    package static let headerName = "Fascia-Signature"

    package static func header(body: String, secrets: [String], at now: Date) -> String {
        let time = Int64(now.timeIntervalSince1970)
        let signed = Data("\(time).\(body)".utf8)
        let signatures = secrets.map { secret in
            "v1="
                + HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Data(secret.utf8)))
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        return (["t=\(time)"] + signatures).joined(separator: ",")
    }
}

/// The way out of the building for webhooks.
package struct WebhookTransport: Sendable {
    package struct Call: Sendable {
        package let address: WebhookAddress
        package let headers: [(String, String)]
        package let body: String

        package init(address: WebhookAddress, headers: [(String, String)], body: String) {
            self.address = address
            self.headers = headers
            self.body = body
        }
    }

    /// The status of the answer.
    /// - Throws: `WebhookAddress.Refusal`, or anything where there is no answer.
    package var send: @Sendable (Call) async throws -> Int

    package init(send: @escaping @Sendable (Call) async throws -> Int) { self.send = send }
}
