// SPDX-License-Identifier: Apache-2.0

import Accounts
package import Foundation
package import Storage
import Ultrasound

/// The motion of tissue all over a loop, as it is drawn over the picture, and the contraction that it shows.
package struct LoopMotion: Sendable {
    /// Changes with every change of the method that can change a number.
    package static let methodVersion = "motion/1"

    package let loop: VisitLoop.ID
    /// Why there is none.
    package let failure: String?
    /// How contracted the muscle is, one number a frame.
    package let signal: [Double]
    /// The packed field (``pack(_:)``).
    package let fileKey: String?

    init(_ row: Row) throws {
        loop = try row.get("loop")
        failure = try row.get("failure")
        let signal: String? = try row.get("signal")
        self.signal = try signal.map { try JSONText.value([Double].self, $0) } ?? []
        fileKey = try row.get("file_key")
    }

    /// From one site to the next: about a thousand sites, whatever the picture's size.
    static func spacing(width: Int, height: Int) -> Int {
        max(12, Int((Double(width * height) / 1200).squareRoot().rounded(.up)))
    }

    /// Nothing could be followed here.
    static let lost = Int16.min

    /// A field as the browser draws it: numbers of 16 bits, low byte first. Eight of them say 1 (the form), columns, rows,
    /// spacing in pixels, frames, rest frame and twice 0; then for each frame and site, row by row, the displacement
    /// along x and y in sixteenths of a pixel and the strain along x in thousandths; `lost` where nothing is followed.
    static func pack(_ field: MotionField) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + field.frameCount * field.columns * field.rows * 6)
        func put(_ value: Int16) {
            bytes.append(UInt8(truncatingIfNeeded: value))
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        }
        func short(_ value: Double) -> Int16 { Int16(min(max(value.rounded(), -32_000), 32_000)) }
        for value in [1, field.columns, field.rows, field.spacingPixels, field.frameCount, field.restFrame, 0, 0] {
            put(Int16(clamping: value))
        }
        for frame in 0..<field.frameCount {
            let strain = field.strain(frame: frame)
            for row in 0..<field.rows {
                for column in 0..<field.columns {
                    guard field.errorPixels95(column: column, row: row, frame: frame).isFinite else {
                        put(lost)
                        put(lost)
                        put(lost)
                        continue
                    }
                    let moved = field.displacement(column: column, row: row, frame: frame)
                    put(short(moved.x * 16))
                    put(short(moved.y * 16))
                    put(strain.strain(column: column, row: row).map { short($0.axial * 1000) } ?? lost)
                }
            }
        }
        return bytes
    }
}

/// The job that follows the tissue of a whole loop.
package struct LoopMotionJob: Codable, Sendable {
    package static let kind = "loop.motion"

    let loop: VisitLoop.ID

    /// Does the job. Done again, it does nothing.
    package static func perform(_ job: Job, store: Store, files: any Files, clock: WallClock) async throws {
        let id = try job.decode(LoopMotionJob.self).loop
        let (loop, known, calibration) = try await store.read {
            (
                try VisitLoops().find(id, in: $0), try LoopMotions().find(id, in: $0),
                try VisitLoops().calibration(of: id, in: $0)
            )
        }
        guard known == nil, let frames = loop.frames else { return }
        let bytes = try await files.readAll(frames.fileKey)
        let result = await onOwnThread { () -> Result<(signal: [Double], field: [UInt8]), LoopError> in
            do throws(LoopError) {
                let cine = try PackedFrames.loop(frames, bytes: bytes, spacing: calibration?.spacing)
                return .success(try measure(cine))
            } catch {
                return .failure(error)
            }
        }
        var file: StoredFile?
        var signal: [Double]?
        var failure: String?
        switch result {
        case .success(let motion):
            file = try await files.write(motion.field, as: "loops/\(id).motion")
            signal = motion.signal.map { ($0 * 1000).rounded() / 1000 }
        case .failure(let error): failure = error.description
        }
        let (kept, numbers, why) = (file, signal, failure)
        try await store.write { transaction in
            try transaction.run(
                """
                INSERT INTO loop_motion (loop, method_version, made_at, failure, signal, file_key, file_sha256, file_byte_count)
                VALUES (\(id), \(LoopMotion.methodVersion), \(clock.now()), \(why),
                    \(try numbers.map { try JSONText.text($0) }), \(kept?.key), \(kept?.sha256), \(kept?.byteCount))
                ON CONFLICT (loop) DO NOTHING
                """)
        }
    }

    private static func measure(_ loop: CineLoop) throws(LoopError) -> (signal: [Double], field: [UInt8]) {
        do {
            let field = try MotionField(
                of: loop, spacingPixels: LoopMotion.spacing(width: loop.width, height: loop.height))
            return (field.contractionSignal(), LoopMotion.pack(field))
        } catch {
            throw LoopError(.format, "The picture is too small to follow its tissue. Send a larger one.")
        }
    }
}

/// The motion of loops: asked for, computed once.
package struct LoopMotions: Sendable {
    package init() {}

    package func find(_ loop: VisitLoop.ID, in transaction: any Transaction) throws -> LoopMotion? {
        try transaction.first("SELECT * FROM loop_motion WHERE loop = \(loop)").map(LoopMotion.init)
    }

    /// Asks for a loop's motion, once; the result follows by itself.
    package func ask(_ id: VisitLoop.ID, at now: Date, in transaction: any Transaction) throws -> LoopMotion? {
        if let known = try find(id, in: transaction) { return known }
        guard try VisitLoops().find(id, in: transaction).frames != nil else { throw ImagingError.notReady }
        try Jobs.enqueue(
            LoopMotionJob.kind, key: "\(LoopMotionJob.kind)/\(id)", payload: LoopMotionJob(loop: id), at: now,
            in: transaction)
        return nil
    }
}

extension Files {
    /// Writes a file, whole or not at all.
    func write(_ bytes: [UInt8], as key: String) async throws -> StoredFile {
        let upload = key.replacing("/", with: "-")
        // What an attempt that was cut short left behind.
        try await discard(upload: upload)
        var offset: Int64 = 0
        let count = Int64(bytes.count)
        while offset < count {
            let end = min(count, offset + (4 << 20))
            offset = try await append(Array(bytes[Int(offset)..<Int(end)]), toUpload: upload, at: offset)
        }
        return try await seal(upload: upload, as: key, expectedSHA256: nil)
    }
}
