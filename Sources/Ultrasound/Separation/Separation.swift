// SPDX-License-Identifier: Apache-2.0

/// How far two marked places are apart in every frame, along the axis on which they move apart.
///
///     let tracks = try PointTracker().track([upperEnd, lowerEnd], in: loop)
///     let separation = Separation(between: tracks[0], and: tracks[1], in: loop)
///     separation.openingMillimetres               // maximum − rest
///
/// The axis is the main direction of the relative motion once that is clearly more than its error (at least a millimetre, or ten
/// pixels without calibration) and lies within 60° of the line between the marks; otherwise it is that line at rest.
/// The muscle's ends part along its fibres, so this is the muscle's axis whatever small difference in depth the marks have.
public struct Separation: Hashable, Sendable {
    /// The frame in which the marks were set.
    public let restFrame: Int
    /// The frame with the greatest distance, among those in which both marks are followed.
    public let maximumFrame: Int
    /// Its time in seconds.
    public let maximumSeconds: Double
    /// Direction of the axis in the picture, of length 1 in millimetres (in pixels without calibration).
    public let axis: PicturePoint
    /// Distance in each frame in millimetres; nothing without calibration.
    public let perFrameMillimetres: [Double]?
    /// Distance in each frame in pixels.
    public let perFramePixels: [Double]
    /// In 95 of 100 cases the distance is not farther off than this, in the unit of ``perFrameMillimetres`` if there is one, otherwise
    /// pixels; infinite where a mark is lost.
    public let error95: [Double]

    /// Distance in the rest frame, in millimetres; nothing without calibration.
    public var restMillimetres: Double? { perFrameMillimetres?[restFrame] }
    /// The greatest distance, in millimetres; nothing without calibration.
    public var maximumMillimetres: Double? { perFrameMillimetres?[maximumFrame] }
    /// How much the distance grows from the rest frame to the greatest, in millimetres; nothing without calibration.
    public var openingMillimetres: Double? {
        perFrameMillimetres.map { $0[maximumFrame] - $0[restFrame] }
    }
    /// Distance in the rest frame, in pixels.
    public var restPixels: Double { perFramePixels[restFrame] }
    /// The greatest distance, in pixels.
    public var maximumPixels: Double { perFramePixels[maximumFrame] }
    /// How much the distance grows from the rest frame to the greatest, in pixels.
    public var openingPixels: Double { maximumPixels - restPixels }

    /// Whether both marks are followed in a frame.
    public func isKnown(frame: Int) -> Bool { error95[frame].isFinite }

    /// Measures between two tracks of one loop.
    public init(between first: PointTrack, and second: PointTrack, in loop: CineLoop, restFrame: Int = 0) {
        let frames = min(first.positions.count, second.positions.count)
        let rest = min(max(restFrame, 0), frames - 1)
        let spacing = loop.millimetresPerPixel
        let scale = SIMD2(spacing?.x ?? 1, spacing?.y ?? 1)
        func apart(_ frame: Int) -> SIMD2<Double> {
            let a = first.positions[frame], b = second.positions[frame]
            return SIMD2(b.x - a.x, b.y - a.y)
        }
        func error(_ frame: Int) -> Double {
            let a = first.errorPixels95[frame], b = second.errorPixels95[frame]
            return (a * a + b * b).squareRoot()
        }
        let axis = Self.axis(
            (0..<frames).map { apart($0) * scale }, rest: rest,
            isKnown: (0..<frames).map { error($0).isFinite }, least: spacing == nil ? 10 : 1)
        // The axis in pixels: a direction in millimetres is another one where pixels are not square.
        let inPixels = Self.unit(axis / scale)
        perFramePixels = (0..<frames).map { (apart($0) * inPixels).sum() }
        perFrameMillimetres = spacing == nil ? nil : (0..<frames).map { (apart($0) * scale * axis).sum() }
        let perPixel = spacing == nil ? 1 : 1 / (axis / scale * (axis / scale)).sum().squareRoot()
        error95 = (0..<frames).map { error($0) * perPixel }
        let values = perFramePixels
        let known = (0..<frames).filter { error($0).isFinite }
        maximumFrame = known.max { values[$0] < values[$1] } ?? rest
        maximumSeconds = loop.times[min(maximumFrame, loop.times.count - 1)]
        self.restFrame = rest
        self.axis = PicturePoint(x: axis.x, y: axis.y)
    }

    private static func unit(_ vector: SIMD2<Double>) -> SIMD2<Double> {
        let length = (vector * vector).sum().squareRoot()
        return length > 0 ? vector / length : SIMD2(1, 0)
    }

    private static func axis(
        _ apart: [SIMD2<Double>], rest: Int, isKnown: [Bool], least: Double
    ) -> SIMD2<Double> {
        let line = unit(apart[rest])
        var xx = 0.0, xy = 0.0, yy = 0.0, most = 0.0
        for frame in apart.indices where isKnown[frame] {
            let moved = apart[frame] - apart[rest]
            most = max(most, (moved * moved).sum().squareRoot())
            xx += moved.x * moved.x
            xy += moved.x * moved.y
            yy += moved.y * moved.y
        }
        guard most >= least else { return line }
        // The eigenvector of the greater eigenvalue.
        let middle = (xx + yy) / 2, half = (xx - yy) / 2
        let greater = middle + (half * half + xy * xy).squareRoot()
        var main = abs(xy) > 1e-12 ? SIMD2(greater - yy, xy) : (xx >= yy ? SIMD2(1, 0) : SIMD2(0, 1))
        main = unit(main)
        let along = (main * line).sum()
        guard abs(along) >= 0.5 else { return line }
        return along < 0 ? -main : main
    }
}
