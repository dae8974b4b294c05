// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Synchronization

/// A token bucket for each key, in memory: `burst` at once, then `perMinute`.
package final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Date
    }

    /// More keys than this and the fullest are forgotten, so that memory stays bounded.
    private static let mostKeys = 50_000
    private let burst: Double
    private let perSecond: Double
    private let buckets = Mutex<[String: Bucket]>([:])

    package init(burst: Int, perMinute: Double) {
        self.burst = Double(burst)
        perSecond = perMinute / 60
    }

    /// Nil where the key may go on; else the seconds to wait.
    package func take(_ key: String, at now: Date) -> Int? {
        buckets.withLock { buckets in
            if buckets.count > Self.mostKeys {
                buckets = buckets.filter { now.timeIntervalSince($0.value.at) * perSecond < burst }
                if buckets.count > Self.mostKeys { buckets = [:] }
            }
            var bucket = buckets[key] ?? Bucket(tokens: burst, at: now)
            bucket.tokens = min(burst, bucket.tokens + max(0, now.timeIntervalSince(bucket.at)) * perSecond)
            bucket.at = now
            defer { buckets[key] = bucket }
            guard bucket.tokens >= 1 else { return max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up))) }
            bucket.tokens -= 1
            return nil
        }
    }
}
