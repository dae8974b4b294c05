// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import StorageTesting
import Synchronization
import Testing

@testable import Storage

@Suite("Jobs, on both engines")
struct JobTests {
    private static let now = Date(microsecondsSince1970: 1_790_000_000_000_000)
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Opens once.
    private final class Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let door: AsyncStream<Void>.Continuation
        init() { (stream, door) = AsyncStream.makeStream() }
        func open() { door.finish() }
        func pass() async { for await _ in stream {} }
    }

    @Test("A letter does not wait behind what computes long")
    func lanes() async throws {
        try await withEachStore(Jobs.migrations) { store in
            try await store.write {
                for number in 3...5 {
                    try Jobs.enqueue("long", payload: number, at: Self.now.addingTimeInterval(-9), in: $0)
                }
                try Jobs.enqueue("letter", payload: 2, at: Self.now.addingTimeInterval(-1), in: $0)
            }
            let gate = Gate()
            let sent = Mutex<[String]>([])
            let handlers: [String: JobRunner.Handler] = [
                "long": { _ in await gate.pass() }, "letter": { job in sent.withLock { $0.append(job.payload) } },
            ]
            func runner(_ lane: JobLane) -> JobRunner {
                JobRunner(
                    store: store, clock: WallClock { Self.now }, handlers: handlers, lane: lane, logger: Self.logger)
            }
            async let long = runner(.only(["long"])).runDue()
            #expect(try await runner(.allBut(["long"])).runDue() == 1)
            #expect(sent.withLock { $0 } == ["2"])
            gate.open()
            #expect(try await long == 3)
            #expect(try await store.read { try Jobs.summary(in: $0).waiting } == 0)
        }
    }

    @Test("A job that takes longer than its lease is not begun a second time")
    func lease() async throws {
        try await withEachStore(Jobs.migrations) { store in
            try await store.write { try Jobs.enqueue("long", payload: 1, at: Self.now, in: $0) }
            let instant = Mutex(Self.now)
            let clock = WallClock { instant.withLock { $0 } }
            let begun = Mutex(0)
            let runner = JobRunner(
                store: store, clock: clock,
                handlers: [
                    "long": { _ in
                        begun.withLock { $0 += 1 }
                        // Four leases go by, each of which the job outlives as its worker renews it.
                        for _ in 0..<4 {
                            let until = clock.now().addingTimeInterval(Jobs.lease - 1)
                            instant.withLock { $0 = until }
                            while try await store.read({
                                try $0.value(Date.self, "SELECT leased_until FROM job") ?? .distantPast
                            }) < until.addingTimeInterval(Jobs.lease) { await Task.yield() }
                            #expect(
                                try await store.write { try Jobs.claim(at: clock.now(), for: .every, in: $0) } == nil)
                        }
                    }
                ], renewing: .milliseconds(2), logger: Self.logger)
            #expect(try await runner.runDue() == 1)
            #expect(begun.withLock { $0 } == 1)
            #expect(try await store.read { try Jobs.summary(in: $0).waiting } == 0)
        }
    }
}
