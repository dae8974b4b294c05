// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Limits every write that needs no account, by the address of the other end.
struct RateLimits: Sendable {
    private let bookings: RateLimiter
    private let orders: RateLimiter
    private let signIns: RateLimiter
    private let clock: @Sendable () -> Date
    private let trustedProxies: Set<String>

    init(clinic: Clinic) {
        // The demo is there to be tried, measured and raced, so its bookings and orders are hardly limited.
        let factor = clinic.settings.isDemo ? 1000 : 1
        bookings = RateLimiter(burst: 30 * factor, perMinute: Double(30 * factor))
        orders = RateLimiter(burst: 20 * factor, perMinute: Double(10 * factor))
        signIns = RateLimiter(burst: 20, perMinute: 10)
        clock = clinic.clock.now
        trustedProxies = clinic.settings.trustedProxies
    }

    enum Kind { case booking, order, signIn }

    func check(_ kind: Kind, _ request: Request, _ context: WebContext) throws {
        let limiter =
            switch kind {
            case .booking: bookings
            case .order: orders
            case .signIn: signIns
            }
        if let wait = limiter.take(clientAddress(request, context), at: clock()) {
            throw Fault.tooMany(retryAfterSeconds: wait)
        }
    }

    /// The proxy's word counts only where the owner named the proxy; then the last address it did not add itself.
    private func clientAddress(_ request: Request, _ context: WebContext) -> String {
        guard trustedProxies.contains(context.peerAddress), let header = request.headers[.forwardedFor] else {
            return context.peerAddress
        }
        let chain = header.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        return chain.last { !trustedProxies.contains($0) } ?? context.peerAddress
    }
}
