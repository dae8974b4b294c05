// SPDX-License-Identifier: Apache-2.0

/// The outline of a dark (or bright) region around a seed: a proposal, corrected by the clinician.
///
///     let outline = try HaematomaOutline(in: image, seed: PicturePoint(x: 240, y: 180))
///     let area = PictureArea(inside: outline.points, spacing: loop.millimetresPerPixel)
///
/// Method: the picture is smoothed against speckle; the region around the seed grows as far as the grey lies on the
/// seed's side of a threshold, two thirds of the way from the region's grey to its surroundings', both measured anew until
/// nothing changes. (Two thirds, not half: the beam blurs amplitudes and the picture shows their logarithm, so bright tissue
/// spills into the dark; half the amplitude is 6 dB below the brighter side.)
/// Necks thinner than the smoothing are cut, holes are filled. It needs a contrast of about ten grey levels; a fluid
/// seam that is open to other fluid grows into it.
public struct HaematomaOutline: Sendable, Hashable {
    /// The outline at pixel corners, closed (the last point is joined to the first).
    public let points: [PicturePoint]
    /// Mean grey of the region, away from its edge, after smoothing.
    public let insideGrey: Double
    /// Mean grey of the belt around the region.
    public let outsideGrey: Double

    /// - Parameters:
    ///   - smoothing: standard deviation of the Gaussian in pixels; about the size of a speckle.
    public init(in image: GreyImage, seed: PicturePoint, smoothing: Double = 3) throws(OutlineError) {
        let (width, height) = (image.width, image.height)
        guard seed.x.isFinite, seed.y.isFinite, seed.x >= -0.5, seed.y >= -0.5, seed.x < Double(width) - 0.5,
            seed.y < Double(height) - 0.5, smoothing.isFinite, smoothing >= 0
        else { throw .seedOutsideThePicture }
        guard width >= 16, height >= 16 else { throw .nothingStandsOut }
        let sigma = Float(min(smoothing, 30))
        let smooth = FloatPicture(image, columns: 0..<width, rows: 0..<height).smoothed(across: sigma, down: sigma)
        let (column, row) = (Int(seed.x.rounded()), Int(seed.y.rounded()))
        let start = row * width + column
        let reach = max(2, Int(smoothing.rounded()))

        func mean(_ radius: Int, from inner: Int = -1) -> Float {
            var sum: Float = 0
            var count: Float = 0
            for y in max(0, row - radius)...min(height - 1, row + radius) {
                for x in max(0, column - radius)...min(width - 1, column + radius)
                where max(abs(x - column), abs(y - row)) > inner {
                    sum += smooth[x, y]
                    count += 1
                }
            }
            return count > 0 ? sum / count : 0
        }
        var inside = mean(reach)
        var outside = smooth.mean
        if abs(outside - inside) < 10 { outside = mean(20 * reach, from: 10 * reach) }
        var region = Region(width: width, height: height)
        var last = -1
        for _ in 0..<24 {
            guard abs(outside - inside) >= 8 else { throw .nothingStandsOut }
            let isDark = inside < outside
            let threshold = inside + (outside - inside) * 2 / 3
            let members = smooth.values.map { isDark ? $0 < threshold : $0 > threshold }
            guard let grown = region.grown(from: start, members: members, reach: reach) else { throw .nothingStandsOut }
            region = grown
            guard region.count * 10 < 9 * width * height else { throw .nothingStandsOut }
            (inside, outside) = region.greys(of: smooth, margin: 2 * reach)
            if region.count == last { break }
            last = region.count
        }
        guard let outline = region.outline(), outline.count >= 4 else { throw .nothingStandsOut }
        points = outline
        insideGrey = Double(inside)
        outsideGrey = Double(outside)
    }
}

/// Why no outline can be proposed.
public enum OutlineError: Error, Hashable, Sendable {
    case seedOutsideThePicture
    /// The place does not differ enough from what is around it; draw the outline by hand.
    case nothingStandsOut
}
