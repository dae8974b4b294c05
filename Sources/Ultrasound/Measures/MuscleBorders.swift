// SPDX-License-Identifier: Apache-2.0

/// A straight border in a picture: the row at any column.
public struct BorderLine: Hashable, Sendable, Codable {
    /// The row at column 0.
    public var rowAtLeft: Double
    /// Rows down for each column to the right.
    public var slope: Double

    /// A line by its row at column 0 and its slope.
    public init(rowAtLeft: Double, slope: Double) {
        self.rowAtLeft = rowAtLeft
        self.slope = slope
    }

    /// The line through two points of different columns, nothing otherwise: a border drawn by hand.
    public init?(through one: PicturePoint, _ other: PicturePoint) {
        guard one.x != other.x else { return nil }
        slope = (other.y - one.y) / (other.x - one.x)
        rowAtLeft = one.y - slope * one.x
    }

    /// The row of the border at a column, both in pixels.
    public func row(at column: Double) -> Double { rowAtLeft + slope * column }
}

/// The borders of a muscle in a longitudinal picture: the inner edges of its aponeuroses.
///
///     if let borders = MuscleBorders(in: image) { borders.thickness(spacing: loop.millimetresPerPixel) }
///
/// Found automatically, corrected by hand: ``superficial`` and ``deep`` can be replaced. The search assumes a
/// pennate muscle cut along its fascicles, with two nearly flat aponeuroses (within 12°), the superficial one in the
/// upper half of the picture. Where these are not there, or the picture has no texture, nothing is found.
///
/// Method: fascicles lie obliquely between aponeuroses that lie nearly flat, so the balance of directions (structure
/// tensor) is summed between every pair of lines, together with the bright bands and steps of brightness at them; the
/// best pair wins, tried as it is and mirrored. Compared with three observers on the pictures of van der Zee & Kuo
/// (PLOS ONE 2022, 17:e0265752), the median error at the place where they measured is smaller than their own mean
/// pairwise difference (`docs/measures.md` has the figures). In about one of eight pictures another border is chosen than
/// theirs: look at the lines before you accept the number.
public struct MuscleBorders: Hashable, Sendable {
    /// The lower edge of the superficial aponeurosis.
    public var superficial: BorderLine
    /// The upper edge of the deep aponeurosis.
    public var deep: BorderLine
    /// The tissue that was looked at.
    public let area: ScanArea
    /// Fascicles rise to the right.
    public let fasciclesRiseToTheRight: Bool

    /// Finds the borders, or nothing.
    public init?(in image: GreyImage) {
        self.init(in: image, area: ScanArea(of: image))
    }

    /// Finds the borders in this part of the picture, or nothing.
    public init?(in image: GreyImage, area: ScanArea) {
        self.area = area
        guard area.columns.count >= 40, area.rows.count >= 60 else { return nil }
        // All pictures are looked at 300 rows high, so that the sizes of structures mean the same.
        let full = FloatPicture(image, columns: area.columns, rows: area.rows)
        let scale = 300 / Double(full.height)
        let blurred = scale < 1 ? full.smoothed(across: Float(0.5 / scale), down: Float(0.5 / scale)) : full
        let width = max(40, Int((Double(full.width) * scale).rounded()))
        let picture = blurred.resized(width: width, height: 300)
        let straight = Self.best(in: picture)
        let mirrored = Self.best(in: picture.flipped)
        guard let found = [straight, mirrored].compactMap(\.self).max(by: { $0.score < $1.score }) else { return nil }
        let isStraight = straight?.score == found.score
        fasciclesRiseToTheRight = isStraight
        let middle = Double(width - 1) / 2
        func line(_ row: Int, _ slope: Double) -> BorderLine {
            // Row 0 here is the upper edge of the first row, half a pixel above its centre.
            let slope = isStraight ? slope : -slope
            let rowsPerRow = Double(full.height) / 300
            let columnsPerColumn = Double(full.width) / Double(width)
            let fullSlope = slope * rowsPerRow / columnsPerColumn
            let rowAtLeftOfArea = (Double(row) - slope * middle) * rowsPerRow - 0.5 + Double(area.rows.lowerBound)
            return BorderLine(
                rowAtLeft: rowAtLeftOfArea - fullSlope * Double(area.columns.lowerBound), slope: fullSlope)
        }
        superficial = line(found.superficial.row, BorderScores.slopes[found.superficial.slope])
        deep = line(found.deep.row, BorderScores.slopes[found.deep.slope])
    }

    private typealias Place = (row: Int, slope: Int)

    private static func best(in picture: FloatPicture) -> (score: Float, superficial: Place, deep: Place)? {
        guard let scores = BorderScores(picture, FibreOrientation(picture)) else { return nil }
        let slopes = BorderScores.slopeDegrees.indices
        // The best row for each slope; then the best pair of slopes.
        func rows(_ table: [[Float]], from first: Int) -> [(row: Int, score: Float)] {
            slopes.map { slope in
                var best = (row: first, score: -Float.infinity)
                for row in first..<table.count where table[row][slope] > best.score { best = (row, table[row][slope]) }
                return best
            }
        }
        let above = rows(scores.superficial, from: 0)
        let below = rows(scores.deep, from: picture.height * 3 / 10)
        var found: (score: Float, superficial: Place, deep: Place)?
        for one in slopes where above[one].score > -.infinity {
            for other in slopes where below[other].score > -.infinity {
                guard below[other].row - above[one].row >= picture.height / 8 else { continue }
                let turn = Float((BorderScores.slopeDegrees[one] - BorderScores.slopeDegrees[other]) / 5)
                let score = above[one].score + below[other].score - 0.08 * turn * turn
                if score > found?.score ?? -.infinity {
                    found = (score, (above[one].row, one), (below[other].row, other))
                }
            }
        }
        return found
    }

    /// From one border to the other, straight down at a column; by default at the middle of the tissue.
    public func thickness(at column: Double? = nil, spacing: PixelSpacing?) -> PictureLength {
        let column = column ?? Double(area.columns.lowerBound + area.columns.upperBound - 1) / 2
        return PictureLength(
            along: [
                PicturePoint(x: column, y: superficial.row(at: column)),
                PicturePoint(x: column, y: deep.row(at: column)),
            ], spacing: spacing)
    }
}
