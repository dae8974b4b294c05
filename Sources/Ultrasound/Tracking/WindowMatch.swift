// SPDX-License-Identifier: Apache-2.0

/// What a window of the template looks like: sums that every match against it needs.
struct WindowSums {
    var xx: Float = 0, xy: Float = 0, yy: Float = 0
    var x: Float = 0, y: Float = 0
    var value: Float = 0, square: Float = 0
    var count: Float = 0

    /// The spread of grey in the window, as a variance.
    var variance: Float { max(square / count - (value / count) * (value / count), 0) }
}

/// One evaluation of a window against another frame: the step that would bring them closer, and how alike they are.
struct WindowStep {
    var dx: Float = 0, dy: Float = 0
    /// Zero-mean normalised cross-correlation, −1 to 1.
    var correlation: Float = 0
}

/// Lucas and Kanade's step in its inverse form (Baker and Matthews 2004) on windows of the template, with the difference
/// in brightness taken out.
///
/// Windows are 8 · `strips` columns wide. Their corners are whole pixels of the template, so the template is never
/// interpolated; the other frame is, linearly.
enum WindowMatch {
    typealias Lanes = SIMD8<Float>

    @inline(__always)
    private static func lanes(_ pointer: UnsafePointer<Float>) -> Lanes {
        unsafe UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
    }

    /// The sums of a window whose top-left corner is a whole pixel.
    @inline(never)
    static func sums(
        _ level: FramePyramid.Level, column: Int, row: Int, strips: Int, rows: Int
    ) -> WindowSums {
        var xx = Lanes.zero, xy = Lanes.zero, yy = Lanes.zero, x = Lanes.zero, y = Lanes.zero
        var value = Lanes.zero, square = Lanes.zero
        let start = row * level.picture.stride + column
        var line = 0
        while line < rows {
            let at = start + line * level.picture.stride
            var strip = 0
            while strip < strips {
                let offset = at + strip * 8
                let i = unsafe lanes(level.picture.origin + offset)
                let gx = unsafe lanes(level.alongX.origin + offset)
                let gy = unsafe lanes(level.alongY.origin + offset)
                xx += gx * gx
                xy += gx * gy
                yy += gy * gy
                x += gx
                y += gy
                value += i
                square += i * i
                strip += 1
            }
            line += 1
        }
        let count = Float(rows * strips * 8)
        let sx = x.sum(), sy = y.sum()
        return WindowSums(
            xx: xx.sum() - sx * sx / count, xy: xy.sum() - sx * sy / count, yy: yy.sum() - sy * sy / count,
            x: sx, y: sy, value: value.sum(), square: square.sum(), count: count)
    }

    /// Compares a window of the template with the other frame, displaced by a number of pixels that need not be whole.
    @inline(never)
    static func step(
        _ template: FramePyramid.Level, _ other: Plane, column: Int, row: Int, strips: Int, rows: Int,
        sums: WindowSums, dx: Float, dy: Float
    ) -> WindowStep {
        let wholeX = Int(dx.rounded(.down)), wholeY = Int(dy.rounded(.down))
        let fx = Lanes(repeating: dx - Float(wholeX)), fy = Lanes(repeating: dy - Float(wholeY))
        var bx = Lanes.zero, by = Lanes.zero, d = Lanes.zero, dd = Lanes.zero, di = Lanes.zero
        let stride = template.picture.stride
        var strip = 0
        while strip < strips {
            var at = row * stride + column + strip * 8
            var source = unsafe other.origin + (row + wholeY) * other.stride + column + wholeX + strip * 8
            let first = unsafe lanes(source), second = unsafe lanes(source + 1)
            var above = first + fx * (second - first)
            var line = 0
            while line < rows {
                unsafe source += other.stride
                let left = unsafe lanes(source), right = unsafe lanes(source + 1)
                let below = left + fx * (right - left)
                let j = above + fy * (below - above)
                above = below
                let i = unsafe lanes(template.picture.origin + at)
                let difference = j - i
                unsafe bx += difference * lanes(template.alongX.origin + at)
                unsafe by += difference * lanes(template.alongY.origin + at)
                d += difference
                dd += difference * difference
                di += difference * i
                at += stride
                line += 1
            }
            strip += 1
        }
        let sd = d.sum(), mean = sd / sums.count
        let gx = bx.sum() - mean * sums.x, gy = by.sum() - mean * sums.y
        let determinant = sums.xx * sums.yy - sums.xy * sums.xy
        var result = WindowStep()
        if determinant > 1e-3 * sums.xx * sums.yy, determinant > 0 {
            result.dx = -(sums.yy * gx - sums.xy * gy) / determinant
            result.dy = -(sums.xx * gy - sums.xy * gx) / determinant
        }
        let covariance = di.sum() / sums.count - mean * sums.value / sums.count
        let varianceD = max(dd.sum() / sums.count - mean * mean, 0)
        let varianceI = sums.variance
        let varianceJ = max(varianceI + 2 * covariance + varianceD, 0)
        let product = varianceI * varianceJ
        if product > 1e-6 { result.correlation = (varianceI + covariance) / product.squareRoot() }
        return result
    }
}
