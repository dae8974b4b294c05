// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage
package import Ultrasound

/// The part of a loop's pictures in which a person saw no name, no number, no date.
package struct ClearedArea: Sendable, Hashable, Codable {
    package let x: Int
    package let y: Int
    package let width: Int
    package let height: Int

    package init(x: Int, y: Int, width: Int, height: Int, in frames: VisitLoop.Frames) throws(ImagingError) {
        guard x >= 0, y >= 0, width >= 16, height >= 16, x + width <= frames.width, y + height <= frames.height else {
            throw .wrongArea
        }
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// A clip that everybody may see, in a case study: de-identified pixels of their own, no link to a loop but the consent.
package struct CaseClip: Sendable {
    package typealias ID = Identifier<CaseClip>

    package let id: ID
    package let caption: String
    package let frames: VisitLoop.Frames
}

/// What leaves the clinic.
package struct LoopSharing: Sendable {
    /// The text that a person agrees to. A change of it is a new version.
    package static let consentVersion = "case-study-consent/1"
    package static let consentText = """
        I agree that the clinic shows this ultrasound clip in a case study on its public site. The clip carries no name, no date and \
        no number. I can take this back at any time; the clinic then takes the clip down. My treatment does not depend on it.
        """

    private let audit = AuditTrail()

    package init() {}

    // MARK: Burned-in text

    /// A person has looked at the area and found nothing in it that names anybody.
    package func clear(
        _ area: ClearedArea, of id: VisitLoop.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard case .staff = actor, actor.may(.shareLoops) else { throw ImagingError.notPermitted }
        let loop = try VisitLoops().find(id, in: transaction)
        try transaction.run(
            """
            INSERT INTO loop_clearance (id, loop, area, cleared_at, cleared_by)
            VALUES (\(Identifier<ClearedArea>.make(at: now)), \(id), \(try JSONText.text(area)), \(now), \(actor.auditName))
            """)
        try audit.record(
            "loop.clear", patient: loop.patient, subject: "loop/\(id)",
            detail: ["area": "\(area.x),\(area.y),\(area.width),\(area.height)"], by: actor, at: now, in: transaction)
    }

    /// The area that counts: the last one; nothing while nobody has looked.
    package func clearedArea(of id: VisitLoop.ID, in transaction: any Transaction) throws -> ClearedArea? {
        try transaction.value(
            String.self, "SELECT area FROM loop_clearance WHERE loop = \(id) ORDER BY cleared_at DESC, id DESC LIMIT 1"
        ).map { try JSONText.value(ClearedArea.self, $0) }
    }

    // MARK: De-identified frames

    /// Frames without anything outside of the cleared area, as PNG.
    package struct Extract: Sendable {
        package let width: Int
        package let height: Int
        /// From 0.
        package let times: [Double]
        package let pictures: [[UInt8]]
        package let spacing: PixelSpacing?
    }

    /// Cuts frames out of a loop, at most so large.
    package static func extract(
        _ frames: VisitLoop.Frames, bytes: [UInt8], area: ClearedArea, range: ClosedRange<Int>, every: Int = 1,
        mostPixels: Int = .max, spacing: PixelSpacing?
    ) throws(LoopError) -> Extract {
        let loop = try PackedFrames.loop(frames, bytes: bytes, spacing: spacing)
        let chosen = stride(from: range.lowerBound, through: min(range.upperBound, frames.count - 1), by: max(1, every))
        var halvings = 0
        while (area.width >> halvings) * (area.height >> halvings) > mostPixels { halvings += 1 }
        var pictures: [[UInt8]] = []
        var times: [Double] = []
        var size = (width: area.width, height: area.height)
        for index in chosen {
            var image = loop.frames[index].cut(area)
            for _ in 0..<halvings { image = image.halved }
            size = (image.width, image.height)
            pictures.append(try PNG.encode(image))
            times.append(frames.times[index] - frames.times[range.lowerBound])
        }
        let scale = Double(1 << halvings)
        return Extract(
            width: size.width, height: size.height, times: times, pictures: pictures,
            spacing: spacing.flatMap { PixelSpacing(x: $0.x * scale, y: $0.y * scale) })
    }

    /// Writes down that a loop left the clinic.
    package func exported(
        _ id: VisitLoop.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> ClearedArea {
        guard case .staff = actor, actor.may(.shareLoops) else { throw ImagingError.notPermitted }
        let loop = try VisitLoops().find(id, in: transaction)
        guard let area = try clearedArea(of: id, in: transaction) else { throw ImagingError.textNotChecked }
        try audit.record(
            "loop.export", patient: loop.patient, subject: "loop/\(id)", by: actor, at: now, in: transaction)
        return area
    }

    // MARK: Case studies

    /// A consent as it was given on paper or said and signed.
    package struct Consent: Sendable {
        package let name: String
        /// "2026-03-02"
        package let day: String

        package init(name: String, day: String) throws(ImagingError) {
            guard !name.isEmpty, name.count <= 120, day.wholeMatch(of: #/\d{4}-\d{2}-\d{2}/#) != nil else {
                throw .consentMissing
            }
            self.name = name
            self.day = day
        }
    }

    /// Writes a clip's frames as a file of their own.
    package static func keep(
        _ extract: Extract, as id: CaseClip.ID, in files: any Files
    ) async throws -> StoredFile {
        try await files.write(extract.pictures.flatMap { $0 }, as: "clips/\(id).frames")
    }

    package func addClip(
        _ extract: Extract, file: StoredFile, caption: String, consent: (Consent, VisitLoop.ID)?, id: CaseClip.ID,
        by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.shareLoops) else { throw ImagingError.notPermitted }
        var consentID: String?
        var patient: Patient.ID?
        if let (consent, loopID) = consent {
            let loop = try VisitLoops().find(loopID, in: transaction)
            guard try clearedArea(of: loopID, in: transaction) != nil else { throw ImagingError.textNotChecked }
            let made = Identifier<Consent>.make(at: now)
            consentID = made.description
            patient = loop.patient
            try transaction.run(
                """
                INSERT INTO case_consent (id, patient, loop, text_version, given_name, given_on, recorded_at, recorded_by)
                VALUES (\(made), \(loop.patient), \(loopID), \(Self.consentVersion), \(consent.name), \(consent.day), \(now),
                    \(actor.auditName))
                """)
        } else {
            // Only what the program simulates is nobody's.
            guard case .system = actor else { throw ImagingError.consentMissing }
        }
        var ends: [Int64] = []
        for picture in extract.pictures { ends.append((ends.last ?? 0) + Int64(picture.count)) }
        try transaction.run(
            """
            INSERT INTO case_clip (id, consent, caption, file_key, file_sha256, file_byte_count, width, height, times,
                frame_ends, made_at, made_by)
            VALUES (\(id), \(consentID), \(caption), \(file.key), \(file.sha256), \(file.byteCount), \(extract.width),
                \(extract.height), \(try JSONText.text(extract.times)), \(try JSONText.text(ends)), \(now),
                \(actor.auditName))
            """)
        try audit.record(
            "case.clip.add", patient: patient, subject: "case-clip/\(id)",
            detail: ["consent": consentID ?? "simulated", "textVersion": Self.consentVersion], by: actor, at: now,
            in: transaction)
    }

    /// A clip that is shown; one that was taken down is unknown.
    package func clip(_ id: CaseClip.ID, in transaction: any Transaction) throws -> CaseClip {
        guard
            let row = try transaction.first(
                """
                SELECT * FROM case_clip c WHERE c.id = \(id)
                AND NOT EXISTS (SELECT 1 FROM case_clip_end e WHERE e.clip = c.id)
                """)
        else { throw ImagingError.unknownClip }
        return CaseClip(
            id: id, caption: try row.get("caption"),
            frames: VisitLoop.Frames(
                width: try row.get("width"), height: try row.get("height"),
                times: try JSONText.value([Double].self, try row.get("times")), fileKey: try row.get("file_key"),
                ends: try JSONText.value([Int64].self, try row.get("frame_ends"))))
    }

    /// The clips that were made of a loop and are shown, with who agreed and when.
    package func clips(
        ofLoop id: VisitLoop.ID, in transaction: any Transaction
    ) throws -> [(id: CaseClip.ID, consent: Consent)] {
        try transaction.rows(
            """
            SELECT c.id, n.given_name, n.given_on FROM case_clip c JOIN case_consent n ON n.id = c.consent
            WHERE n.loop = \(id) AND NOT EXISTS (SELECT 1 FROM case_clip_end e WHERE e.clip = c.id) ORDER BY c.id
            """
        ).map { (try $0.get("id"), try Consent(name: try $0.get("given_name"), day: try $0.get("given_on"))) }
    }

    /// Takes a clip down, as when its consent is taken back.
    package func takeDown(
        _ id: CaseClip.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.shareLoops) else { throw ImagingError.notPermitted }
        _ = try clip(id, in: transaction)
        try transaction.run(
            "INSERT INTO case_clip_end (clip, ended_at, ended_by) VALUES (\(id), \(now), \(actor.auditName))")
        try audit.record(
            "case.clip.end", patient: nil, subject: "case-clip/\(id)", by: actor, at: now, in: transaction)
    }
}

extension GreyImage {
    func cut(_ area: ClearedArea) -> GreyImage {
        var image = GreyImage(width: area.width, height: area.height, filledWith: 0)
        for y in 0..<area.height {
            for x in 0..<area.width { image[x, y] = self[area.x + x, area.y + y] }
        }
        return image
    }

    /// Half as wide and high, each pixel the mean of four.
    var halved: GreyImage {
        var image = GreyImage(width: max(1, width / 2), height: max(1, height / 2), filledWith: 0)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let sum =
                    Int(self[2 * x, 2 * y]) + Int(self[2 * x + 1, 2 * y]) + Int(self[2 * x, 2 * y + 1])
                    + Int(self[2 * x + 1, 2 * y + 1])
                image[x, y] = UInt8((sum + 2) / 4)
            }
        }
        return image
    }
}
