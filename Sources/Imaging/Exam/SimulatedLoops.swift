// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage
package import Ultrasound

/// Loops of the program's own simulator, for the demonstration clinic: nobody's pictures, with a truth that is known.
package struct SimulatedLoops: Sendable {
    package init() {}

    /// A simulated muscle, small enough that a demonstration is soon filled.
    package static func muscle(seed: UInt64, tear: SimulatedMuscle.Tear?, contracts: Bool) -> SimulatedMuscle {
        var muscle = SimulatedMuscle(seed: seed)
        muscle.width = 256
        muscle.height = 192
        muscle.millimetresPerPixelX = 0.2
        muscle.millimetresPerPixelY = 0.2
        muscle.frameCount = 30
        muscle.frameRate = 15
        muscle.scatterersPerSquareMillimetre = 20
        muscle.sheaths = .init(upperMillimetres: 7, lowerMillimetres: 31)
        muscle.tear = tear
        if tear == nil, contracts { muscle.strainAlong = -0.08 }
        return muscle
    }

    /// Renders a muscle and makes it a loop of a visit, read and with its scale. What was simulated is kept as its file.
    package func add(
        _ muscle: SimulatedMuscle, named fileName: String, label: LoopLabel, visit: String, patient: Patient.ID,
        store: Store, files: any Files, at now: Date
    ) async throws -> VisitLoop.ID {
        let result = await onOwnThread { () -> Result<PackedFrames, LoopError> in
            do throws(LoopError) {
                return .success(try PackedFrames(LoadedLoop(loop: muscle.loop(), format: "simulated", warnings: [])))
            } catch {
                return .failure(error)
            }
        }
        let id = VisitLoop.ID.make(at: now)
        let frames = try await files.write(try result.get().bytes, as: "loops/\(id).frames")
        let words = "{\"simulated\":true,\"seed\":\(muscle.seed),\"frames\":\(muscle.frameCount)}\n"
        let file = try await files.write([UInt8](words.utf8), as: "loops/\(id).simulated")
        let actor = Actor.system("demo")
        try await store.write { transaction in
            let upload = LoopUpload.ID.make(at: now)
            try transaction.run(
                """
                INSERT INTO loop_upload (id, visit, patient, file_name, byte_count, sha256, state, started_at)
                VALUES (\(upload), \(visit), \(patient), \(fileName), \(file.byteCount), \(file.sha256),
                    \(LoopUpload.State.whole), \(now))
                """)
            try transaction.run(
                """
                INSERT INTO visit_loop (id, upload, visit, patient, file_name, file_key, sha256, byte_count, state, received_at)
                VALUES (\(id), \(upload), \(visit), \(patient), \(fileName), \(file.key), \(file.sha256), \(file.byteCount),
                    \(VisitLoop.State.waiting), \(now))
                """)
            try VisitLoops().recordReading(result, file: frames, of: id, by: actor, at: now, in: transaction)
            if let spacing = PixelSpacing(x: muscle.millimetresPerPixelX, y: muscle.millimetresPerPixelY) {
                try VisitLoops().calibrate(
                    id, spacing: spacing, how: "simulated", by: actor, at: now, in: transaction)
            }
            try VisitLoops().setLabel(label, of: id, by: actor, at: now, in: transaction)
        }
        return id
    }
}
