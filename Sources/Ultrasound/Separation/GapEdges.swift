// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Finds the faces of a gap in one picture from the drop of echo between them.
///
/// Along a row, the two places are chosen that divide the grey values best into side, gap, side (least squares). Echo falls off the
/// faces with the width of the point spread function, and the logarithm draws that out into the gap, so that the best
/// division lies inside it by a known amount; it is taken off.
struct GapEdges {
    /// The faces in one row, in pixels, and how far the grey falls between them.
    struct Faces {
        var left: Double, right: Double
        var drop: Double
    }

    /// By how much the best division lies inside the gap, at each face, in pixels.
    ///
    /// At a face, the mean power is half of the full one; where the division lies, it has fallen by half of the drop in decibels.
    /// With a Gaussian point spread function of standard deviation σ, power falls as Φ(x / (σ/√2)). σ comes from the grain: the
    /// half distance of fully developed speckle after compression is 0.95 σ (measured on simulated pictures). Sixty decibels over the grey scale are assumed; for 45
    /// or 80 the result changes by a fifth.
    static func inset(drop: Double, halfDistance: Double) -> Double {
        let sigma = halfDistance / 0.95
        let fall = drop / 2 * 60 / 255
        return sigma / 2.0.squareRoot() * (fall > 3 ? quantile(decibels: fall) : 0)
    }

    /// x with Φ(−x) = 10^(−decibels / 10), by bisection.
    private static func quantile(decibels: Double) -> Double {
        var low = 0.0, high = 6.0
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if -10 * log10(0.5 * erfc(middle / 2.0.squareRoot())) < decibels { low = middle } else { high = middle }
        }
        return low
    }

    /// - Parameters:
    ///   - rows: rows of the picture that are averaged, from first to last.
    ///   - from: left end of the stretch that is looked at, to: its right end; the gap is somewhere between.
    static func find(in image: GreyImage, rows: ClosedRange<Int>, from: Int, to: Int) -> Faces? {
        let first = max(from, 0), last = min(to, image.width - 1)
        let top = max(rows.lowerBound, 0), bottom = min(rows.upperBound, image.height - 1)
        guard last - first >= 12, top <= bottom else { return nil }
        let count = last - first + 1
        var sums = [Double](repeating: 0, count: count + 1)
        for column in 0..<count {
            var sum = 0.0
            for row in top...bottom { sum += Double(image.pixels[row * image.width + first + column]) }
            sums[column + 1] = sums[column] + sum / Double(bottom - top + 1)
        }
        var best = -1.0, cut = (0, 0)
        let least = 4
        for left in least..<(count - 2 * least) {
            let before = sums[left]
            for right in (left + 2)...(count - least) {
                let inside = sums[right] - before, after = sums[count] - sums[right]
                // The sum of squares that three levels explain; more is better.
                let gain =
                    before * before / Double(left) + inside * inside / Double(right - left)
                    + after * after / Double(count - right)
                guard gain > best else { continue }
                let middle = inside / Double(right - left)
                guard middle < before / Double(left), middle < after / Double(count - right) else { continue }
                best = gain
                cut = (left, right)
            }
        }
        guard best > 0 else { return nil }
        let left = sums[cut.0] / Double(cut.0), right = (sums[count] - sums[cut.1]) / Double(count - cut.1)
        let middle = (sums[cut.1] - sums[cut.0]) / Double(cut.1 - cut.0)
        // Pixel k spans k − ½ to k + ½.
        return Faces(
            left: Double(first + cut.0) - 0.5, right: Double(first + cut.1) - 0.5,
            drop: min(left, right) - middle)
    }
}
