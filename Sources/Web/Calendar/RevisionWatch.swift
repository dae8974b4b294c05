// SPDX-License-Identifier: Apache-2.0

import Clinic
import NIOCore

/// The events of one screen that listens: the diary's revision at first and whenever it has risen, and a sign of life between.
actor RevisionWatch {
    private static let pause = Duration.milliseconds(400)
    private static let mostRounds = 1500
    private let clinic: Clinic
    private var known: Int64?
    private var rounds = 0

    init(clinic: Clinic) { self.clinic = clinic }

    /// The next event; nil once there are no more.
    func next() async -> ByteBuffer? {
        while rounds < Self.mostRounds {
            if known != nil {
                do { try await Task.sleep(for: Self.pause) } catch { return nil }
            }
            rounds += 1
            guard let revision = try? await clinic.diaryRevision() else { return nil }
            if revision != known {
                known = revision
                return ByteBuffer(string: "event: revision\ndata: \(revision)\n\n")
            }
            // By it a connection that is gone is noticed.
            if rounds % 40 == 0 { return ByteBuffer(string: ": here\n\n") }
        }
        return nil
    }
}
