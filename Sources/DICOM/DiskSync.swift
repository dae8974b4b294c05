// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Whether the disk has a file that was written: known a moment later than the rest, so that both go on at the same time.
package final class DiskSync: Sendable {
    package struct Failure: Error {}

    private let outcome = Mutex<Bool?>(nil)
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
        outcome.withLock { $0 = $0 ?? isOnDisk }
        told.signal()
    }

    /// Waits on the calling thread, ten seconds at most.
    /// - Throws: `Failure` where the disk refused, or where nobody says.
    package func wait() throws {
        let isTold = told.wait(timeout: .now() + 10) == .success
        // For whoever asks again: a transaction may run twice.
        if isTold { told.signal() }
        guard isTold, outcome.withLock({ $0 }) == true else { throw Failure() }
    }
}
