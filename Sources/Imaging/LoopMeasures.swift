// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage
package import Ultrasound

/// Measures in loops: asked for, measured once, accepted by a clinician.
package struct LoopMeasures: Sendable {
    private let audit = AuditTrail()
    private static let columns: SQL =
        """
        m.*, r.method_version, r.failure, r.result, a.accepted_at, a.accepted_by
        FROM loop_measure m LEFT JOIN loop_measure_result r ON r.measure = m.id
        LEFT JOIN loop_acceptance a ON a.measure = m.id
        """

    package init() {}

    package func find(_ id: LoopMeasure.ID, in transaction: any Transaction) throws -> LoopMeasure {
        guard let row = try transaction.first("SELECT \(Self.columns) WHERE m.id = \(id)") else {
            throw ImagingError.unknownMeasure
        }
        return try LoopMeasure(row)
    }

    /// A loop's measures, the newest first.
    package func list(of loop: VisitLoop.ID, in transaction: any Transaction) throws -> [LoopMeasure] {
        try transaction.rows("SELECT \(Self.columns) WHERE m.loop = \(loop) ORDER BY m.id DESC").map(LoopMeasure.init)
    }

    /// Asks for the separation of two marks, with the calibration that counts now.
    /// - Parameter patience: how long the job waits, when somebody measures at once.
    package func ask(
        frame: Int, first: PicturePoint, second: PicturePoint, in id: VisitLoop.ID, patience: TimeInterval = 0,
        by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LoopMeasure {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        let loop = try VisitLoops().find(id, in: transaction)
        guard let frames = loop.frames else { throw ImagingError.notReady }
        let spacing = try VisitLoops().spacing(of: id, from: first, to: second, in: transaction)
        let request = try LoopMeasure.Request(frame: frame, first: first, second: second, in: frames, spacing: spacing)
        let measure = LoopMeasure.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO loop_measure (id, loop, request, asked_at, asked_by)
            VALUES (\(measure), \(id), \(try JSONText.text(request)), \(now), \(actor.auditName))
            """)
        try audit.record(
            "loop.measure", patient: loop.patient, subject: "loop-measure/\(measure)", detail: ["loop": "\(id)"],
            by: actor, at: now, in: transaction)
        try Jobs.enqueue(
            LoopMeasureJob.kind, key: "\(LoopMeasureJob.kind)/\(measure)", payload: LoopMeasureJob(measure: measure),
            at: now.addingTimeInterval(patience), in: transaction)
        return try find(measure, in: transaction)
    }

    /// Writes a result. Written once: the first one stays.
    func record(
        _ result: Swift.Result<LoopMeasure.Result, LoopError>, of id: LoopMeasure.ID, at now: Date,
        in transaction: any Transaction
    ) throws {
        let measure = try find(id, in: transaction)
        guard measure.isWaiting else { return }
        var text: String?
        var failure: String?
        switch result {
        case .success(let result): text = try JSONText.text(result)
        case .failure(let error): failure = error.description
        }
        try transaction.run(
            """
            INSERT INTO loop_measure_result (measure, method_version, measured_at, failure, result)
            VALUES (\(id), \(LoopMeasure.methodVersion), \(now), \(failure), \(text))
            """)
    }

    /// Accepts a result as true: from now on it may be counted. Accepting twice is accepting once.
    package func accept(
        _ id: LoopMeasure.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LoopMeasure {
        // A measure counts because a person looked at it, so no job may.
        guard case .staff = actor, actor.may(.acceptMeasures) else { throw ImagingError.notPermitted }
        let measure = try find(id, in: transaction)
        guard measure.result != nil else { throw ImagingError.notMeasured }
        let loop = try VisitLoops().find(measure.loop, in: transaction)
        let changed = try transaction.run(
            """
            INSERT INTO loop_acceptance (measure, accepted_at, accepted_by) VALUES (\(id), \(now), \(actor.auditName))
            ON CONFLICT (measure) DO NOTHING
            """)
        if changed > 0 {
            try audit.record(
                "loop.measure.accept", patient: loop.patient, subject: "loop-measure/\(id)", by: actor, at: now,
                in: transaction)
        }
        return try find(id, in: transaction)
    }
}
