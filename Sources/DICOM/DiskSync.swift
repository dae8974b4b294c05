// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Whether the disk has a file that was written: known a moment later than the rest, so that both go on at the same time.
package final class DiskSync: Sendable {
    package struct Failure: Error {}
    package struct Late: Error {}

    private struct State {
        var outcome: Bool?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let told = DispatchSemaphore(value: 0)

    package init() {}

    /// One that is on disk already.
    package static var done: DiskSync {
        let sync = DiskSync()
        sync.tell(true)
        return sync
    }

    /// The first word counts.
    func tell(_ isOnDisk: Bool) {
        let waiting = state.withLock { state in
            state.outcome = state.outcome ?? isOnDisk
            defer { state.waiting = [] }
            return state.waiting
        }
        told.signal()
        for one in waiting { one.resume() }
    }

    /// Waits on the calling thread, `milliseconds` at most: a transaction in which it waits keeps all others waiting.
    /// - Throws: `Failure` where the disk refused, `Late` where it has not said yet.
    package func wait(milliseconds: Int) throws {
        guard told.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { throw Late() }
        // For whoever asks again: a transaction may run twice.
        told.signal()
        guard state.withLock({ $0.outcome }) == true else { throw Failure() }
    }

    /// Until nobody writes to the file any more, whatever came of it.
    package func settled() async {
        await withCheckedContinuation { continuation in
            let isTold = state.withLock { state in
                if state.outcome == nil { state.waiting.append(continuation) }
                return state.outcome != nil
            }
            if isTold { continuation.resume() }
        }
    }
}
