// SPDX-License-Identifier: Apache-2.0

/// The motion of tissue all over a loop: a lattice of sites laid over the rest frame and followed through all frames.
///
///     let field = try MotionField(of: loop, spacingPixels: 16)
///     field.displacement(column: 4, row: 7, frame: 45)         // pixels since rest
///     field.strain(frame: 45)                                  // maps of strain, per site
///
/// The site of column c and row r lies at ((c + 1) · spacing, (r + 1) · spacing) at rest.
public struct MotionField: Sendable {
    /// From one site to the next, along x and y, in pixels.
    public let spacingPixels: Int
    /// Sites along x and y.
    public let columns: Int, rows: Int
    /// Number of frames.
    public let frameCount: Int
    /// The frame over which the lattice was laid.
    public let restFrame: Int
    /// The size of a pixel, if the loop had one.
    public let millimetresPerPixel: PixelSpacing?
    let paths: SitePaths

    /// The spacing of sites that lean on each other, in pixels of the picture that is worked on.
    static let supportSpacing = 16

    /// Follows a lattice of sites.
    ///
    /// - Parameters:
    ///   - spacingPixels: 2 or more. Below 12, only every second, third … site supports its neighbours.
    ///   - restFrame: where the lattice is laid, counted from 0.
    ///   - progress: frames done, of how many; called on any thread.
    /// - Throws: ``TrackingError``.
    /// - Complexity: linear in frames × (pixels + sites).
    public init(
        of loop: CineLoop, spacingPixels: Int = 16, restFrame: Int = 0, isParallel: Bool = true,
        progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(TrackingError) {
        guard loop.frames.indices.contains(restFrame) else {
            throw .noSuchFrame(restFrame, frames: loop.frames.count)
        }
        guard spacingPixels >= 2, spacingPixels < loop.width, spacingPixels < loop.height else {
            throw .spacing(spacingPixels)
        }
        self.spacingPixels = spacingPixels
        self.restFrame = restFrame
        columns = (loop.width - 1) / spacingPixels
        rows = (loop.height - 1) / spacingPixels
        frameCount = loop.frames.count
        millimetresPerPixel = loop.millimetresPerPixel
        let wanted = 12 << SpeckleSize.halvings(loop.frames[restFrame])
        let every = max((wanted + spacingPixels - 1) / spacingPixels, 1)
        var places: [SIMD2<Float>] = [], contributes: [Bool] = []
        for row in 0..<rows {
            for column in 0..<columns {
                places.append(SIMD2(Float((column + 1) * spacingPixels), Float((row + 1) * spacingPixels)))
                contributes.append(row % every == every / 2 && column % every == every / 2)
            }
        }
        paths = SitePaths(
            places, contributes: contributes, in: loop, restFrame: restFrame, isParallel: isParallel,
            progress: progress)
    }

    /// The number of a site.
    func site(_ column: Int, _ row: Int) -> Int { row * columns + column }

    /// Where a site is at rest, in pixels.
    public func rest(column: Int, row: Int) -> PicturePoint {
        PicturePoint(x: Double((column + 1) * spacingPixels), y: Double((row + 1) * spacingPixels))
    }

    /// Where a site is in a frame, in pixels.
    public func position(column: Int, row: Int, frame: Int) -> PicturePoint {
        let place = paths.position(site(column, row), frame)
        return PicturePoint(x: Double(place.x), y: Double(place.y))
    }

    /// How far a site has moved from rest, in pixels along x and y.
    public func displacement(column: Int, row: Int, frame: Int) -> PicturePoint {
        let moved = paths.position(site(column, row), frame) - paths.position(site(column, row), restFrame)
        return PicturePoint(x: Double(moved.x), y: Double(moved.y))
    }

    /// How far a site has moved since the frame before, in pixels; nothing moved at the first frame.
    public func step(column: Int, row: Int, frame: Int) -> PicturePoint {
        guard frame > 0 else { return PicturePoint(x: 0, y: 0) }
        let moved = paths.position(site(column, row), frame) - paths.position(site(column, row), frame - 1)
        return PicturePoint(x: Double(moved.x), y: Double(moved.y))
    }

    /// In 95 of 100 cases the true place is not farther off than this, in pixels; infinite where the site is lost.
    public func errorPixels95(column: Int, row: Int, frame: Int) -> Double {
        Double(paths.bound(site(column, row), frame))
    }

    /// Everything about one site.
    public func track(column: Int, row: Int) -> PointTrack { PointTrack(paths, site: site(column, row)) }
}
