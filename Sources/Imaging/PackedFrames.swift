// SPDX-License-Identifier: Apache-2.0

import DICOM
import Dispatch
import Foundation
package import Storage
import Synchronization
package import Ultrasound

/// A loop's frames as PNG, one after another in one file: each can be sent to a browser as it lies there.
struct PackedFrames: Sendable {
    let width: Int
    let height: Int
    let times: [Double]
    let warnings: [LoopWarning]
    let bytes: [UInt8]
    /// Where each frame ends in `bytes`.
    let ends: [Int64]
    /// What a DICOM object says of its scale.
    let regions: UltrasoundRegions?

    init(_ loaded: LoadedLoop) throws(LoopError) {
        let frames = loaded.loop.frames
        let packed = Mutex<[Int: [UInt8]]>([:])
        DispatchQueue.concurrentPerform(iterations: frames.count) { index in
            guard let bytes = try? PNG.encode(frames[index]) else { return }
            packed.withLock { $0[index] = bytes }
        }
        let pictures = packed.withLock { $0 }
        var bytes: [UInt8] = []
        var ends: [Int64] = []
        bytes.reserveCapacity(pictures.values.reduce(0) { $0 + $1.count })
        for index in frames.indices {
            guard let picture = pictures[index] else {
                throw LoopError(.unwritable, "There is not enough memory to keep the frames.")
            }
            bytes += picture
            ends.append(Int64(bytes.count))
        }
        width = loaded.loop.width
        height = loaded.loop.height
        times = loaded.loop.times
        warnings = loaded.warnings
        regions = loaded.regions
        self.bytes = bytes
        self.ends = ends
    }

    /// The loop again, from the file of its frames.
    static func loop(
        _ frames: VisitLoop.Frames, bytes: [UInt8], spacing: PixelSpacing?
    ) throws(LoopError) -> CineLoop {
        let decoded = Mutex<[Int: GreyImage]>([:])
        DispatchQueue.concurrentPerform(iterations: frames.count) { index in
            let range = frames.range(of: index)
            guard range.upperBound <= Int64(bytes.count) else { return }
            let part = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            guard let image = try? PNG.decode(part, limits: .clinic) else { return }
            decoded.withLock { $0[index] = image }
        }
        let images = decoded.withLock { $0 }
        guard images.count == frames.count else {
            throw LoopError(.damaged, "The loop's frames were changed on disk. Restore them from a backup.")
        }
        do {
            return try CineLoop(
                frames: frames.times.indices.compactMap { images[$0] }, times: frames.times,
                millimetresPerPixel: spacing)
        } catch {
            throw LoopError(.damaged, "The loop's frames do not fit together. Restore them from a backup.")
        }
    }
}

extension VisitLoop.Frames {
    /// One frame's PNG.
    package func picture(_ frame: Int, in files: any Files) async throws -> [UInt8] {
        guard (0..<count).contains(frame) else { throw ImagingError.noSuchFrame }
        return try await files.read(fileKey, range: range(of: frame))
    }

    /// All frames as they lie on disk, a piece at a time: one file, decoded once by who shows it.
    package func stream(in files: any Files, frames: ClosedRange<Int>? = nil) -> AsyncThrowingStream<[UInt8], any Error>
    {
        let first = frames.map { range(of: $0.lowerBound).lowerBound } ?? 0
        let last = frames.map { range(of: $0.upperBound).upperBound } ?? ends.last ?? 0
        let (key, reader) = (fileKey, FrameReader(offset: first, end: last))
        return AsyncThrowingStream { try await reader.next(key, in: files) }
    }

    /// Where each frame's PNG ends in what `stream` gives.
    package func streamEnds(_ frames: ClosedRange<Int>? = nil) -> [Int64] {
        guard let frames else { return ends }
        let first = range(of: frames.lowerBound).lowerBound
        return ends[frames].map { $0 - first }
    }

    /// The picture along a line over time, as PNG.
    package func mMode(along line: [PicturePoint], in files: any Files) async throws -> [UInt8] {
        let bytes = try await files.readAll(fileKey)
        let result = await onOwnThread { () -> Result<[UInt8], any Error> in
            Result {
                let loop = try PackedFrames.loop(self, bytes: bytes, spacing: nil)
                return try PNG.encode(try AnatomicalMMode(of: loop, along: line).image)
            }
        }
        do { return try result.get() } catch is MModeError { throw ImagingError.marksMissing }
    }
}

/// Reads on from where it was.
private actor FrameReader {
    private var offset: Int64
    private let end: Int64
    /// The first piece is small, so that the first frame is soon there.
    private var piece: Int64 = 256 << 10

    init(offset: Int64, end: Int64) {
        self.offset = offset
        self.end = end
    }

    func next(_ key: String, in files: any Files) async throws -> [UInt8]? {
        guard offset < end else { return nil }
        let bytes = try await files.read(key, range: offset..<min(end, offset + piece))
        guard !bytes.isEmpty else { return nil }
        offset += Int64(bytes.count)
        piece = 1 << 20
        return bytes
    }
}
