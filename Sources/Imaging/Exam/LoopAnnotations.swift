// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage
package import Ultrasound

/// What people draw into loops: kept, accepted, taken away.
package struct LoopAnnotations: Sendable {
    private let audit = AuditTrail()
    private static let columns: SQL =
        """
        a.*, c.accepted_at, c.accepted_by FROM loop_annotation a
        LEFT JOIN loop_annotation_acceptance c ON c.annotation = a.id
        """

    package init() {}

    /// An annotation that stands.
    package func find(_ id: LoopAnnotation.ID, in transaction: any Transaction) throws -> LoopAnnotation {
        guard
            let row = try transaction.first(
                """
                SELECT \(Self.columns) WHERE a.id = \(id)
                AND NOT EXISTS (SELECT 1 FROM loop_annotation_end e WHERE e.annotation = a.id)
                """)
        else { throw ImagingError.unknownAnnotation }
        return try LoopAnnotation(row)
    }

    /// Those of a loop that stand, the oldest first.
    package func list(of loop: VisitLoop.ID, in transaction: any Transaction) throws -> [LoopAnnotation] {
        try transaction.rows(
            """
            SELECT \(Self.columns) WHERE a.loop = \(loop)
            AND NOT EXISTS (SELECT 1 FROM loop_annotation_end e WHERE e.annotation = a.id) ORDER BY a.id
            """
        ).map(LoopAnnotation.init)
    }

    /// Keeps what was drawn, with the calibration that counts now.
    package func add(
        _ kind: LoopAnnotation.Kind, meaning: LoopAnnotation.Meaning, frame: Int, points: [PicturePoint],
        text: String, in id: VisitLoop.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LoopAnnotation {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        let loop = try VisitLoops().find(id, in: transaction)
        guard let frames = loop.frames else { throw ImagingError.notReady }
        let content = try LoopAnnotation.Content(
            kind: kind, meaning: meaning, frame: frame, points: points, text: text, in: frames,
            spacing: try VisitLoops().calibration(of: id, in: transaction)?.spacing)
        let annotation = LoopAnnotation.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO loop_annotation (id, loop, content, made_at, made_by)
            VALUES (\(annotation), \(id), \(try JSONText.text(content)), \(now), \(actor.auditName))
            """)
        try audit.record(
            "loop.annotate", patient: loop.patient, subject: "loop-annotation/\(annotation)",
            detail: ["loop": "\(id)", "kind": kind.rawValue], by: actor, at: now, in: transaction)
        return try find(annotation, in: transaction)
    }

    /// Takes an annotation away; its row and who took it away stay.
    package func remove(
        _ id: LoopAnnotation.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LoopAnnotation {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        let annotation = try find(id, in: transaction)
        let loop = try VisitLoops().find(annotation.loop, in: transaction)
        try transaction.run(
            """
            INSERT INTO loop_annotation_end (annotation, ended_at, ended_by) VALUES (\(id), \(now), \(actor.auditName))
            """)
        try audit.record(
            "loop.annotation.remove", patient: loop.patient, subject: "loop-annotation/\(id)", by: actor, at: now,
            in: transaction)
        return annotation
    }

    /// Accepts what was measured by hand: from now on it may be counted.
    package func accept(
        _ id: LoopAnnotation.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LoopAnnotation {
        guard case .staff = actor, actor.may(.acceptMeasures) else { throw ImagingError.notPermitted }
        let annotation = try find(id, in: transaction)
        guard annotation.content.value != nil else { throw ImagingError.notMeasured }
        let loop = try VisitLoops().find(annotation.loop, in: transaction)
        let changed = try transaction.run(
            """
            INSERT INTO loop_annotation_acceptance (annotation, accepted_at, accepted_by)
            VALUES (\(id), \(now), \(actor.auditName)) ON CONFLICT (annotation) DO NOTHING
            """)
        if changed > 0 {
            try audit.record(
                "loop.annotation.accept", patient: loop.patient, subject: "loop-annotation/\(id)", by: actor,
                at: now, in: transaction)
        }
        return try find(id, in: transaction)
    }
}
