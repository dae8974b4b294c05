// SPDX-License-Identifier: Apache-2.0

/// A place where neighbouring tissue moves apart, found from the motion of tissue alone.
public struct TearCandidate: Hashable, Sendable {
    /// The middle of the gap at rest, in pixels.
    public let x: Double, y: Double
    /// How far the sides move apart from their closest to their widest, in pixels.
    public let openingPixels: Double
    /// The same in millimetres, with a calibration.
    public let openingMillimetres: Double?
    /// The frame in which they are farthest apart.
    public let peakFrame: Int
    /// From 0 to 1: how clear the opening is of its error, how much of the height it spans, and whether the echo drops between.
    public let score: Double
    /// Rows between which the opening is seen, in pixels at rest.
    public let top: Double, bottom: Double
    /// The gap in each frame in pixels: its width at the peak from where the echo drops, elsewhere by how the sides have moved
    /// since. Where the echo does not drop, the opening alone.
    public let gapPixels: [Double]
    /// The same in millimetres, with a calibration.
    public let gapMillimetres: [Double]?
    /// Whether the width at the peak was seen in the echo, so that ``gapPixels`` is the gap and not the opening alone.
    public let isGapSeen: Bool
    /// The left and right face in each frame at the middle of the height, in pixels.
    public let leftFace: [PicturePoint], rightFace: [PicturePoint]
}
