// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// How much it hurts, 0 to 10, as the patient said it during the examination.
package struct PainReport: Sendable, Hashable {
    package typealias ID = Identifier<PainReport>

    package let id: ID
    package let value: Int
    package let reportedAt: Date
}

/// Pain at a frame of a loop.
package struct LoopPain: Sendable, Hashable {
    package enum Source: String, Sendable, Codable, Bindable {
        /// The patient's slider stood there while the clinician's screen showed this frame.
        case slider
        /// The clinician's tap, by what the patient said.
        case tap
        /// The slider's course, laid over the loop by the clock.
        case clock
    }

    package let frame: Int
    package let value: Int
    package let source: Source
}

/// The patient's part in the examination: where on the time axis it hurts.
package struct Pain: Sendable {
    private let audit = AuditTrail()
    package static let scale = 0...10

    package init() {}

    // MARK: The patient's slider

    /// Keeps what the patient's slider says.
    package func report(
        _ value: Int, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> PainReport {
        switch actor {
        case .patient(let own): guard own == patient else { throw ImagingError.notPermitted }
        default: guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        }
        guard Self.scale.contains(value) else { throw ImagingError.noSuchPain }
        let id = PainReport.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO pain_report (id, visit, patient, value, reported_at, reported_by)
            VALUES (\(id), \(visit), \(patient), \(value), \(now), \(actor.auditName))
            """)
        try audit.record(
            "visit.pain", patient: patient, subject: "pain/\(id)", detail: ["visit": visit], by: actor, at: now,
            in: transaction)
        return PainReport(id: id, value: value, reportedAt: now)
    }

    /// The newest report of a visit.
    package func latest(ofVisit visit: String, in transaction: any Transaction) throws -> PainReport? {
        try transaction.first("SELECT * FROM pain_report WHERE visit = \(visit) ORDER BY id DESC LIMIT 1").map(report)
    }

    private func reports(ofVisit visit: String, in transaction: any Transaction) throws -> [PainReport] {
        try transaction.rows("SELECT * FROM pain_report WHERE visit = \(visit) ORDER BY reported_at, id").map(report)
    }

    private func report(_ row: Row) throws -> PainReport {
        PainReport(id: try row.get("id"), value: try row.get("value"), reportedAt: try row.get("reported_at"))
    }

    // MARK: On a loop's time axis

    /// Marks pain at a frame; a later mark at the same frame takes its place, and 0 takes it away.
    package func mark(
        _ value: Int, frame: Int, source: LoopPain.Source, loop id: VisitLoop.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        guard Self.scale.contains(value) else { throw ImagingError.noSuchPain }
        let loop = try VisitLoops().find(id, in: transaction)
        guard let frames = loop.frames else { throw ImagingError.notReady }
        guard (0..<frames.count).contains(frame) else { throw ImagingError.noSuchFrame }
        try transaction.run(
            """
            INSERT INTO loop_pain (id, loop, frame, value, source, noted_at, noted_by)
            VALUES (\(Identifier<LoopPain>.make(at: now)), \(id), \(frame), \(value), \(source), \(now),
                \(actor.auditName))
            """)
        try audit.record(
            "loop.pain", patient: loop.patient, subject: "loop/\(id)", detail: ["frame": "\(frame)"], by: actor,
            at: now, in: transaction)
    }

    /// When a loop's first frame was taken, by the clock: from the machine's file, or set by hand.
    package func setBeginning(
        of id: VisitLoop.ID, at began: Date, how: String, by actor: Actor, now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        let loop = try VisitLoops().find(id, in: transaction)
        try transaction.run(
            """
            INSERT INTO loop_beginning (id, loop, began_at, how, set_at, set_by)
            VALUES (\(Identifier<LoopPain>.make(at: now)), \(id), \(began), \(how), \(now), \(actor.auditName))
            """)
        try audit.record(
            "loop.beginning", patient: loop.patient, subject: "loop/\(id)", detail: ["how": how], by: actor, at: now,
            in: transaction)
    }

    /// The pain along a loop, by frame: marks, and between them what the slider said while the loop was taken, where it is
    /// known when that was.
    package func course(of loop: VisitLoop, in transaction: any Transaction) throws -> [LoopPain] {
        guard let times = loop.frames?.times, let first = times.first, let last = times.last else { return [] }
        var found: [Int: LoopPain] = [:]
        if let began = try transaction.value(
            Date.self, "SELECT began_at FROM loop_beginning WHERE loop = \(loop.id) ORDER BY id DESC LIMIT 1")
        {
            for report in try reports(ofVisit: loop.visit, in: transaction) {
                let time = first + report.reportedAt.timeIntervalSince(began)
                guard time >= first, time <= last else { continue }
                let frame = times.indices.last { times[$0] <= time } ?? 0
                found[frame] = LoopPain(frame: frame, value: report.value, source: .clock)
            }
        }
        for row in try transaction.rows("SELECT * FROM loop_pain WHERE loop = \(loop.id) ORDER BY noted_at, id") {
            let mark = LoopPain(
                frame: try row.get("frame"), value: try row.get("value"), source: try row.get("source"))
            found[mark.frame] = mark.value == 0 ? nil : mark
        }
        return found.values.filter { times.indices.contains($0.frame) }.sorted { $0.frame < $1.frame }
    }

    /// Where it hurts most: the earliest of the frames with the highest value.
    package static func worst(_ course: [LoopPain]) -> LoopPain? {
        course.max { ($0.value, -$0.frame) < ($1.value, -$1.frame) }
    }
}
