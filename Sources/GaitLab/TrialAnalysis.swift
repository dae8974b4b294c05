// SPDX-License-Identifier: Apache-2.0

import Accounts
import Dispatch
import Foundation
package import Gait
package import Storage

/// What a file turned out to be.
package enum ReceivedFile: Sendable {
    case trial(TrialAnalysis)
    /// Forces for a walk whose own file has no plates (MOT, STO).
    case forces
}

/// What one recording's analysis gives.
package struct TrialAnalysis: Sendable {
    package let document: AnalysisDocument
    package let figures: Spatiotemporal
    package let stickFigure: StickFigure
    /// The names of people in the file.
    package let subjectNames: [String]

    /// A trial in which nobody walks is a standing one.
    var kind: LabRecording.Kind {
        document.events.isEmpty && document.warnings.contains { $0.code == "noWalking" } ? .static : .walk
    }
}

/// Reads and analyses a file: `GaitLab.analyse(bytes:fileName:)`. Pure: the same bytes give the same answer.
package func analyse(
    bytes: [UInt8], fileName: String, options: AnalysisOptions = AnalysisOptions()
) -> Result<ReceivedFile, RecordingError> {
    do throws(RecordingError) {
        if StorageTable.isNamed(fileName) {
            guard try StorageTable.read(bytes).holdsForces else {
                throw RecordingError(
                    .unsupported, "The file has no forces: no columns that end in _vx, _vy, _vz, _px, _py and _pz",
                    advice: "Give the file of ground reaction forces, not that of joint angles.")
            }
            return .success(.forces)
        }
        let recording = try GaitAnalysis.read(bytes, fileName: fileName)
        let analysis = GaitAnalysis(of: recording, fileName: fileName, options: options)
        return .success(
            .trial(
                TrialAnalysis(
                    document: analysis.document, figures: analysis.figures, stickFigure: analysis.stickFigure,
                    subjectNames: recording.subjectNames)))
    } catch {
        return .failure(error)
    }
}

/// The job that reads a received recording and tells what it is; `Uploads.finish` enqueues it. The visit's analysis
/// (`VisitJob`) follows.
///
///     handlers[AnalysisJob.kind] = { try await AnalysisJob.perform($0, store: store, files: files, clock: clock) }
package struct AnalysisJob: Codable, Sendable {
    package static let kind = "gait.analyse"

    let recording: LabRecording.ID

    /// Does the job. Done again, it does nothing. A file that can't be read is a result; only a fault of the disk or
    /// the database throws, so that the job is tried again.
    package static func perform(_ job: Job, store: Store, files: any Files, clock: WallClock) async throws {
        let id = try job.decode(AnalysisJob.self).recording
        let recordings = Recordings()
        guard let recording = try await store.read({ try recordings.find(id, in: $0) }), recording.state == .waiting
        else { return }
        let bytes = try await files.readAll(recording.fileKey)
        let result = await onOwnThread { analyse(bytes: bytes, fileName: recording.fileName) }
        try await store.write { transaction in
            try recordings.recordAnalysis(
                result, of: id, by: .system(kind), at: clock.now(), in: transaction)
        }
    }

    /// Computing stays off the threads that serve requests.
    static func onOwnThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: work()) }
        }
    }
}
