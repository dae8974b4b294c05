// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// The rooms of visits by video: who waits, who is in, what is shown, how it ended.
package struct VideoRooms: Sendable {
    /// Each browser sends to each other one: with a fourth, phones would give up.
    package static let mostAdmitted = 3
    let audit = AuditTrail()

    package init() {}

    package func find(_ visit: String, in transaction: any Transaction) throws -> VideoRoom? {
        try transaction.first("SELECT * FROM video_room WHERE visit = \(visit)").map(VideoRoom.init)
    }

    package func parties(of visit: String, in transaction: any Transaction) throws -> [VideoParty] {
        try transaction.rows("SELECT * FROM video_party WHERE visit = \(visit) ORDER BY id").map(VideoParty.init)
    }

    package func party(_ id: VideoParty.ID, in transaction: any Transaction) throws -> VideoParty {
        guard let row = try transaction.first("SELECT * FROM video_party WHERE id = \(id)") else {
            throw TelehealthError.unknownParty
        }
        return try VideoParty(row)
    }

    /// Makes the room, or brings its times to those of the booking. A closed room stays closed.
    /// - Throws: `TelehealthError.over`.
    @discardableResult
    package func open(_ visit: VideoVisit, at now: Date, in transaction: any Transaction) throws -> VideoRoom {
        if let room = try find(visit.id, in: transaction) {
            guard room.closedAt == nil else { throw TelehealthError.over }
            guard room.start != visit.start || room.end != visit.end || room.host != visit.host else { return room }
            try transaction.run(
                """
                UPDATE video_room SET starts_at = \(visit.start), ends_at = \(visit.end), host = \(visit.host)
                WHERE visit = \(visit.id)
                """)
            try bump(visit.id, in: transaction)
        } else {
            try transaction.run(
                """
                INSERT INTO video_room (visit, patient, host, starts_at, ends_at, last_signal, revision)
                VALUES (\(visit.id), \(visit.patient), \(visit.host), \(visit.start), \(visit.end), \(0), \(0))
                """)
        }
        _ = try patientParty(of: visit, at: now, in: transaction)
        return try require(visit.id, in: transaction)
    }

    func require(_ visit: String, in transaction: any Transaction) throws -> VideoRoom {
        guard let room = try find(visit, in: transaction) else { throw TelehealthError.noVisit }
        return room
    }

    /// The patient's place in the room, made at the first link.
    func patientParty(of visit: VideoVisit, at now: Date, in transaction: any Transaction) throws -> VideoParty.ID {
        if let row = try transaction.first(
            "SELECT id FROM video_party WHERE visit = \(visit.id) AND role = 'patient'")
        {
            return try row.get("id")
        }
        return try add(
            .patient, name: visit.patientName, staff: nil, to: visit.id, state: .expected, at: now, in: transaction)
    }

    private func add(
        _ role: VideoParty.Role, name: String, staff: StaffMember.ID?, to visit: String, state: VideoParty.State,
        at now: Date, in transaction: any Transaction
    ) throws -> VideoParty.ID {
        let id = VideoParty.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO video_party (id, visit, role, staff, name, state)
            VALUES (\(id), \(visit), \(role), \(staff), \(name), \(state))
            """)
        return id
    }

    // MARK: Coming in

    package func consent(of party: VideoParty.ID, in transaction: any Transaction) throws -> VideoConsent? {
        try transaction.first(
            "SELECT * FROM video_consent WHERE party = \(party) ORDER BY agreed_at DESC, id DESC LIMIT 1"
        ).map { row in
            VideoConsent(
                party: party,
                form: .init(
                    version: try row.get("version"), language: try row.get("language"), words: try row.get("words"),
                    name: try row.get("name"), bornOn: try row.get("born_on"), place: try row.get("place"),
                    callBack: try row.get("call_back"), warnings: try row.get("warnings")),
                agreedAt: try row.get("agreed_at"))
        }
    }

    /// Takes the consent down and puts its giver into the waiting room, in one step.
    package func arrive(
        _ seat: JoinLinks.Seat, agreeing form: VideoConsent.Form, at now: Date, in transaction: any Transaction
    ) throws {
        let room = try require(seat.visit, in: transaction)
        let party = try party(seat.party, in: transaction)
        guard room.closedAt == nil else { throw TelehealthError.over }
        guard party.visit == seat.visit, party.state != .removed else { throw TelehealthError.notPermitted }
        guard !form.name.isEmpty, !form.words.isEmpty, !form.version.isEmpty,
            party.role == .guest || (!form.place.isEmpty && !form.callBack.isEmpty)
        else { throw TelehealthError.consentIncomplete }
        try transaction.run(
            """
            INSERT INTO video_consent (id, visit, party, version, language, words, name, born_on, place, call_back, warnings,
                agreed_at)
            VALUES (\(Identifier<VideoConsent>.make(at: now)), \(seat.visit), \(seat.party), \(form.version),
                \(form.language), \(form.words), \(form.name), \(form.bornOn), \(form.place), \(form.callBack),
                \(form.warnings), \(now))
            """)
        try audit.record(
            "video.consent", patient: room.patient, subject: "booking/\(seat.visit)",
            detail: ["version": form.version, "party": seat.party.description], by: actor(of: party, room), at: now,
            in: transaction)
        try wait(party, in: room, at: now, transaction)
    }

    /// Who left by mistake, or came back, waits again; who is in stays in.
    package func comeBack(_ seat: JoinLinks.Seat, at now: Date, in transaction: any Transaction) throws {
        let room = try require(seat.visit, in: transaction)
        let party = try party(seat.party, in: transaction)
        guard party.state == .left else { return }
        try wait(party, in: room, at: now, transaction)
    }

    private func wait(_ party: VideoParty, in room: VideoRoom, at now: Date, _ transaction: any Transaction) throws {
        guard party.state != .admitted else { return }
        try transaction.run(
            """
            UPDATE video_party SET state = 'waiting', arrived_at = COALESCE(arrived_at, \(now)), left_at = NULL,
                seen_at = \(now) WHERE id = \(party.id)
            """)
        try audit.record(
            "video.wait", patient: room.patient, subject: "booking/\(room.visit)", by: actor(of: party, room), at: now,
            in: transaction)
        try bumpQueue(of: room, in: transaction)
    }

    func actor(of party: VideoParty, _ room: VideoRoom) -> Actor {
        party.role == .patient ? .patient(room.patient) : .visitor
    }

    /// A member of staff goes in.
    package func join(
        _ visit: VideoVisit, name: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> VideoParty {
        guard actor.may(.holdCalls), case .staff(let staff, _) = actor else { throw TelehealthError.notPermitted }
        try open(visit, at: now, in: transaction)
        let all = try parties(of: visit.id, in: transaction)
        let known = all.first { $0.staff == staff }
        if let known, known.state == .admitted { return known }
        try checkSpace(all)
        let id =
            try known?.id
            ?? add(.clinician, name: name, staff: staff, to: visit.id, state: .expected, at: now, in: transaction)
        try transaction.run(
            """
            UPDATE video_party SET state = 'admitted', arrived_at = COALESCE(arrived_at, \(now)),
                admitted_at = COALESCE(admitted_at, \(now)), left_at = NULL, seen_at = \(now) WHERE id = \(id)
            """)
        try audit.record(
            "video.join", patient: visit.patient, subject: "booking/\(visit.id)", by: actor, at: now, in: transaction)
        try bump(visit.id, in: transaction)
        return try party(id, in: transaction)
    }

    private func checkSpace(_ all: [VideoParty]) throws {
        guard all.count(where: { $0.state == .admitted }) < Self.mostAdmitted else { throw TelehealthError.full }
    }

    /// Lets somebody in who waits, and whose consent is on record.
    package func admit(
        _ id: VideoParty.ID, to visit: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let room = try require(visit, in: transaction)
        let party = try party(id, in: transaction)
        guard party.visit == visit else { throw TelehealthError.unknownParty }
        guard room.closedAt == nil else { throw TelehealthError.over }
        guard party.state != .admitted else { return }
        guard try consent(of: id, in: transaction) != nil else { throw TelehealthError.noConsent }
        guard party.state == .waiting else { throw TelehealthError.unknownParty }
        try checkSpace(try parties(of: visit, in: transaction))
        try transaction.run(
            """
            UPDATE video_party SET state = 'admitted', admitted_at = COALESCE(admitted_at, \(now)) WHERE id = \(id)
            """)
        try audit.record(
            "video.admit", patient: room.patient, subject: "booking/\(visit)", detail: ["party": id.description],
            by: actor, at: now, in: transaction)
        try bumpQueue(of: room, in: transaction)
    }

    /// A place for somebody whom the clinician asks to come along, and the link to it.
    package func invite(
        name: String, to visit: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Secret {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let room = try require(visit, in: transaction)
        guard room.closedAt == nil else { throw TelehealthError.over }
        let typed = name.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !typed.isEmpty, typed.count <= 200 else {
            throw TelehealthError.malformed("the name is missing or too long")
        }
        let id = try add(.guest, name: typed, staff: nil, to: visit, state: .expected, at: now, in: transaction)
        try audit.record(
            "video.invite", patient: room.patient, subject: "booking/\(visit)", detail: ["party": id.description],
            by: actor, at: now, in: transaction)
        try bump(visit, in: transaction)
        return try JoinLinks().make(for: .init(visit: visit, party: id), at: now, in: transaction)
    }

    // MARK: Going

    package func leave(_ seat: JoinLinks.Seat, at now: Date, in transaction: any Transaction) throws {
        let room = try require(seat.visit, in: transaction)
        let party = try party(seat.party, in: transaction)
        guard party.state == .waiting || party.state == .admitted else { return }
        try transaction.run(
            "UPDATE video_party SET state = 'left', left_at = \(now), seen_at = NULL WHERE id = \(party.id)")
        try bumpQueue(of: room, in: transaction)
    }

    /// Sends somebody out: an invitation that was taken back opens nothing any more.
    package func remove(
        _ id: VideoParty.ID, from visit: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let room = try require(visit, in: transaction)
        let party = try party(id, in: transaction)
        guard party.visit == visit, party.role == .guest else { throw TelehealthError.unknownParty }
        try transaction.run(
            "UPDATE video_party SET state = 'removed', left_at = \(now), seen_at = NULL WHERE id = \(id)")
        try transaction.run("DELETE FROM join_link WHERE party = \(id)")
        try audit.record(
            "video.remove", patient: room.patient, subject: "booking/\(visit)", detail: ["party": id.description],
            by: actor, at: now, in: transaction)
        try bump(visit, in: transaction)
    }

    /// Ends the visit for everybody; its links open nothing from now on.
    package func close(
        _ visit: String, outcome: VideoRoom.Outcome, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let room = try require(visit, in: transaction)
        guard room.closedAt == nil else { return }
        try transaction.run("UPDATE video_room SET closed_at = \(now), outcome = \(outcome) WHERE visit = \(visit)")
        try transaction.run(
            """
            UPDATE video_party SET state = 'left', left_at = COALESCE(left_at, \(now)), seen_at = NULL
            WHERE visit = \(visit) AND state IN ('waiting', 'admitted')
            """)
        try audit.record(
            "video.close", patient: room.patient, subject: "booking/\(visit)", detail: ["outcome": outcome.rawValue],
            by: actor, at: now, in: transaction)
        try bumpQueue(of: room, in: transaction)
    }

    /// Takes an end back that was pressed too soon; who was in waits again.
    package func reopen(_ visit: String, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let room = try require(visit, in: transaction)
        guard room.closedAt != nil else { return }
        try transaction.run("UPDATE video_room SET closed_at = NULL, outcome = NULL WHERE visit = \(visit)")
        try audit.record(
            "video.reopen", patient: room.patient, subject: "booking/\(visit)", by: actor, at: now, in: transaction)
        try bump(visit, in: transaction)
    }
}
