// SPDX-License-Identifier: Apache-2.0

import DICOM
import Foundation
import Ultrasound

/// Reads a DICOM object's frames through the helper `fascia-dicom`, with its times and its regions.
struct DICOMLoop {
    let path: String
    let limits: LoopLimits

    static func recognises(_ head: [UInt8]) -> Bool {
        head.count >= 132 && Array(head[128..<132]) == Array("DICM".utf8)
    }

    func read(
        frameRate: Double?, spacing: PixelSpacing?, progress: (_ done: Int, _ of: Int?) -> Void
    ) throws(LoopError) -> LoadedLoop {
        guard let helper = HelperProgram.find() else { throw Self.error(.missing) }
        let index: ObjectIndex
        do throws(HelperFailure) { index = try helper.index(path) } catch { throw Self.error(error) }
        guard let pictures = index.pictures else {
            throw LoopError(.empty, "The DICOM object has no pictures; it is kept as it is.")
        }
        if pictures.isFilm { return try film(index, frameRate: frameRate, spacing: spacing, progress: progress) }
        try limits.check(width: pictures.columns, height: pictures.rows)
        try limits.check(frames: pictures.frames, width: pictures.columns, height: pictures.rows)
        var frames: [GreyImage] = []
        frames.reserveCapacity(pictures.frames)
        do throws(HelperFailure) {
            try helper.decode(path, .grey, count: pictures.frames, seconds: limits.seconds) { bytes in
                guard let image = GreyImage(width: pictures.columns, height: pictures.rows, pixels: bytes) else {
                    return false
                }
                frames.append(image)
                progress(frames.count, pictures.frames)
                return true
            }
        } catch {
            throw Self.error(error)
        }
        guard frames.count == pictures.frames else { throw Self.error(.crashed(code: 0)) }
        return try loaded(frames, index, frameRate: frameRate, spacing: spacing)
    }

    /// A film inside an object goes the way of every film: through ffmpeg, a process of its own.
    private func film(
        _ index: ObjectIndex, frameRate: Double?, spacing: PixelSpacing?, progress: (_ done: Int, _ of: Int?) -> Void
    ) throws(LoopError) -> LoadedLoop {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("fascia-film-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        let ranges = index.pictures?.filmRanges ?? []
        guard
            FileManager.default.createFile(
                atPath: place.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw LoopError(.unwritable, "There is no room for the film's copy. Free some space on the disk.") }
        var head: [UInt8] = []
        do {
            let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            let copy = try FileHandle(forWritingTo: place)
            defer {
                try? source.close()
                try? copy.close()
            }
            for range in ranges {
                try source.seek(toOffset: UInt64(range.lowerBound))
                var left = range.count
                while left > 0, let piece = try source.read(upToCount: min(left, 1 << 20)), !piece.isEmpty {
                    if head.count < 16 { head += piece.prefix(16) }
                    try copy.write(contentsOf: piece)
                    left -= piece.count
                }
            }
        } catch {
            throw LoopError(.unwritable, "The film could not be copied. Free some space on the disk.")
        }
        guard let container = VideoContainer(head) else {
            throw LoopError(
                .format,
                "The DICOM object holds a film that is not MP4; it is kept but not shown. "
                    + "Set the machine to MPEG-4 (H.264), to JPEG, or to uncompressed.")
        }
        let film = Film(
            path: place.path, container: container, fileBytes: ranges.reduce(0) { $0 + $1.count }, limits: limits)
        let (frames, times, warnings) = try film.read(frameRate: frameRate, progress: progress)
        // Regions are places in the picture that the object announces; in another one they would be wrong.
        guard let first = frames.first, first.width == index.pictures?.columns, first.height == index.pictures?.rows
        else {
            throw LoopError(.damaged, "The film's pictures are not of the size that the object says. Export it again.")
        }
        return try loaded(frames, index, filmTimes: times, more: warnings, frameRate: frameRate, spacing: spacing)
    }

    private func loaded(
        _ frames: [GreyImage], _ index: ObjectIndex, filmTimes: [Double]? = nil, more: [LoopWarning] = [],
        frameRate: Double?, spacing: PixelSpacing?
    ) throws(LoopError) -> LoadedLoop {
        var warnings = more
        let times: [Double]
        if let frameRate {
            times = frames.indices.map { Double($0) / frameRate }
        } else if let told = index.frameTimes, told.count == frames.count {
            times = told
        } else if let filmTimes {
            times = filmTimes
        } else {
            times = frames.indices.map { Double($0) / LoopReader.usualFrameRate }
            warnings.append(
                LoopWarning(
                    code: "timesUncertain",
                    message:
                        "The object does not say the times of its frames; 30 a second are assumed. Speeds are uncertain."
                ))
        }
        let regions = index.regionsOfAllFrames
        if spacing == nil, regions.pictureSpacing == nil {
            warnings.append(
                LoopWarning(
                    code: "uncalibrated",
                    message:
                        "The object has no region with one scale for its picture: lengths are pixels until a scale is set."
                ))
        }
        switch BurnedInText.look(
            at: frames[0], regions: regions, annotation: index.attributes.text(.burnedInAnnotation))
        {
        case .found:
            warnings.append(
                LoopWarning(code: "burnedInText", message: "There is text in the picture, which may name the patient."))
        case .possible:
            warnings.append(
                LoopWarning(
                    code: "burnedInTextPossible", message: "There may be text in the picture that names the patient."))
        case .none: break
        }
        do {
            return LoadedLoop(
                loop: try CineLoop(
                    frames: frames, times: times, millimetresPerPixel: spacing ?? regions.pictureSpacing),
                format: "dicom", warnings: warnings,
                // A scale that somebody gave holds for the whole picture.
                regions: spacing == nil ? regions : nil)
        } catch {
            throw LoopError(.damaged, "The frames do not make a loop (\(error)). Export it again.")
        }
    }

    private static func error(_ failure: HelperFailure) -> LoopError {
        switch failure {
        case .missing: LoopError(.toolMissing, failure.description)
        case .tooSlow: LoopError(.tooSlow, failure.description)
        case .noHandles: LoopError(.toolMissing, failure.description)
        case .refused, .crashed: LoopError(.damaged, failure.description)
        }
    }
}
