// SPDX-License-Identifier: Apache-2.0

/// The name of another object, which Stripe also writes as the whole object ("Expanding responses").
struct StripeReference: Decodable {
    let id: String

    private struct Expanded: Decodable { let id: String }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            id = try container.decode(String.self)
        } catch DecodingError.typeMismatch {
            id = try container.decode(Expanded.self).id
        }
    }
}
