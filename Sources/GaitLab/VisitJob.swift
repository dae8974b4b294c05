// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Gait
package import Storage

/// The job that analyses all walks of a visit with its standing trial, settings, norm and corrected events.
package struct VisitJob: Codable, Sendable {
    package static let kind = "gait.visit"

    let order: String
    let revision: Int

    /// One walk of the job and what a person made of its events.
    private struct Walk: Sendable {
        let recording: LabRecording
        let events: [GaitEvent]?
    }

    /// Does the job. Where something was changed since it was enqueued it does nothing: the change enqueued another one.
    package static func perform(_ job: Job, store: Store, files: any Files, clock: WallClock) async throws {
        let task = try job.decode(VisitJob.self)
        let found = try await store.read { transaction -> (LabVisit, [LabRecording], [Walk], NormativeSet)? in
            guard let visit = try Visits().find(task.order, in: transaction), visit.revision == task.revision else {
                return nil
            }
            let recordings = try Recordings().list(ofOrder: task.order, in: transaction)
                .filter { $0.state == .analysed }
            let inOrder = recordings.filter { $0.kind == .walk }
                .sorted { ($0.receivedAt, $0.fileName) < ($1.receivedAt, $1.fileName) }
            let walks = try inOrder.map {
                Walk(recording: $0, events: try EventEdits().events(of: $0.id, in: transaction))
            }
            return (visit, recordings, walks, try Norms().set(visit.norm, in: transaction))
        }
        guard let (visit, recordings, walks, norm) = found else { return }
        let measures = visit.settings.measures
        var standing: Recording?
        // The newest standing trial is the one in force.
        let standingFile = recordings.first { $0.kind == .static }
        if let standingFile {
            standing = try await read(standingFile, files)
            standing?.subjectValues.merge(measures) { $1 }
        }
        var analyses: [GaitAnalysis] = []
        for walk in walks {
            guard var recording = try await read(walk.recording, files) else { continue }
            recording.subjectValues.merge(measures) { $1 }
            if let forces = Self.forces(for: walk.recording, among: recordings, walkCount: walks.count) {
                await add(forces, to: &recording, files)
            }
            let (trial, still) = (recording, standing)
            let analysis = await AnalysisJob.onOwnThread {
                GaitAnalysis(
                    of: trial, staticTrial: still, fileName: walk.recording.fileName, options: visit.settings.options,
                    norm: norm, events: walk.events)
            }
            let signals = EventSignals(trial, analysis)
            analyses.append(analysis)
            try await store.write { transaction in
                guard try Visits().find(task.order, in: transaction)?.revision == task.revision else { return }
                try Recordings().replaceAnalysis(
                    analysis, signals: signals, of: walk.recording.id, at: clock.now(), in: transaction)
            }
        }
        let document =
            analyses.isEmpty
            ? nil
            : VisitAnalysis(
                analyses, standing: standingFile?.fileName, options: visit.settings.options, norm: norm)
        try await store.write { transaction in
            _ = try Visits().record(
                document, failure: document == nil ? "There is no walking trial yet." : nil, orderID: task.order,
                revision: task.revision, at: clock.now(), in: transaction)
        }
    }

    /// The newest table of forces that is named after the walk; the only one where there is but one walk.
    static func forces(
        for walk: LabRecording, among recordings: [LabRecording], walkCount: Int
    ) -> LabRecording? {
        let tables = recordings.filter { $0.kind == .forces }
        return tables.first { Recording.areNamed(forces: $0.fileName, afterWalk: walk.fileName) }
            ?? (walkCount == 1 && tables.count == 1 ? tables.first : nil)
    }

    /// What speaks against the forces becomes a note of the walk, which is analysed without them.
    private static func add(_ forces: LabRecording, to recording: inout Recording, _ files: any Files) async {
        do {
            let bytes = try await files.readAll(forces.fileKey)
            try recording.addForces(of: StorageTable.read(bytes))
        } catch {
            recording.warnings.append(
                AnalysisWarning(
                    code: "forcesNotUsed", message: "The forces in \(forces.fileName) were not used. \(error)"))
        }
    }

    /// Nil where the file can't be read, which the recording's own row says in words.
    private static func read(_ recording: LabRecording, _ files: any Files) async throws -> Recording? {
        let bytes = try await files.readAll(recording.fileKey)
        return await AnalysisJob.onOwnThread { try? GaitAnalysis.read(bytes, fileName: recording.fileName) }
    }
}
