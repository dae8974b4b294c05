// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Ultrasound

/// Tracked marks drawn into a loop: crosses, the trail of the last half second, the separation's line and number.
///
///     try LoopOverlay(loop: loop, tracks: tracks, separation: line).write(to: "overlay.mp4")
package struct LoopOverlay: Sendable {
    package struct Track: Sendable {
        package let positions: [PicturePoint]
        /// 0…1, one a frame; below 0.5 the cross is drawn broken.
        package let confidence: [Double]

        package init(positions: [PicturePoint], confidence: [Double]) {
            self.positions = positions
            self.confidence = confidence
        }
    }

    package struct Separation: Sendable {
        /// The two ends in each frame.
        package let from: [PicturePoint]
        package let to: [PicturePoint]
        /// The number of each frame: millimetres, or pixels where the loop is not calibrated; nothing where it is lost.
        package let values: [Double?]

        package init(from: [PicturePoint], to: [PicturePoint], values: [Double?]) {
            self.from = from
            self.to = to
            self.values = values
        }
    }

    private let loop: CineLoop
    private let tracks: [Track]
    private let separation: Separation?

    package init(loop: CineLoop, tracks: [Track], separation: Separation? = nil) {
        self.loop = loop
        self.tracks = tracks
        self.separation = separation
    }

    /// One frame with everything on it.
    package func frame(_ index: Int) -> ColourImage {
        var picture = ColourImage(loop.frames[index])
        let trail = max(2, Int(((loop.frameRate ?? 30) / 2).rounded()))
        for (number, track) in tracks.enumerated() where index < track.positions.count {
            let ink = InkColour.series[number % InkColour.series.count]
            for step in max(0, index - trail)..<index {
                picture.line(track.positions[step], track.positions[step + 1], ink, opacity: 0.5)
            }
            let isLost = index < track.confidence.count && track.confidence[index] < 0.5
            picture.cross(at: track.positions[index], ink, isLost: isLost)
        }
        if let separation, index < separation.from.count, index < separation.to.count {
            let ink = InkColour(255, 255, 255)
            picture.line(separation.from[index], separation.to[index], ink, opacity: 0.8)
            let value = index < separation.values.count ? separation.values[index] : nil
            let unit = loop.millimetresPerPixel == nil ? "px" : "mm"
            let scale = max(1, min(loop.width, loop.height) / 200)
            picture.text(
                value.map { "\(String(format: "%.1f", $0)) \(unit)" } ?? "?", column: 4 * scale, row: 4 * scale, ink,
                scale: scale)
        }
        return picture
    }

    /// Writes `frame0000.png` … into a folder, or an MP4 where the name ends in .mp4.
    package func write(
        to path: String, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(LoopError) {
        let count = loop.frames.count
        if path.lowercased().hasSuffix(".mp4") {
            var next = 0
            try FilmWriter(path: path, width: loop.width, height: loop.height, frameRate: loop.frameRate ?? 30).write {
                guard next < count else { return nil }
                next += 1
                progress(next, count)
                return frame(next - 1)
            }
            return
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw LoopError(.unwritable, "The folder cannot be made there. Check the place.")
        }
        let digits = max(4, String(count - 1).count)
        for index in 0..<count {
            let number = String(index)
            let name = "frame" + String(repeating: "0", count: digits - number.count) + number + ".png"
            try PictureFile.write(try PNG.encode(frame(index)), to: "\(path)/\(name)")
            progress(index + 1, count)
        }
    }
}
