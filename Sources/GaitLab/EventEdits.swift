// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Gait
package import Storage

/// The events of a walk as a person corrected them. Each correction is a whole list; the file's own events stay where they
/// are, and undoing a correction brings back the list before it.
package struct EventEdits: Sendable {
    private let audit = AuditTrail()

    /// Two strikes of one foot are never closer than this.
    package static let closestSeconds = 0.2
    /// More events than any recording of 200 MB of walking has.
    package static let most = 5000

    package init() {}

    /// The corrected list in force; nil where nobody corrected anything.
    package func events(of id: LabRecording.ID, in transaction: any Transaction) throws -> [GaitEvent]? {
        let text: String? = try transaction.first(
            "SELECT events FROM lab_event_edit WHERE recording = \(id) AND undone_at IS NULL ORDER BY id DESC LIMIT 1"
        )?.get("events")
        return try LabJSON.value(text)
    }

    /// How many corrections are in force, one upon the other.
    package func count(of id: LabRecording.ID, in transaction: any Transaction) throws -> Int {
        try transaction.rows("SELECT id FROM lab_event_edit WHERE recording = \(id) AND undone_at IS NULL").count
    }

    /// Keeps a corrected list; the figures follow by a job. An event that was moved or added is the person's (`manual`);
    /// one that is where it was keeps its source.
    package func correct(
        _ events: [GaitEvent], of id: LabRecording.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeReports) else { throw GaitLabError.notPermitted }
        guard let recording = try Recordings().find(id, in: transaction),
            let figures = try Recordings().figures(of: id, in: transaction)
        else { throw GaitLabError.unknownRecording }
        try Visits().requireOpen(recording.orderID, in: transaction)
        let before = figures.document.events
        let trial = figures.document.trial
        let start = Double(trial.firstFrame - 1) / trial.pointRate
        let end = start + Double(trial.frameCount) / trial.pointRate
        var corrected: [GaitEvent] = []
        for event in events.sorted(by: { $0.timeSeconds < $1.timeSeconds }) {
            guard event.timeSeconds >= start - 0.05, event.timeSeconds <= end + 0.05 else {
                throw GaitLabError.eventOutsideWalk(seconds: event.timeSeconds)
            }
            if let last = corrected.last(where: { $0.side == event.side && $0.kind == event.kind }),
                event.timeSeconds - last.timeSeconds < Self.closestSeconds
            {
                throw GaitLabError.eventsTooClose(seconds: event.timeSeconds)
            }
            let same = before.first {
                $0.side == event.side && $0.kind == event.kind && abs($0.timeSeconds - event.timeSeconds) < 0.0006
            }
            corrected.append(
                same
                    ?? GaitEvent(
                        side: event.side, kind: event.kind, timeSeconds: event.timeSeconds, source: .manual))
        }
        guard corrected != before else { return }
        let edit = Identifier<EventEdits>.make(at: now)
        try transaction.run(
            """
            INSERT INTO lab_event_edit (id, recording, events, made_at, made_by, undone_at, undone_by)
            VALUES (\(edit), \(id), \(try LabJSON.text(corrected)), \(now), \(actor.auditName), \(Date?.none),
                \(String?.none))
            """)
        let removed = before.filter { !corrected.contains($0) }
        let added = corrected.filter { !before.contains($0) }
        try audit.record(
            "events.correct", patient: recording.patient, subject: "recording/\(id)",
            detail: ["removed": Self.words(removed), "added": Self.words(added)], by: actor, at: now, in: transaction)
        try Visits().analyseAgain(recording.orderID, patient: recording.patient, at: now, in: transaction)
    }

    /// Takes the newest correction back.
    package func undo(
        of id: LabRecording.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeReports) else { throw GaitLabError.notPermitted }
        guard let recording = try Recordings().find(id, in: transaction) else { throw GaitLabError.unknownRecording }
        try Visits().requireOpen(recording.orderID, in: transaction)
        let newest: Identifier<EventEdits>? = try transaction.first(
            "SELECT id FROM lab_event_edit WHERE recording = \(id) AND undone_at IS NULL ORDER BY id DESC LIMIT 1"
        )?.get("id")
        guard let newest else { throw GaitLabError.nothingToUndo }
        try transaction.run(
            "UPDATE lab_event_edit SET undone_at = \(now), undone_by = \(actor.auditName) WHERE id = \(newest)")
        try audit.record(
            "events.undo", patient: recording.patient, subject: "recording/\(id)",
            detail: ["correction": newest.description], by: actor, at: now, in: transaction)
        try Visits().analyseAgain(recording.orderID, patient: recording.patient, at: now, in: transaction)
    }

    private static func words(_ events: [GaitEvent]) -> String {
        events.map { "\($0.side.rawValue) \($0.kind.rawValue) \(($0.timeSeconds * 1000).rounded() / 1000)" }
            .joined(separator: "; ")
    }
}
