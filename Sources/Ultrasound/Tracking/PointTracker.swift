// SPDX-License-Identifier: Apache-2.0

/// Follows marked points through a loop.
///
///     let tracks = try PointTracker().track([PicturePoint(x: 210, y: 180), PicturePoint(x: 260, y: 182)], in: loop)
///     tracks[0].positions[45]                     // where the first is in frame 45
///
/// Tissue around every point is followed with it, on a lattice of its own, so that the answer for one point does not depend on
/// what else is marked, and time grows with the number of points. Work grows linearly with frames and pixels.
public struct PointTracker: Sendable {
    /// The frame in which the points are marked, counted from 0; they are followed from there to both ends.
    public var restFrame = 0
    /// Use all cores.
    public var isParallel = true

    /// A tracker that starts at the first frame and uses all cores.
    public init() {}

    /// Follows points.
    ///
    /// - Parameters:
    ///   - points: places in the rest frame, in pixels, inside the picture.
    ///   - progress: frames done, of how many; called on any thread.
    /// - Returns: a track for each point, in order.
    /// - Throws: ``TrackingError`` when the rest frame does not exist or a point lies outside the picture.
    /// - Complexity: linear in frames × (pixels + points).
    public func track(
        _ points: [PicturePoint], in loop: CineLoop,
        progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(TrackingError) -> [PointTrack] {
        guard loop.frames.indices.contains(restFrame) else {
            throw .noSuchFrame(restFrame, frames: loop.frames.count)
        }
        for (index, point) in points.enumerated() {
            guard
                point.x.isFinite, point.y.isFinite, point.x >= 0, point.y >= 0, point.x <= Double(loop.width - 1),
                point.y <= Double(loop.height - 1)
            else { throw .outsidePicture(point: index) }
        }
        guard !points.isEmpty else { return [] }
        let marked = points.map { SIMD2(Float($0.x), Float($0.y)) }
        let spacing = Float(MotionField.supportSpacing << SpeckleSize.halvings(loop.frames[restFrame]))
        let support = Self.support(around: marked, spacing: spacing, width: loop.width, height: loop.height)
        let paths = SitePaths(
            marked + support,
            contributes: [Bool](repeating: false, count: marked.count)
                + [Bool](repeating: true, count: support.count),
            in: loop, restFrame: restFrame, isParallel: isParallel, progress: progress)
        return points.indices.map { PointTrack(paths, site: $0) }
    }

    /// The lattice's sites within five spacings of a point.
    private static func support(
        around points: [SIMD2<Float>], spacing: Float, width: Int, height: Int
    ) -> [SIMD2<Float>] {
        var chosen: Set<SIMD2<Int32>> = []
        let reach = 5
        for point in points {
            let column = Int((point.x / spacing).rounded()), row = Int((point.y / spacing).rounded())
            for down in -reach...reach {
                for across in -reach...reach where down * down + across * across <= reach * reach {
                    let x = Float(column + across) * spacing, y = Float(row + down) * spacing
                    guard x >= spacing / 2, y >= spacing / 2, x < Float(width), y < Float(height) else { continue }
                    chosen.insert(SIMD2(Int32(column + across), Int32(row + down)))
                }
            }
        }
        return chosen.sorted { ($0.y, $0.x) < ($1.y, $1.x) }.map { SIMD2(Float($0.x), Float($0.y)) * spacing }
    }
}

/// Why points or a field can't be followed.
public enum TrackingError: Error, Hashable, Sendable {
    /// The rest frame is not one of the loop's.
    case noSuchFrame(Int, frames: Int)
    /// This point (counted from 0) lies outside the picture.
    case outsidePicture(point: Int)
    /// A field needs a spacing of at least 2 pixels that fits into the picture at least once.
    case spacing(Int)
}
