// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

// Looking into rooms, and who is there.
extension VideoRooms {
    /// A room as one party may see it now, with the signals after a number that are meant for them. Who waits gets only
    /// what is said to the waiting room.
    package func sight(
        of seat: JoinLinks.Seat, after number: Int64, at now: Date, in transaction: any Transaction
    ) throws -> RoomSight {
        let room = try require(seat.visit, in: transaction)
        let all = try parties(of: seat.visit, in: transaction)
        guard let own = all.first(where: { $0.id == seat.party }), own.state != .removed else {
            throw TelehealthError.unknownLink
        }
        return RoomSight(
            room: room, parties: all,
            place: own.state == .waiting && own.role == .patient ? try place(of: room, in: transaction) : nil,
            signals: try Signals().list(
                of: room, for: own, after: number, in: transaction))
    }

    /// How many patients wait before the same door with earlier visits, and oneself.
    private func place(of room: VideoRoom, in transaction: any Transaction) throws -> Int {
        let before =
            try transaction.value(
                Int.self,
                """
                SELECT count(*) FROM video_room AS other
                JOIN video_party ON video_party.visit = other.visit AND video_party.role = 'patient'
                WHERE other.closed_at IS NULL AND other.host = \(room.host) AND video_party.state = 'waiting'
                    AND video_party.seen_at IS NOT NULL
                    AND (other.starts_at < \(room.start) OR (other.starts_at = \(room.start) AND other.visit < \(room.visit)))
                """) ?? 0
        return before + 1
    }

    /// The rooms of some visits with who is in them, for the list of who waits.
    package func list(
        _ visits: [String], in transaction: any Transaction
    ) throws -> [String: (room: VideoRoom?, parties: [VideoParty])] {
        var found: [String: (room: VideoRoom?, parties: [VideoParty])] = [:]
        for row in try transaction.rows("SELECT * FROM video_room WHERE visit IN \(SQL.list(visits))") {
            let room = try VideoRoom(row)
            found[room.visit] = (room, [])
        }
        for row in try transaction.rows("SELECT * FROM video_party WHERE visit IN \(SQL.list(visits)) ORDER BY id") {
            let party = try VideoParty(row)
            found[party.visit, default: (nil, [])].parties.append(party)
        }
        return found
    }

    // MARK: Word of changes

    /// Notes that a room changed; its new revision.
    @discardableResult
    package func bump(_ visit: String, in transaction: any Transaction) throws -> Int64 {
        let revision = try nextRevision(in: transaction)
        try transaction.run("UPDATE video_room SET revision = \(revision) WHERE visit = \(visit)")
        return revision
    }

    /// Notes that a room changed, and with it the places of those who wait before the same door.
    func bumpQueue(of room: VideoRoom, in transaction: any Transaction) throws {
        let revision = try nextRevision(in: transaction)
        try transaction.run(
            """
            UPDATE video_room SET revision = \(revision)
            WHERE visit = \(room.visit) OR (closed_at IS NULL AND host = \(room.host) AND visit IN (
                SELECT visit FROM video_party WHERE state = 'waiting' AND seen_at IS NOT NULL))
            """)
    }

    func nextRevision(in transaction: any Transaction) throws -> Int64 {
        guard
            let revision = try transaction.value(
                Int64.self, "UPDATE video_revision SET revision = revision + 1 WHERE one = 1 RETURNING revision")
        else { throw DatabaseError.schema("video_revision has no row") }
        return revision
    }

    package func lastRevision(in transaction: any Transaction) throws -> Int64 {
        try transaction.value(Int64.self, "SELECT revision FROM video_revision") ?? 0
    }

    /// The rooms that changed after a revision. One question for a whole process, however many listen.
    package func changed(after revision: Int64, in transaction: any Transaction) throws -> [(
        visit: String, revision: Int64
    )] {
        try transaction.rows("SELECT visit, revision FROM video_room WHERE revision > \(revision) ORDER BY revision")
            .map {
                (try $0.get("visit"), try $0.get("revision"))
            }
    }

    // MARK: Presence

    /// Notes that these parties' pages listen now.
    package func touch(_ parties: [VideoParty.ID], at now: Date, in transaction: any Transaction) throws {
        var rest = parties[...]
        while !rest.isEmpty {
            // Engines bound the number of values in one statement.
            let part = rest.prefix(500)
            rest = rest.dropFirst(500)
            try transaction.run("UPDATE video_party SET seen_at = \(now) WHERE id IN \(SQL.list(part))")
        }
    }

    /// Notes that one party's page listens, and tells the room where that is news.
    package func appear(_ seat: JoinLinks.Seat, at now: Date, in transaction: any Transaction) throws {
        let party = try party(seat.party, in: transaction)
        try transaction.run("UPDATE video_party SET seen_at = \(now) WHERE id = \(seat.party)")
        if !party.isHere(at: now), let room = try find(seat.visit, in: transaction) {
            try bumpQueue(of: room, in: transaction)
        }
    }

    /// Notes that one party's last page closed.
    package func disappear(_ seat: JoinLinks.Seat, in transaction: any Transaction) throws {
        guard let room = try find(seat.visit, in: transaction) else { return }
        let changed = try transaction.run(
            "UPDATE video_party SET seen_at = NULL WHERE id = \(seat.party) AND seen_at IS NOT NULL")
        if changed > 0 { try bumpQueue(of: room, in: transaction) }
    }

    package func hasSilent(at now: Date, in transaction: any Transaction) throws -> Bool {
        try transaction.first(
            "SELECT 1 FROM video_party WHERE seen_at < \(now.addingTimeInterval(-VideoParty.silenceSeconds)) LIMIT 1")
            != nil
    }

    /// Forgets pages that fell silent with their server.
    package func forgetSilent(at now: Date, in transaction: any Transaction) throws {
        let silent = try transaction.rows(
            """
            UPDATE video_party SET seen_at = NULL
            WHERE seen_at < \(now.addingTimeInterval(-VideoParty.silenceSeconds)) RETURNING visit
            """)
        for visit in Set(try silent.map { try $0.get("visit", as: String.self) }) {
            if let room = try find(visit, in: transaction) { try bumpQueue(of: room, in: transaction) }
        }
    }

    // MARK: What is shown, how it went

    package func show(
        _ shown: VideoRoom.Shown?, in visit: String, by party: VideoParty, transaction: any Transaction
    ) throws {
        guard party.role == .clinician, party.state == .admitted, party.visit == visit else {
            throw TelehealthError.notPermitted
        }
        let text = try shown.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try transaction.run("UPDATE video_room SET shown = \(text) WHERE visit = \(visit)")
        try bump(visit, in: transaction)
    }

    /// Keeps what a browser measured of its call so far.
    package func record(
        _ figures: CallFigures, of seat: JoinLinks.Seat, at now: Date, in transaction: any Transaction
    ) throws {
        let party = try party(seat.party, in: transaction)
        guard party.visit == seat.visit, party.admittedAt != nil else { throw TelehealthError.notAdmitted }
        guard figures.isPlausible else { throw TelehealthError.malformed("the figures are none that a call can have") }
        let text = String(decoding: try JSONEncoder().encode(figures), as: UTF8.self)
        try transaction.run("UPDATE video_party SET figures = \(text) WHERE id = \(seat.party)")
        if figures.connectedSeconds > 0 {
            try transaction.run(
                "UPDATE video_room SET connected_at = COALESCE(connected_at, \(now)) WHERE visit = \(seat.visit)")
        }
    }
}
