// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Testing

/// The same promise in whole numbers: a token is 60,000 parts, and a millisecond brings `perMinute` of them.
private struct ExactBucket {
    let burst: Int
    let perMinute: Int
    var parts: Int
    var at = 0

    init(burst: Int, perMinute: Int) {
        (self.burst, self.perMinute) = (burst, perMinute)
        parts = burst * 60_000
    }

    mutating func take(atMillisecond now: Int) -> Int? {
        parts = min(burst * 60_000, parts + (now - at) * perMinute)
        at = now
        if parts >= 60_000 {
            parts -= 60_000
            return nil
        }
        let missing = 60_000 - parts
        return max(1, (missing + perMinute * 1000 - 1) / (perMinute * 1000))
    }
}

@Suite("The rate limiter")
struct RateLimiterTests {
    private func instant(_ millisecond: Int) -> Date {
        Date(timeIntervalSince1970: 1_772_452_800 + Double(millisecond) / 1000)
    }

    @Test(
        "random uses of several keys: who goes on and who waits how long is what whole numbers say", arguments: 0..<20)
    func exact(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let burst = Int.random(in: 1...30, using: &generator)
        let perMinute = [1, 3, 7, 10, 20, 60, 600].randomElement(using: &generator) ?? 10
        let limiter = RateLimiter(burst: burst, perMinute: Double(perMinute))
        var buckets = Array(repeating: ExactBucket(burst: burst, perMinute: perMinute), count: 3)
        var now = 0
        var refused = 0
        for step in 0..<trials(2000, full: 50_000) {
            now += [0, 0, 1, 500, 1000, 3000, 6000, 60_000 / perMinute].randomElement(using: &generator) ?? 0
            let key = Int.random(in: 0..<3, using: &generator)
            let wait = limiter.take("key\(key)", at: instant(now))
            #expect(wait == buckets[key].take(atMillisecond: now), "step \(step)")
            if wait != nil { refused += 1 }
        }
        #expect(refused > 0 || perMinute >= 20)
    }

    @Test("who waits as long as told goes on")
    func waiting() {
        for perMinute in [1, 7, 10, 13, 59] as [Double] {
            let limiter = RateLimiter(burst: 3, perMinute: perMinute)
            var now = 0
            for _ in 0..<200 {
                guard let wait = limiter.take("a", at: instant(now)) else { continue }
                now += wait * 1000
                #expect(limiter.take("a", at: instant(now)) == nil)
            }
        }
    }

    @Test("no window holds more than the burst and what it brings, also where clocks are read out of order")
    func windows() {
        var generator = SeededGenerator(seed: 8)
        let limiter = RateLimiter(burst: 5, perMinute: 30)
        var taken: [Int] = []
        for step in 0..<3000 {
            let now = step * 20 - Int.random(in: 0...4000, using: &generator)
            if limiter.take("a", at: instant(now)) == nil { taken.append(now) }
        }
        taken.sort()
        var worst = 0.0
        for (index, first) in taken.enumerated() {
            for (count, last) in taken[index...].enumerated() {
                worst = max(worst, Double(count + 1) - 5 - Double(last - first + 4000) / 2000)
            }
        }
        #expect(worst < 0.001, "a window let so many too many go on")
        #expect(taken.count > 20)
    }

    @Test("a clock set back by an hour closes nobody out for an hour")
    func clockSetBack() {
        let limiter = RateLimiter(burst: 2, perMinute: 60)
        for _ in 0..<3 { _ = limiter.take("a", at: instant(3_600_000)) }
        #expect(limiter.take("a", at: instant(0)) == 1)
        #expect(limiter.take("a", at: instant(1000)) == nil)
    }

    @Test("60,000 passers-by do not free a key that has used itself up")
    func manyKeys() {
        let limiter = RateLimiter(burst: 5, perMinute: 1)
        for _ in 0..<5 { #expect(limiter.take("busy", at: instant(0)) == nil) }
        for number in 0..<60_000 { #expect(limiter.take("key\(number)", at: instant(1)) == nil) }
        #expect(limiter.take("busy", at: instant(2)) != nil)
    }
}
