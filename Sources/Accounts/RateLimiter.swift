// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Synchronization

/// A token bucket for each key, in memory: `burst` at once, then `perMinute`.
package final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Date
    }

    /// More keys than this and the fullest half is forgotten, so that memory stays bounded and those who used the most stay
    /// known.
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
                let emptiest = buckets.sorted { tokens($0.value, at: now) < tokens($1.value, at: now) }
                    .prefix(Self.mostKeys / 2)
                buckets = Dictionary(uniqueKeysWithValues: emptiest.map { ($0.key, $0.value) })
            }
            var bucket = buckets[key] ?? Bucket(tokens: burst, at: now)
            bucket.tokens = tokens(bucket, at: now)
            // Clocks are read before the lock is taken: no second may bring its tokens twice. A clock that was set back is
            // followed, or nobody could go on before it is where it was.
            if now > bucket.at || bucket.at.timeIntervalSince(now) > 60 { bucket.at = now }
            defer { buckets[key] = bucket }
            // Sums of fractions fall short of whole tokens by less than a microsecond brings.
            let missingSeconds = (1 - bucket.tokens) / perSecond - 0.000_001
            guard missingSeconds <= 0 else { return max(1, Int(missingSeconds.rounded(.up))) }
            bucket.tokens -= 1
            return nil
        }
    }

    private func tokens(_ bucket: Bucket, at now: Date) -> Double {
        min(burst, bucket.tokens + max(0, now.timeIntervalSince(bucket.at)) * perSecond)
    }
}
