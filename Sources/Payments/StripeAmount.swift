// SPDX-License-Identifier: Apache-2.0

/// A sum as Stripe writes it: minor units, never negative, twelve digits at most (Stripe, "Supported currencies"). Within
/// these bounds no sum of the ledger can overflow.
struct StripeAmount: Decodable {
    let minorUnits: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        minorUnits = try container.decode(Int64.self)
        guard (0...999_999_999_999).contains(minorUnits) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a sum that no one can pay")
        }
    }
}
