// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ultrasound

/// `track-speed RAW WIDTH HEIGHT FRAMES (field|marks|tear) (one|all)`: seconds of one run, and the process's greatest memory, as JSON.
///
/// RAW holds the frames' bytes one after the other.
@main struct TrackSpeed {
    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 7, let width = Int(words[2]), let height = Int(words[3]), let count = Int(words[4]) else {
            FileHandle.standardError.write(Data("usage: track-speed RAW WIDTH HEIGHT FRAMES field|marks|tear one|all\n".utf8))
            exit(2)
        }
        let size = width * height
        guard let file = FileHandle(forReadingAtPath: words[1]) else { exit(1) }
        var frames: [GreyImage] = []
        for _ in 0..<count {
            guard let bytes = try file.read(upToCount: size), let frame = GreyImage(width: width, height: height, pixels: [UInt8](bytes))
            else { exit(1) }
            frames.append(frame)
        }
        let loop = try CineLoop(frames: frames, frameRate: 30, millimetresPerPixel: PixelSpacing(x: 0.1, y: 0.1))
        frames = []
        let isParallel = words[6] == "all"
        let before = peakMemory()
        let clock = ContinuousClock()
        let begun = clock.now
        switch words[5] {
        case "marks":
            var tracker = PointTracker()
            tracker.isParallel = isParallel
            let x = Double(width), y = Double(height)
            let tracks = try tracker.track(
                [PicturePoint(x: 0.42 * x, y: 0.5 * y), PicturePoint(x: 0.58 * x, y: 0.5 * y)], in: loop)
            _ = Separation(between: tracks[0], and: tracks[1], in: loop)
        case "tear":
            var finder = TearFinder()
            finder.isParallel = isParallel
            _ = try finder.find(in: loop)
        default: _ = try MotionField(of: loop, isParallel: isParallel)
        }
        let took = clock.now - begun
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
        print(
            "{\"seconds\":\(seconds),\"framesPerSecond\":\(Double(count - 1) / seconds),"
                + "\"memoryBytes\":\(peakMemory()),\"memoryBeforeBytes\":\(before),\"loopBytes\":\(size * count)}")
    }

    /// The greatest resident set so far, in bytes (Linux); 0 elsewhere.
    private static func peakMemory() -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) * 1024
        }
        return 0
    }
}
