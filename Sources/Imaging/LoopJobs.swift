// SPDX-License-Identifier: Apache-2.0

import Accounts
import Dispatch
import Foundation
package import Storage
import Ultrasound

/// The job that reads a received loop: decoded by a process of its own, its frames kept beside it.
package struct LoopReadingJob: Codable, Sendable {
    package static let kind = "loop.read"
    private static let part: Int64 = 4 << 20

    let loop: VisitLoop.ID

    /// Does the job. Done again, it does nothing. A file that can't be read is a result; only a fault of the disk or the
    /// database throws, so that the job is tried again.
    package static func perform(_ job: Job, store: Store, files: any Files, clock: WallClock) async throws {
        let id = try job.decode(LoopReadingJob.self).loop
        let loops = VisitLoops()
        let loop = try await store.read { try loops.find(id, in: $0) }
        guard loop.state == .waiting else { return }
        let copy = try await TemporaryCopy(of: loop.fileKey, byteCount: loop.byteCount, in: files)
        defer { copy.remove() }
        let path = copy.path
        let result = await onOwnThread { () -> Result<PackedFrames, LoopError> in
            do throws(LoopError) {
                return .success(try PackedFrames(try LoopReader(limits: .clinic).read(path)))
            } catch {
                return .failure(error)
            }
        }
        var file: StoredFile?
        switch result {
        case .success(let frames): file = try await keep(frames, of: id, in: files)
        case .failure(let error) where error.reason == .toolMissing: throw error
        case .failure: break
        }
        let kept = file
        try await store.write {
            try loops.recordReading(result, file: kept, of: id, by: .system(kind), at: clock.now(), in: $0)
        }
    }

    /// Writes the frames as a file, whole or not at all.
    private static func keep(_ frames: PackedFrames, of id: VisitLoop.ID, in files: any Files) async throws
        -> StoredFile
    {
        let upload = "frames-\(id)"
        // What an attempt that was cut short left behind.
        try await files.discard(upload: upload)
        var offset: Int64 = 0
        let count = Int64(frames.bytes.count)
        while offset < count {
            let end = min(count, offset + part)
            offset = try await files.append(Array(frames.bytes[Int(offset)..<Int(end)]), toUpload: upload, at: offset)
        }
        return try await files.seal(upload: upload, as: "loops/\(id).frames", expectedSHA256: nil)
    }
}

/// The job that follows two marks through a loop.
package struct LoopMeasureJob: Codable, Sendable {
    package static let kind = "loop.measure"

    let measure: LoopMeasure.ID

    /// Does the job. Done again, it does nothing.
    package static func perform(_ job: Job, store: Store, files: any Files, clock: WallClock) async throws {
        try await perform(try job.decode(LoopMeasureJob.self).measure, store: store, files: files, clock: clock)
    }

    /// Measures at once, while somebody waits; the job is then there for the case that the program ends meanwhile.
    package static func perform(
        _ id: LoopMeasure.ID, store: Store, files: any Files, clock: WallClock
    ) async throws {
        let (measure, loop) = try await store.read {
            let measure = try LoopMeasures().find(id, in: $0)
            return (measure, try VisitLoops().find(measure.loop, in: $0))
        }
        guard measure.isWaiting, let frames = loop.frames else { return }
        let bytes = try await files.readAll(frames.fileKey)
        let result = await onOwnThread { () -> Result<LoopMeasure.Result, LoopError> in
            do throws(LoopError) {
                let cine = try PackedFrames.loop(frames, bytes: bytes, spacing: measure.request.spacing)
                return LoopMeasure.measure(measure.request, in: cine)
            } catch {
                return .failure(error)
            }
        }
        try await store.write { try LoopMeasures().record(result, of: id, at: clock.now(), in: $0) }
    }
}

/// Computing stays off the threads that serve requests.
func onOwnThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
        DispatchQueue.global(qos: .utility).async { continuation.resume(returning: work()) }
    }
}

/// A stored file under a name that another program can open, for a while.
private struct TemporaryCopy {
    let path: String

    init(of key: String, byteCount: Int64, in files: any Files) async throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("fascia-\(UUID().uuidString)").path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw FilesError.disk("The folder for temporary files can't be written to.") }
        do {
            var offset: Int64 = 0
            while offset < byteCount {
                let part = try await files.read(key, range: offset..<min(byteCount, offset + (4 << 20)))
                guard !part.isEmpty else { break }
                try handle.write(contentsOf: Data(part))
                offset += Int64(part.count)
            }
            try handle.close()
        } catch {
            remove()
            throw error
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
