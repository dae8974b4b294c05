// SPDX-License-Identifier: Apache-2.0

/// How well each straight line through a picture fits as the lower edge of a superficial and as the upper edge of a deep
/// aponeurosis.
///
/// Between the two, fascicles run obliquely; the aponeuroses themselves and what lies outside run nearly flat. So the
/// evidence for a border is the balance of oblique against flat texture on its two sides, a bright band next to it, and
/// the step of brightness at it. The weights were fitted on the pictures named in `Measures.md`.
struct BorderScores {
    /// Slopes that are tried, degrees below the horizontal to the right.
    static let slopeDegrees = (-4...12).map { Double($0) }
    static let slopes = slopeDegrees.map { Double.tangent(degrees: $0) }

    /// `[row at the middle column][slope]`; `-infinity` where a line leaves the picture.
    private(set) var superficial: [[Float]] = []
    private(set) var deep: [[Float]] = []

    /// - Parameters:
    ///   - picture: the tissue, about 300 rows high, fascicles rising to the right.
    init?(_ picture: FloatPicture, _ fibres: FibreOrientation) {
        let (width, height) = (picture.width, picture.height)
        guard width >= 40, height >= 60 else { return nil }
        let roots = fibres.strength.map { $0.squareRoot() }
        let mean = roots.reduce(0, +) / Float(roots.count)
        guard mean > 0.05 else { return nil }
        let surround = picture.broadlySmoothed(across: 80, down: 40).values
        var balance: [Float] = []
        var flat: [Float] = []
        var bright: [Float] = []
        for index in roots.indices {
            let weight = min(roots[index] / mean, 3)
            let angle = fibres.degrees[index]
            balance.append(angle > 7 && angle < 50 ? weight : angle < 3 && angle > -30 ? -weight : 0)
            flat.append(abs(angle) < 9 ? weight : 0)
            bright.append(min(picture.values[index] / (surround[index] + 15), 3))
        }
        func sums(_ values: [Float]) -> SlantedSums {
            SlantedSums(FloatPicture(width: width, height: height, values: values), slopes: Self.slopes)
        }
        let (balanced, flatness, brightness) = (sums(balance), sums(flat), sums(bright))
        let outside = [Float](repeating: -.infinity, count: Self.slopes.count)
        superficial = [[Float]](repeating: outside, count: height + 1)
        deep = superficial
        for row in 0...height {
            for slope in Self.slopes.indices {
                let inside = balanced.inside(row, slope)
                func mean(_ sums: SlantedSums, _ from: Int, _ to: Int) -> Float {
                    (sums[row + to, slope] - sums[row + from, slope]) / Float(to - from)
                }
                if inside > 0.65 {
                    let tilt = Float((Self.slopeDegrees[slope] - 1) / 5)
                    let step = mean(brightness, 0, 12) - mean(brightness, -12, 0)
                    let sharpStep = mean(brightness, 0, 4) - mean(brightness, -4, 0)
                    let band = mean(brightness, 0, 12) - mean(brightness, 14, 26)
                    let turn = mean(balanced, -30, 0) - mean(balanced, 0, 30)
                    var score = 1.4 * balanced[row, slope] / 30 + 1.4 * step + 2.7 * sharpStep
                    score += 0.2 * band + 0.35 * mean(flatness, 0, 12) + 0.9 * turn - 0.06 * tilt * tilt
                    deep[row][slope] = score
                }
                if inside > 0.9, row >= height / 20, row < height / 2 {
                    let tilt = Float((Self.slopeDegrees[slope] - 2) / 5)
                    let step = mean(brightness, -10, 0) - mean(brightness, 0, 10)
                    let sharpStep = mean(brightness, -4, 0) - mean(brightness, 0, 4)
                    let band = mean(brightness, -10, 0) - mean(brightness, -20, -10)
                    var score = -0.5 * balanced[row, slope] / 30 + 2.1 * step + sharpStep
                    score += 0.8 * band - 0.05 * tilt * tilt
                    superficial[row][slope] = score
                }
            }
        }
    }
}

/// Sums of a picture's values above slanted lines, averaged over columns.
private struct SlantedSums {
    private let height: Int
    private let slopeCount: Int
    private let values: [Float]
    private let insides: [Float]

    init(_ picture: FloatPicture, slopes: [Double]) {
        height = picture.height
        slopeCount = slopes.count
        let width = picture.width
        var above = [Float](repeating: 0, count: width * (height + 1))
        for row in 0..<height {
            for column in 0..<width {
                above[(row + 1) * width + column] = above[row * width + column] + picture[column, row]
            }
        }
        var values = [Float](repeating: 0, count: (height + 1) * slopes.count)
        var insides = values
        let columns = Array(stride(from: 3, to: width - 3, by: 4))
        let middle = Double(width - 1) / 2
        for (slope, tangent) in slopes.enumerated() {
            for column in columns {
                let offset = tangent * (Double(column) - middle)
                for row in 0...height {
                    let y = Double(row) + offset
                    if y >= 0, y <= Double(height) { insides[row * slopes.count + slope] += 1 }
                    let clipped = min(max(y, 0), Double(height))
                    let whole = min(Int(clipped), height - 1)
                    let part = Float(clipped - Double(whole))
                    values[row * slopes.count + slope] +=
                        above[whole * width + column] * (1 - part) + above[(whole + 1) * width + column] * part
                }
            }
        }
        let count = Float(columns.count)
        self.values = values.map { $0 / count }
        self.insides = insides.map { $0 / count }
    }

    /// The mean of the sums above a line; rows beyond the picture count as its edge.
    subscript(row: Int, slope: Int) -> Float { values[min(max(row, 0), height) * slopeCount + slope] }

    /// The part of a line that is inside the picture.
    func inside(_ row: Int, _ slope: Int) -> Float { insides[row * slopeCount + slope] }
}
