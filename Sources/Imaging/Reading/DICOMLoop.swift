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
        guard !pictures.isFilm else {
            throw LoopError(
                .format,
                "The DICOM object holds a film (MPEG-4), which is kept but not shown. Send it uncompressed or as JPEG.")
        }
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

    private func loaded(
        _ frames: [GreyImage], _ index: ObjectIndex, frameRate: Double?, spacing: PixelSpacing?
    ) throws(LoopError) -> LoadedLoop {
        var warnings: [LoopWarning] = []
        let times: [Double]
        if let frameRate {
            times = frames.indices.map { Double($0) / frameRate }
        } else if let told = index.frameTimes {
            times = told
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
