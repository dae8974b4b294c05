// SPDX-License-Identifier: Apache-2.0

package import Logging

/// Does the jobs of one program, a few at a time, until its task is cancelled.
package struct JobRunner: Sendable {
    /// Does one job's work; throwing puts it back for later.
    package typealias Handler = @Sendable (Job) async throws -> Void

    private let store: Store
    private let clock: WallClock
    private let handlers: [String: Handler]
    private let lane: JobLane
    private let renewing: Duration
    private let logger: Logger

    /// - Parameter renewing: how often a job under way says that it is; far below its lease of two minutes.
    package init(
        store: Store, clock: WallClock, handlers: [String: Handler], lane: JobLane = .every,
        renewing: Duration = .seconds(40), logger: Logger
    ) {
        self.store = store
        self.clock = clock
        self.handlers = handlers
        self.lane = lane
        self.renewing = renewing
        self.logger = logger
    }

    /// Does everything that is due now; the number of jobs done or put back.
    @discardableResult
    package func runDue() async throws -> Int {
        var count = 0
        while try await runNext() { count += 1 }
        return count
    }

    /// Looks for due work every `pause`, until cancelled. A job begun is finished.
    package func run(lookingEvery pause: Duration = .milliseconds(500)) async {
        while !Task.isCancelled {
            do {
                try await runDue()
            } catch {
                logger.error("The job queue can't be read; it is tried again.", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
    }

    private func runNext() async throws -> Bool {
        let now = clock.now()
        guard !Task.isCancelled, try await store.read({ try Jobs.hasDue(at: now, for: lane, in: $0) }),
            let job = try await store.write({ try Jobs.claim(at: now, for: lane, in: $0) })
        else { return false }
        // Its own task, so that a graceful stop lets the job end instead of cutting its network call.
        await Task { await perform(job) }.value
        return true
    }

    /// Renews a long job's lease until cancelled: without it a second worker would begin the job while the first is at it.
    private func keepLease(of job: Job) -> Task<Void, Never> {
        Task {
            while (try? await Task.sleep(for: renewing)) != nil {
                let now = clock.now()
                try? await store.write { try Jobs.renew(job, at: now, in: $0) }
            }
        }
    }

    private func perform(_ job: Job) async {
        do {
            guard let handler = handlers[job.kind] else { throw UnknownJobKind(kind: job.kind) }
            let lease = keepLease(of: job)
            defer { lease.cancel() }
            try await handler(job)
            try await store.write { try Jobs.finish(job, in: $0) }
        } catch {
            logger.warning(
                "A job failed and is tried again later.",
                metadata: ["kind": "\(job.kind)", "attempt": "\(job.attempt)", "error": "\(error)"])
            let why = "\(error)"
            let now = clock.now()
            try? await store.write { try Jobs.fail(job, why: why, at: now, in: $0) }
        }
    }
}

struct UnknownJobKind: Error {
    let kind: String
}
