// SPDX-License-Identifier: Apache-2.0

import Clinic
import Foundation
import ServiceLifecycle
import Storage
import Telehealth

/// The events of one page in a room.
struct RoomFeed {
    /// Then the page asks again, so that whoever may no longer listen does not go on.
    static let longest = Duration.seconds(600)
    private static let signOfLife = "event: here\ndata: \n\n"

    let clinic: Clinic
    let seat: JoinLinks.Seat
    /// The number of the last signal that the page heard.
    var heard: Int64
    private var lastNews = ""
    private var lastVersion: UInt64?

    init(clinic: Clinic, seat: JoinLinks.Seat, heard: Int64) {
        self.clinic = clinic
        self.seat = seat
        self.heard = heard
    }

    mutating func run(_ listener: RoomBoard.Listener, _ write: CallChannel.Write) async throws {
        let end = ContinuousClock.now + Self.longest
        try await write("retry: 1000\n\n")
        guard try await look(write) else { return }
        for await _ in listener.beats.cancelOnGracefulShutdown() {
            guard ContinuousClock.now < end else { return }
            if clinic.roomBoard.version(of: seat.visit) == lastVersion {
                try await write(Self.signOfLife)
            } else if try await !look(write) {
                return
            }
        }
    }

    /// Looks into the room and tells what is new; false once there is nothing more to hear.
    private mutating func look(_ write: CallChannel.Write) async throws -> Bool {
        // Read before the database is: what happens between is looked at once more.
        lastVersion = clinic.roomBoard.version(of: seat.visit)
        let sight: RoomSight
        do {
            sight = try await clinic.callSight(of: seat, after: heard)
        } catch is TelehealthError {
            try await write("event: gone\ndata: \n\n")
            return false
        }
        var text = ""
        for signal in sight.signals {
            text += "event: signal\nid: \(signal.number)\ndata: \(Self.line(signal))\n\n"
        }
        heard = max(heard, sight.room.lastSignal)
        let news = RoomNews(sight, seat: seat, now: clinic.clock.now()).line
        if news != lastNews {
            text += "event: room\nid: \(heard)\ndata: \(news)\n\n"
            lastNews = news
        }
        try await write(text.isEmpty ? Self.signOfLife : text)
        return sight.room.closedAt == nil
    }

    /// A signal as one line of JSON; its body is one already.
    static func line(_ signal: Signal) -> String {
        func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        return
            "{\"number\":\(signal.number),\"client\":\(json(signal.client)),\"from\":\(quoted(signal.sender?.description)),"
            + "\"kind\":\"\(signal.kind.rawValue)\",\"at\":\"\(signal.sentAt.formatted(.iso8601))\",\"body\":\(signal.body)}"
    }

    /// A text that a browser chose, as JSON.
    private static func json(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}

/// The room as a page draws it.
struct RoomNews: Encodable {
    struct Person: Encodable {
        let id: String
        let name: String
        let role: VideoParty.Role
        let state: VideoParty.State
        let isHere: Bool
        let waitingSince: String?
    }

    let state: String
    /// 1 is next.
    let place: Int?
    let startsAt: String
    let people: [Person]
    let shown: VideoRoom.Shown?

    init(_ sight: RoomSight, seat: JoinLinks.Seat, now: Date) {
        let own = sight.parties.first { $0.id == seat.party }
        state = sight.room.closedAt != nil ? "closed" : own?.state.rawValue ?? "removed"
        place = sight.place
        startsAt = sight.room.start.formatted(.iso8601)
        // Who waits sees who else there is only by whether the clinician is in.
        let mayKnow = own?.state == .admitted
        people = sight.parties.filter {
            $0.state != .removed && (mayKnow || $0.id == seat.party || $0.role == .clinician)
        }.map {
            Person(
                id: $0.id.description, name: $0.name, role: $0.role, state: $0.state, isHere: $0.isHere(at: now),
                waitingSince: $0.state == .waiting ? $0.arrivedAt?.formatted(.iso8601) : nil)
        }
        shown = mayKnow ? sight.room.shown : nil
    }

    var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
