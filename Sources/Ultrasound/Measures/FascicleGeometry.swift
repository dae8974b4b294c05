// SPDX-License-Identifier: Apache-2.0

/// Fascicles between the borders of a muscle: their direction, and their length by geometry.
public struct FascicleGeometry: Hashable, Sendable {
    /// The direction of the fascicles against the horizontal, degrees, always positive.
    public let angleDegrees: Double
    /// The direction against the deep aponeurosis, degrees: the pennation angle.
    public let pennationDegrees: Double
    /// From border to border along the fascicles, through the middle of the muscle. A fascicle that leaves the picture is
    /// continued as a straight line, which overestimates curved ones.
    public let length: PictureLength
    /// The part of the texture between the borders that runs like fascicles, 0…1. Below about 0.3 nothing is visible
    /// enough to be trusted.
    public let visibility: Double

    /// The geometry, or nothing where no fascicle can be seen.
    ///
    /// Method: the structure tensor's directions between the borders, weighted by how strong and how line-like the
    /// texture is; their weighted 60th percentile (short bright lines near the aponeuroses pull lower ones down).
    public init?(in image: GreyImage, between borders: MuscleBorders, spacing: PixelSpacing?) {
        let area = borders.area
        guard area.columns.count >= 20, area.rows.count >= 20 else { return nil }
        let full = FloatPicture(image, columns: area.columns, rows: area.rows)
        // At 300 rows, like the borders; square pixels stay square.
        let scale = 300 / Double(full.height)
        let blurred = scale < 1 ? full.smoothed(across: Float(0.5 / scale), down: Float(0.5 / scale)) : full
        let picture = blurred.resized(width: max(20, Int((Double(full.width) * scale).rounded())), height: 300)
        let fibres = FibreOrientation(picture)
        let sign: Float = borders.fasciclesRiseToTheRight ? 1 : -1
        var found: [(degrees: Float, weight: Float)] = []
        var all: Float = 0
        for row in 0..<picture.height {
            for column in 0..<picture.width {
                let x = Double(column) / scale + Double(area.columns.lowerBound)
                let y = Double(row) / scale + Double(area.rows.lowerBound)
                guard y > borders.superficial.row(at: x) + 8 / scale, y < borders.deep.row(at: x) - 12 / scale else {
                    continue
                }
                let index = row * picture.width + column
                let weight = fibres.strength[index] * fibres.linearity[index] * fibres.linearity[index]
                all += weight
                let degrees = fibres.degrees[index] * sign
                if degrees > 5, degrees < 50 { found.append((degrees, weight)) }
            }
        }
        let sum = found.reduce(0) { $0 + $1.weight }
        guard sum > 0, all > 0, found.count >= 100 else { return nil }
        found.sort { $0.degrees < $1.degrees }
        var passed: Float = 0
        let percentile = found.first { entry in
            passed += entry.weight
            return passed >= 0.6 * sum
        }
        guard let percentile else { return nil }
        let degrees = Double(percentile.degrees)
        let rise = Double.tangent(degrees: degrees) * (borders.fasciclesRiseToTheRight ? -1 : 1)
        // Along the fascicle through the middle: where its line meets the two borders.
        let middle = Double(area.columns.lowerBound + area.columns.upperBound - 1) / 2
        let centre = (borders.superficial.row(at: middle) + borders.deep.row(at: middle)) / 2
        func meeting(_ border: BorderLine) -> PicturePoint? {
            guard abs(rise - border.slope) > 0.02 else { return nil }
            let x = (border.rowAtLeft - centre + rise * middle) / (rise - border.slope)
            return PicturePoint(x: x, y: border.row(at: x))
        }
        guard let above = meeting(borders.superficial), let below = meeting(borders.deep) else { return nil }
        angleDegrees = degrees
        let deepDegrees = Double.degrees(y: -borders.deep.slope, x: 1) * Double(sign)
        pennationDegrees = degrees - deepDegrees
        length = PictureLength(along: [above, below], spacing: spacing)
        visibility = Double(sum / all)
    }
}
