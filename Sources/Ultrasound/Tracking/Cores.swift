// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Spreads work over the cores, or keeps it on the calling thread.
enum Cores {
    /// Calls `body` for ranges that together are `0..<count`; with more than one thread, from several at once.
    static func perform(_ count: Int, grain: Int, isParallel: Bool, _ body: @Sendable (Range<Int>) -> Void) {
        let chunks = (count + grain - 1) / grain
        guard isParallel, chunks > 1 else {
            if count > 0 { body(0..<count) }
            return
        }
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
            body(chunk * grain..<min((chunk + 1) * grain, count))
        }
    }
}
