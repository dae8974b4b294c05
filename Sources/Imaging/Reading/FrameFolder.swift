// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization
import Ultrasound

/// A folder of PGM or PNG frames in name order, where frame10 comes after frame9.
struct FrameFolder {
    /// Paths in order.
    let paths: [String]
    let format: String
    let limits: LoopLimits

    init(_ folder: String, limits: LoopLimits) throws(LoopError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw LoopError(.unreadable, "The folder can't be opened. Check that you may read it.")
        }
        let pictures = names.filter { !$0.hasPrefix(".") }.compactMap { name -> (kind: String, name: String)? in
            let kind = (name as NSString).pathExtension.lowercased()
            return ["png", "pgm"].contains(kind) ? (kind, name) : nil
        }
        let kinds = Set(pictures.map(\.kind))
        guard let kind = kinds.first else {
            throw LoopError(.empty, "There is no PGM or PNG frame in this folder. Export the loop as frames into it.")
        }
        guard kinds.count == 1 else {
            throw LoopError(
                .format, "The folder holds both PGM and PNG frames. Keep those of one loop in a folder of their own.")
        }
        guard pictures.count <= limits.frames else {
            throw LoopError(
                .tooLarge, "The folder holds more than \(limits.frames) frames. Keep the part that matters.")
        }
        paths = pictures.map(\.name).sorted(by: Self.comesBefore).map { "\(folder)/\($0)" }
        format = kind
        self.limits = limits
    }

    /// One picture alone, as a loop of one frame.
    init(picture path: String, limits: LoopLimits) {
        paths = [path]
        format = (path as NSString).pathExtension.lowercased()
        self.limits = limits
    }

    /// Names compared piece by piece, digits as the numbers they write.
    static func comesBefore(_ one: String, _ other: String) -> Bool {
        var left = Array(one.unicodeScalars)[...]
        var right = Array(other.unicodeScalars)[...]
        func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
        while let a = left.first, let b = right.first {
            if isDigit(a), isDigit(b) {
                let first = left.prefix(while: isDigit).drop { $0 == "0" }
                let second = right.prefix(while: isDigit).drop { $0 == "0" }
                if first.count != second.count { return first.count < second.count }
                for (x, y) in zip(first, second) where x != y { return x < y }
                left = left.drop(while: isDigit)
                right = right.drop(while: isDigit)
            } else {
                if a != b { return a < b }
                left = left.dropFirst()
                right = right.dropFirst()
            }
        }
        if left.isEmpty != right.isEmpty { return left.isEmpty }
        return one < other
    }

    /// All frames, decoded on all cores.
    func read(
        progress: @Sendable (_ done: Int, _ of: Int?) -> Void
    ) throws(LoopError) -> (frames: [GreyImage], warnings: [LoopWarning]) {
        // One file at a time is looked at before all are decoded: a loop that is too large is refused early.
        let first = try decode(0)
        try limits.check(frames: paths.count, width: first.image.width, height: first.image.height)
        let started = ContinuousClock.now
        let results = Mutex<[Int: Result<PNG.Decoded, LoopError>]>([0: .success(first)])
        let failed = Atomic(false)
        progress(1, paths.count)
        DispatchQueue.concurrentPerform(iterations: paths.count - 1) { iteration in
            let index = iteration + 1
            guard !failed.load(ordering: .relaxed) else { return }
            let result = Result<PNG.Decoded, LoopError> { () throws(LoopError) in
                guard (ContinuousClock.now - started) / .seconds(1) < limits.seconds else {
                    throw LoopError(
                        .tooSlow, "Reading the frames took longer than \(Int(limits.seconds)) seconds. Keep fewer.")
                }
                let picture = try decode(index)
                guard picture.image.width == first.image.width, picture.image.height == first.image.height else {
                    throw LoopError(
                        .sizeDiffers,
                        "This frame is \(picture.image.width) × \(picture.image.height) pixels, the first \(first.image.width) × \(first.image.height). Frames of one loop have one size."
                    ).at((paths[index] as NSString).lastPathComponent)
                }
                return picture
            }
            if case .failure = result { failed.store(true, ordering: .relaxed) }
            let done = results.withLock {
                $0[index] = result
                return $0.count
            }
            progress(done, paths.count)
        }
        let found = results.withLock { $0 }
        var frames: [GreyImage] = []
        var coloured = 0
        frames.reserveCapacity(paths.count)
        // Of several faulty frames the first by name is told.
        for index in found.keys.sorted() {
            guard case .success(let picture)? = found[index] else {
                if case .failure(let error)? = found[index] { throw error }
                continue
            }
            frames.append(picture.image)
            if picture.hasColour { coloured += 1 }
        }
        return (frames, coloured > 0 ? [.colour] : [])
    }

    private func decode(_ index: Int) throws(LoopError) -> PNG.Decoded {
        let name = (paths[index] as NSString).lastPathComponent
        let bytes: [UInt8]
        do {
            bytes = try LoopReader.bytes(paths[index], limits: limits)
            if PNGHeader.recognises(bytes) { return try PNG.decodeNotingColour(bytes, limits: limits) }
            if PortableGreyMap.recognises(bytes) {
                return PNG.Decoded(image: try PortableGreyMap.decode(bytes, limits: limits), hasColour: false)
            }
        } catch {
            throw error.at(name)
        }
        throw LoopError(
            bytes.isEmpty ? .empty : .format,
            bytes.isEmpty
                ? "The file is empty. Export the loop again."
                : "This is neither a PNG nor a PGM picture. Export the loop again."
        ).at(name)
    }
}
