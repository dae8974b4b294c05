// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Storage
package import Telehealth

// Word of what happens in rooms, to the pages that listen in this process.
extension Clinic {
    private static let lookMilliseconds = 200
    /// Between two signs of life.
    private static let looksPerBeat = 75

    /// Notices what other processes did, keeps pages' presence, and lets lines that are gone be noticed; until cancelled. One
    /// question for all rooms, and none while nobody listens.
    package func watchRooms() async {
        var known: Int64?
        var looks = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
            looks += 1
            do {
                if roomBoard.isEmpty {
                    known = nil
                } else if let revision = known {
                    for room in try await store.read({ try VideoRooms().changed(after: revision, in: $0) }) {
                        roomBoard.wake(room.visit, revision: room.revision)
                        known = max(known ?? 0, room.revision)
                    }
                } else {
                    known = try await store.read { try VideoRooms().lastRevision(in: $0) }
                    // Between the first page's look and this, another process may have changed its room.
                    roomBoard.wakeAll()
                }
                if looks % Self.looksPerBeat == 0 { try await keepPresence() }
            } catch {
                logger.warning(
                    "The rooms can't be looked at; it is tried again.", metadata: ["error": "\(type(of: error))"])
            }
        }
    }

    private func keepPresence() async throws {
        let now = clock.now()
        let present = roomBoard.present
        if !present.isEmpty { try await store.write { try VideoRooms().touch(present, at: now, in: $0) } }
        // What fell silent with another process; asked for by each, changed by the first.
        if try await store.read({ try VideoRooms().hasSilent(at: now, in: $0) }) {
            try await store.write { try VideoRooms().forgetSilent(at: now, in: $0) }
        }
        roomBoard.beat()
    }

    package func appearInRoom(_ seat: JoinLinks.Seat) async {
        let now = clock.now()
        try? await store.write { try VideoRooms().appear(seat, at: now, in: $0) }
        roomBoard.wake(seat.visit)
    }

    package func disappearFromRoom(_ seat: JoinLinks.Seat) async {
        try? await store.write { try VideoRooms().disappear(seat, in: $0) }
        roomBoard.wake(seat.visit)
    }
}
