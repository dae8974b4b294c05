// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Who listens in this process, and a wake-up for them: a page that waits for news asks the database only when there is some.
package final class RoomBoard: Sendable {
    /// A page that listens; it is forgotten when its stream ends.
    package struct Listener: Sendable {
        let number: UInt64
        /// A beat for each time that there may be news, or that it is time for a sign of life.
        package let beats: AsyncStream<Void>
    }

    /// Listens to every room: the list of who waits.
    package static let everyRoom = "*"

    /// Of one party at once. Who opens more loses the oldest: nobody needs them, and lines are what a flood would use up.
    package static let mostPages = 6

    private struct Entry {
        let visit: String
        let seat: JoinLinks.Seat?
        let continuation: AsyncStream<Void>.Continuation
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var ofVisit: [String: Set<UInt64>] = [:]
        var next: UInt64 = 0
        /// How often each room that is listened to was woken.
        var versions: [String: UInt64] = [:]
        /// The last revision that was told, of each room.
        var told: [String: Int64] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func listen(to visit: String, from seat: JoinLinks.Seat? = nil) -> Listener {
        let (beats, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            if let seat {
                let own = (state.ofVisit[visit] ?? []).filter { state.entries[$0]?.seat == seat }
                if own.count >= Self.mostPages, let oldest = own.min() {
                    state.ofVisit[visit]?.remove(oldest)
                    state.entries.removeValue(forKey: oldest)?.continuation.finish()
                }
            }
            state.next += 1
            state.entries[state.next] = Entry(visit: visit, seat: seat, continuation: continuation)
            state.ofVisit[visit, default: []].insert(state.next)
            return state.next
        }
        return Listener(number: number, beats: beats)
    }

    /// Ends a listener's beats, so that its stream ends; for a line that was closed at the other end.
    package func hangUp(_ listener: Listener) {
        state.withLock { state in state.entries[listener.number]?.continuation.finish() }
    }

    /// Forgets a listener.
    /// - Returns: whether nobody else of its party listens in this process.
    package func end(_ listener: Listener) -> Bool {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: listener.number) else { return false }
            entry.continuation.finish()
            state.ofVisit[entry.visit]?.remove(listener.number)
            if state.ofVisit[entry.visit]?.isEmpty == true {
                state.ofVisit[entry.visit] = nil
                state.versions[entry.visit] = nil
                state.told[entry.visit] = nil
            }
            guard let seat = entry.seat else { return false }
            return !(state.ofVisit[entry.visit] ?? []).contains { state.entries[$0]?.seat == seat }
        }
    }

    /// Rises with each wake-up of a room: a beat without a new version is only a sign of life.
    package func version(of visit: String) -> UInt64 { state.withLock { $0.versions[visit] ?? 0 } }

    package var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }

    /// Wakes who listens to a room. Without a revision, always; else once for each.
    package func wake(_ visit: String, revision: Int64? = nil) {
        state.withLock { state in
            if let revision {
                guard revision > state.told[visit] ?? 0 else { return }
                if state.ofVisit[visit] != nil { state.told[visit] = revision }
            }
            for place in [visit, Self.everyRoom] {
                guard let listeners = state.ofVisit[place] else { continue }
                state.versions[place, default: 0] += 1
                for listener in listeners { state.entries[listener]?.continuation.yield() }
            }
        }
    }

    /// Wakes every room that is listened to: for when it is not known which of them changed.
    package func wakeAll() {
        state.withLock { state in
            for (visit, listeners) in state.ofVisit {
                state.versions[visit, default: 0] += 1
                for listener in listeners { state.entries[listener]?.continuation.yield() }
            }
        }
    }

    /// A beat for everybody, by which a line that is gone is noticed.
    package func beat() {
        state.withLock { state in for entry in state.entries.values { entry.continuation.yield() } }
    }

    /// Whose pages listen in this process.
    package var present: [VideoParty.ID] {
        state.withLock { state in Array(Set(state.entries.values.compactMap { $0.seat?.party })) }
    }
}
