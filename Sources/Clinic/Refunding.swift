// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Payments
import Storage

// The provider is asked to send money back.
extension Clinic {
    /// Asks under the key of our own row. The provider forgets keys after a day, so a later try looks first whether an
    /// earlier one came through.
    func sendRefund(_ job: Job) async throws {
        let id = try job.decode(Refunds.SendJob.self).refund
        guard let refund = try await store.read({ [refunds] in try refunds.find(id, in: $0) }),
            refund.state == .requested, let intent = refund.paymentIntent
        else { return }
        let now = clock.now()
        do {
            let known =
                job.attempt == 1
                ? nil : try await provider.refunds(intent).first { $0.ownReference == id.description }
            let facts: RefundFacts
            if let known {
                facts = known
            } else {
                facts = try await provider.refund(RefundRequest(refund, paymentIntent: intent))
            }
            try await store.write { [settlement] in try settlement.apply(facts, at: now, in: $0) }
        } catch CheckoutProvider.Failure.refused(let status, let code) {
            logger.error("The provider refuses a refund.", metadata: ["status": "\(status)", "code": "\(code)"])
            try await store.write { [refunds] transaction in
                try refunds.fail(id, why: "The provider refused: \(code)", at: now, in: transaction)
            }
        }
    }

    func expirePackage(_ job: Job) async throws {
        let id = try job.decode(Packages.ExpireJob.self).package
        let now = clock.now()
        try await store.write { [packages] in try packages.expire(id, at: now, in: $0) }
    }
}
