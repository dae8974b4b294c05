// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// A range of movement, measured on a frozen frame of the call.
package struct VideoMeasure: Sendable, Hashable {
    package typealias ID = Identifier<VideoMeasure>

    package enum Side: String, Sendable, Codable, CaseIterable, Bindable { case left, right }

    /// What became of the picture itself.
    package enum Picture: String, Sendable, Codable, Bindable {
        case notKept, asked, refused, agreed, kept
    }

    package let id: ID
    package let visit: String
    package let patient: Patient.ID
    /// "Knee flexion"
    package let joint: String
    package let side: Side
    package let degrees: Double
    package let measuredAt: Date
    package let picture: Picture
    package let pictureKey: String?

    init(_ row: Row) throws {
        id = try row.get("id")
        visit = try row.get("visit")
        patient = try row.get("patient")
        joint = try row.get("joint")
        side = try row.get("side")
        degrees = try row.get("degrees")
        measuredAt = try row.get("measured_at")
        picture = try row.get("picture")
        pictureKey = try row.get("picture_key")
    }
}

/// One report of pain, 0 to 10, as the patient moved the slider.
package struct VideoPain: Sendable, Hashable {
    package let level: Int
    package let reportedAt: Date
}

/// What is measured and reported in a call, kept with the visit.
package struct RemoteExamination: Sendable {
    /// A frame of a call as JPEG or PNG is far below this.
    package static let largestPictureBytes = 2 << 20
    private let audit = AuditTrail()
    private let rooms = VideoRooms()

    package init() {}

    package struct Clicks: Sendable, Hashable, Codable {
        package let first: PicturePlace
        package let joint: PicturePlace
        package let second: PicturePlace
        /// The picture's width over its height.
        package let aspect: Double

        package init(first: PicturePlace, joint: PicturePlace, second: PicturePlace, aspect: Double) {
            self.first = first
            self.joint = joint
            self.second = second
            self.aspect = aspect
        }
    }

    /// Keeps an angle. Only in a visit whose patient is, or was, in the call.
    package func measure(
        _ clicks: Clicks, joint: String, side: VideoMeasure.Side, in visit: String, by actor: Actor, at now: Date,
        transaction: any Transaction
    ) throws -> VideoMeasure {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let room = try rooms.require(visit, in: transaction)
        let angle = try JointAngle(
            first: clicks.first, joint: clicks.joint, second: clicks.second, aspect: clicks.aspect)
        let name = joint.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...80).contains(name.count) else { throw TelehealthError.malformed("the joint has no name") }
        guard
            try rooms.parties(of: visit, in: transaction).contains(where: {
                $0.role == .patient && $0.admittedAt != nil
            })
        else { throw TelehealthError.notAdmitted }
        let id = VideoMeasure.ID.make(at: now)
        let text = String(decoding: try JSONEncoder().encode(clicks), as: UTF8.self)
        try transaction.run(
            """
            INSERT INTO video_measure (id, visit, patient, joint, side, degrees, points, measured_at, measured_by, picture)
            VALUES (\(id), \(visit), \(room.patient), \(name), \(side), \((angle.degrees * 10).rounded() / 10), \(text), \(now),
                \(actor.auditName), \(VideoMeasure.Picture.notKept))
            """)
        try audit.record(
            "video.measure", patient: room.patient, subject: "booking/\(visit)",
            detail: ["measure": id.description], by: actor, at: now, in: transaction)
        return try find(id, in: visit, transaction)
    }

    package func find(_ id: VideoMeasure.ID, in visit: String, _ transaction: any Transaction) throws -> VideoMeasure {
        guard let row = try transaction.first("SELECT * FROM video_measure WHERE id = \(id) AND visit = \(visit)")
        else {
            throw TelehealthError.unknownMeasure
        }
        return try VideoMeasure(row)
    }

    /// A visit's measures, the oldest first.
    package func measures(of visit: String, in transaction: any Transaction) throws -> [VideoMeasure] {
        try transaction.rows("SELECT * FROM video_measure WHERE visit = \(visit) ORDER BY id").map(VideoMeasure.init)
    }

    // MARK: The picture, if the patient agrees

    private struct Asked: Encodable {
        let measure: String
        let joint: String
        let agreed: Bool?
    }

    /// Asks the patient, on their screen, whether the picture of a measure may be kept.
    package func askForPicture(
        _ id: VideoMeasure.ID, in visit: String, by actor: Actor, at now: Date, transaction: any Transaction
    ) throws {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        let measure = try find(id, in: visit, transaction)
        guard measure.picture == .notKept else { return }
        guard let patient = try rooms.parties(of: visit, in: transaction).first(where: { $0.role == .patient }),
            patient.state == .admitted
        else { throw TelehealthError.unknownParty }
        try transaction.run("UPDATE video_measure SET picture = \(VideoMeasure.Picture.asked) WHERE id = \(id)")
        try Signals().say(
            .pictureAsked, body: Asked(measure: id.description, joint: measure.joint, agreed: nil), to: patient.id,
            in: visit, key: "ask:\(id)", at: now, transaction: transaction)
    }

    /// The patient's answer.
    package func answerPicture(
        _ id: VideoMeasure.ID, agreed: Bool, from seat: JoinLinks.Seat, at now: Date, transaction: any Transaction
    ) throws {
        let party = try rooms.party(seat.party, in: transaction)
        guard party.role == .patient, party.visit == seat.visit else { throw TelehealthError.notPermitted }
        let measure = try find(id, in: seat.visit, transaction)
        guard measure.picture == .asked else { return }
        try transaction.run(
            """
            UPDATE video_measure SET picture = \(agreed ? VideoMeasure.Picture.agreed : .refused), answered_at = \(now)
            WHERE id = \(id)
            """)
        try audit.record(
            agreed ? "video.picture.agree" : "video.picture.refuse", patient: measure.patient,
            subject: "booking/\(seat.visit)", detail: ["measure": id.description], by: .patient(measure.patient),
            at: now, in: transaction)
        try Signals().say(
            .pictureAnswered, body: Asked(measure: id.description, joint: measure.joint, agreed: agreed), to: nil,
            in: seat.visit, key: "answer:\(id)", at: now, transaction: transaction)
    }

    /// Whether a picture may be received now.
    /// - Throws: `TelehealthError.pictureNotAgreed`.
    package func checkPicture(
        _ id: VideoMeasure.ID, in visit: String, by actor: Actor, transaction: any Transaction
    ) throws {
        guard actor.may(.holdCalls) else { throw TelehealthError.notPermitted }
        guard try find(id, in: visit, transaction).picture == .agreed else { throw TelehealthError.pictureNotAgreed }
    }

    /// Ties a file that lies on disk to its measure.
    package func keepPicture(
        _ file: StoredFile, of id: VideoMeasure.ID, in visit: String, by actor: Actor, at now: Date,
        transaction: any Transaction
    ) throws {
        try checkPicture(id, in: visit, by: actor, transaction: transaction)
        let measure = try find(id, in: visit, transaction)
        try transaction.run(
            """
            UPDATE video_measure SET picture = \(VideoMeasure.Picture.kept), picture_key = \(file.key),
                picture_sha256 = \(file.sha256), picture_byte_count = \(file.byteCount) WHERE id = \(id)
            """)
        try audit.record(
            "video.picture.keep", patient: measure.patient, subject: "booking/\(visit)",
            detail: ["measure": id.description], by: actor, at: now, in: transaction)
    }

    /// Every picture as it must lie on disk, for `fascia doctor`.
    package func storedFiles(in transaction: any Transaction) throws -> [StoredFile] {
        try transaction.rows(
            """
            SELECT picture_key, picture_byte_count, picture_sha256 FROM video_measure WHERE picture_key IS NOT NULL ORDER BY 1
            """
        ).map {
            StoredFile(
                key: try $0.get("picture_key"), byteCount: try $0.get("picture_byte_count"),
                sha256: try $0.get("picture_sha256"))
        }
    }

    // MARK: Pain

    private struct Reported: Encodable { let level: Int }

    /// What the patient's slider says, with its time; the clinician sees it at once.
    package func reportPain(
        _ level: Int, key: String, from seat: JoinLinks.Seat, at now: Date, transaction: any Transaction
    ) throws {
        guard (0...10).contains(level) else { throw TelehealthError.malformed("pain is 0 to 10") }
        guard (1...64).contains(key.utf8.count) else { throw TelehealthError.malformed("the report has no name") }
        let room = try rooms.require(seat.visit, in: transaction)
        let party = try rooms.party(seat.party, in: transaction)
        guard room.closedAt == nil else { throw TelehealthError.over }
        guard party.role == .patient, party.visit == seat.visit, party.state == .admitted else {
            throw TelehealthError.notAdmitted
        }
        let id = "\(seat.visit):\(key)"
        guard try transaction.first("SELECT id FROM video_pain WHERE id = \(id)") == nil else { return }
        try transaction.run(
            """
            INSERT INTO video_pain (id, visit, patient, level, reported_at)
            VALUES (\(id), \(seat.visit), \(room.patient), \(level), \(now))
            """)
        try audit.record(
            "video.pain", patient: room.patient, subject: "booking/\(seat.visit)", by: .patient(room.patient), at: now,
            in: transaction)
        try Signals().say(
            .pain, body: Reported(level: level), to: nil, in: seat.visit, key: "pain:\(key)", at: now,
            transaction: transaction)
    }

    package func pain(of visit: String, in transaction: any Transaction) throws -> [VideoPain] {
        try transaction.rows(
            "SELECT level, reported_at FROM video_pain WHERE visit = \(visit) ORDER BY reported_at, id"
        ).map {
            VideoPain(level: try $0.get("level"), reportedAt: try $0.get("reported_at"))
        }
    }
}
