// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where a marked piece of tissue was in every frame of a loop, and how sure that is.
public struct PointTrack: Hashable, Sendable {
    /// The place in each frame, in pixels. Where the point is lost, where its neighbours' motion would have taken it.
    public let positions: [PicturePoint]
    /// In 95 of 100 cases the true place is within this many pixels of ``positions``; infinite where the point is lost.
    ///
    /// Worked out from how well windows match and how neighbours agree; the ratio was found on simulated loops, so the number
    /// speaks of errors of tracking, not of whether the mark was put in the right place.
    public let errorPixels95: [Double]

    /// The probability that the error is below one pixel: 0.95 where ``errorPixels95`` is 1, and 0 where the point is lost.
    public var confidence: [Double] {
        errorPixels95.map { $0.isFinite ? 1 - pow(0.05, 1 / max($0 * $0, 1e-9)) : 0 }
    }

    /// Whether the point is lost in a frame: outside the picture, in a shadow, or no longer in the plane.
    public func isLost(frame: Int) -> Bool { !errorPixels95[frame].isFinite }

    /// Frames in which the point is lost.
    public var lostFrames: [Int] { errorPixels95.indices.filter { !errorPixels95[$0].isFinite } }

    init(_ paths: SitePaths, site: Int) {
        positions = (0..<paths.frameCount).map {
            let place = paths.position(site, $0)
            return PicturePoint(x: Double(place.x), y: Double(place.y))
        }
        errorPixels95 = (0..<paths.frameCount).map { Double(paths.bound(site, $0)) }
    }
}
