// SPDX-License-Identifier: Apache-2.0

/// The size of a pixel in tissue, in millimetres, along each axis of the picture.
public struct PixelSpacing: Hashable, Sendable {
    /// Millimetres from one column to the next.
    public let x: Double
    /// Millimetres from one row to the next.
    public let y: Double

    /// A spacing, or nothing unless both numbers are finite and positive.
    public init?(x: Double, y: Double) {
        guard x.isFinite, y.isFinite, x > 0, y > 0 else { return nil }
        self.x = x
        self.y = y
    }
}

/// A recording of moving tissue: pictures of one size, in the order of their times.
public struct CineLoop: Sendable {
    /// At least one picture; all have the width and height of the first.
    public let frames: [GreyImage]
    /// The time of each frame in seconds from the first, rising. Frames may be unevenly spaced.
    public let times: [Double]
    /// The size of a pixel, or nothing for a loop without calibration: then lengths are pixels and never millimetres.
    public let millimetresPerPixel: PixelSpacing?

    /// Columns of every frame.
    public var width: Int { frames[0].width }
    /// Rows of every frame.
    public var height: Int { frames[0].height }
    /// Frames per second, on average; nothing for a single frame.
    public var frameRate: Double? {
        guard let last = times.last, times.count > 1, last > times[0] else { return nil }
        return Double(times.count - 1) / (last - times[0])
    }

    /// A loop of frames of one size.
    ///
    /// - Throws: ``CineLoopError`` when there is no frame, sizes differ, or times do not rise.
    public init(frames: [GreyImage], times: [Double], millimetresPerPixel: PixelSpacing? = nil) throws(CineLoopError) {
        guard let first = frames.first else { throw .noFrames }
        for (index, frame) in frames.enumerated() where frame.width != first.width || frame.height != first.height {
            throw .sizeDiffers(frame: index)
        }
        guard times.count == frames.count else { throw .timesMissing(frames: frames.count, times: times.count) }
        for index in times.indices where !times[index].isFinite || (index > 0 && times[index] <= times[index - 1]) {
            throw .timesDoNotRise(frame: index)
        }
        self.frames = frames
        self.times = times
        self.millimetresPerPixel = millimetresPerPixel
    }

    /// A loop of evenly spaced frames.
    ///
    /// - Parameter frameRate: frames per second, positive.
    /// - Throws: ``CineLoopError`` when there is no frame, sizes differ, or the rate is not positive.
    public init(frames: [GreyImage], frameRate: Double, millimetresPerPixel: PixelSpacing? = nil) throws(CineLoopError)
    {
        guard frameRate.isFinite, frameRate > 0 else { throw .timesDoNotRise(frame: 0) }
        try self.init(
            frames: frames, times: frames.indices.map { Double($0) / frameRate },
            millimetresPerPixel: millimetresPerPixel)
    }
}

extension CineLoop {
    /// A loop of one picture without calibration.
    public init(single frame: GreyImage) {
        frames = [frame]
        times = [0]
        millimetresPerPixel = nil
    }
}

/// Why pictures do not make a loop.
public enum CineLoopError: Error, Hashable, Sendable {
    /// There is not a single frame.
    case noFrames
    /// This frame (counted from 0) has another size than the first.
    case sizeDiffers(frame: Int)
    /// The number of times is not the number of frames.
    case timesMissing(frames: Int, times: Int)
    /// The time of this frame is not a number, or not later than the one before.
    case timesDoNotRise(frame: Int)
}
