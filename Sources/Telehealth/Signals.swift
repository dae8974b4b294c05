// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// The messages of rooms: rows, numbered in each room, so that who lost the line asks for what came after the last one heard.
package struct Signals: Sendable {
    /// Messages in one request.
    package static let mostAtOnce = 40
    /// The sender of what the clinic itself says.
    static let clinicSender = "clinic"

    package init() {}

    /// Takes messages of one party, in their order, each once. All of them are taken, or none.
    /// - Returns: the room's revision after them.
    /// - Throws: `TelehealthError`.
    package func post(
        _ drafts: [SignalDraft], from seat: JoinLinks.Seat, at now: Date, in transaction: any Transaction
    ) throws -> Int64 {
        guard (1...Self.mostAtOnce).contains(drafts.count) else {
            throw TelehealthError.malformed("a request brings 1 to \(Self.mostAtOnce) messages")
        }
        let rooms = VideoRooms()
        let room = try rooms.require(seat.visit, in: transaction)
        guard room.closedAt == nil else { throw TelehealthError.over }
        let all = try rooms.parties(of: seat.visit, in: transaction)
        guard let own = all.first(where: { $0.id == seat.party }), own.state == .admitted else {
            throw TelehealthError.notAdmitted
        }
        let known = Set(
            try transaction.rows(
                """
                SELECT client FROM video_signal WHERE visit = \(seat.visit) AND sender = \(seat.party.description)
                    AND client IN \(SQL.list(drafts.map(\.client)))
                """
            ).map { try $0.get("client", as: String.self) })
        var number = room.lastSignal
        for draft in drafts where !known.contains(draft.client) {
            guard (1...64).contains(draft.client.utf8.count) else {
                throw TelehealthError.malformed("a message's own name is 1 to 64 characters")
            }
            if let fault = draft.content.fault { throw TelehealthError.malformed(fault) }
            if let recipient = draft.recipient {
                // Somebody who has just left is no reason to refuse what else was said.
                guard let other = all.first(where: { $0.id == recipient }), other.id != own.id else {
                    throw TelehealthError.unknownParty
                }
                guard other.state == .admitted else { continue }
            }
            number += 1
            try insert(
                number, in: room.visit, from: own.id.description, to: draft.recipient, draft.content.kind,
                body: try draft.content.body(), client: draft.client, at: now, transaction)
        }
        guard number > room.lastSignal else { return room.revision }
        return try advance(room.visit, to: number, in: transaction)
    }

    /// Says something in the clinic's own name.
    /// - Parameter key: said again under the same key, it is said once.
    package func say(
        _ kind: Signal.Kind, body: some Encodable, to recipient: VideoParty.ID?, in visit: String, key: String,
        at now: Date, transaction: any Transaction
    ) throws {
        let room = try VideoRooms().require(visit, in: transaction)
        guard
            try transaction.first(
                """
                SELECT number FROM video_signal WHERE visit = \(visit) AND sender = \(Self.clinicSender) AND client = \(key)
                """) == nil
        else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try insert(
            room.lastSignal + 1, in: visit, from: Self.clinicSender, to: recipient, kind,
            body: String(decoding: try encoder.encode(body), as: UTF8.self), client: key, at: now, transaction)
        _ = try advance(visit, to: room.lastSignal + 1, in: transaction)
    }

    private func insert(
        _ number: Int64, in visit: String, from sender: String, to recipient: VideoParty.ID?, _ kind: Signal.Kind,
        body: String, client: String, at now: Date, _ transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO video_signal (visit, number, sender, recipient, kind, body, client, sent_at)
            VALUES (\(visit), \(number), \(sender), \(recipient), \(kind), \(body), \(client), \(now))
            """)
    }

    private func advance(_ visit: String, to number: Int64, in transaction: any Transaction) throws -> Int64 {
        let revision = try VideoRooms().nextRevision(in: transaction)
        try transaction.run(
            "UPDATE video_room SET last_signal = \(number), revision = \(revision) WHERE visit = \(visit)")
        return revision
    }

    /// What one party may hear after a number, in order.
    func list(
        of room: VideoRoom, for party: VideoParty, after number: Int64, in transaction: any Transaction
    ) throws -> [Signal] {
        guard number < room.lastSignal else { return [] }
        switch party.state {
        case .admitted:
            return try transaction.rows(
                """
                SELECT * FROM video_signal WHERE visit = \(room.visit) AND number > \(number)
                    AND (recipient IS NULL OR recipient = \(party.id)) AND (sender <> \(party.id.description) OR kind IN ('chat', 'hello'))
                ORDER BY number
                """
            ).map(Signal.init)
        case .waiting:
            return try transaction.rows(
                """
                SELECT * FROM video_signal WHERE visit = \(room.visit) AND number > \(number)
                    AND recipient = \(party.id) AND kind = 'notice'
                ORDER BY number
                """
            ).map(Signal.init)
        case .expected, .left, .removed: return []
        }
    }

    /// What was said since somebody came in, for a page that begins anew.
    package func chat(
        of visit: String, since: Date, in transaction: any Transaction
    ) throws -> [Signal] {
        try transaction.rows(
            """
            SELECT * FROM video_signal WHERE visit = \(visit) AND kind = 'chat' AND sent_at >= \(since) ORDER BY number
            """
        ).map(Signal.init)
    }

    /// Descriptions and candidates are of no use after the call, and hold network addresses: they go with its end.
    package func forgetNetwork(of visit: String, in transaction: any Transaction) throws {
        try transaction.run(
            "DELETE FROM video_signal WHERE visit = \(visit) AND kind IN ('hello', 'description', 'candidate', 'media')"
        )
    }
}
