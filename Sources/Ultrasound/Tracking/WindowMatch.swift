// SPDX-License-Identifier: Apache-2.0

/// What a window of the template looks like: sums that every match against it needs.
struct WindowSums {
    /// Sums of products of gradients, their means taken out.
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

/// A window of the template: its top-left pixel, 8 · `strips` columns, `rows` rows.
struct Window {
    var column: Int, row: Int, strips: Int, rows: Int
}

/// Lucas and Kanade's step in its inverse form (Baker and Matthews 2004), with the difference in brightness taken out.
///
/// A window's corner is a whole pixel of the template, so the template is never interpolated; the other frame is, linearly.
enum WindowMatch {
    typealias Lanes = SIMD8<Float>

    @inline(__always)
    private static func lanes(_ pointer: UnsafeMutablePointer<Float>) -> Lanes {
        unsafe UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
    }

    /// The sums of a window.
    @inline(never)
    static func sums(_ plane: Plane, _ window: Window) -> WindowSums {
        var xx = Lanes.zero, xy = Lanes.zero, yy = Lanes.zero, x = Lanes.zero, y = Lanes.zero
        var value = Lanes.zero, square = Lanes.zero
        let stride = plane.stride
        var strip = 0
        while strip < window.strips {
            var at = unsafe plane.origin + window.row * stride + window.column + strip * 8
            var line = 0
            while line < window.rows {
                let i = unsafe lanes(at)
                let gx = unsafe lanes(at + 1) - lanes(at - 1)
                let gy = unsafe lanes(at + stride) - lanes(at - stride)
                xx += gx * gx
                xy += gx * gy
                yy += gy * gy
                x += gx
                y += gy
                value += i
                square += i * i
                unsafe at += stride
                line += 1
            }
            strip += 1
        }
        // Central differences are twice the gradient.
        let count = Float(window.rows * window.strips * 8)
        let sx = x.sum(), sy = y.sum()
        return WindowSums(
            xx: 0.25 * (xx.sum() - sx * sx / count), xy: 0.25 * (xy.sum() - sx * sy / count),
            yy: 0.25 * (yy.sum() - sy * sy / count), x: 0.5 * sx, y: 0.5 * sy,
            value: value.sum(), square: square.sum(), count: count)
    }

    /// Compares a window of the template with the other frame, displaced by a number of pixels that need not be whole.
    @inline(never)
    static func step(
        _ template: Plane, _ other: Plane, _ window: Window, sums: WindowSums, dx: Float, dy: Float
    ) -> WindowStep {
        let wholeX = Int(dx.rounded(.down)), wholeY = Int(dy.rounded(.down))
        let fx = Lanes(repeating: dx - Float(wholeX)), fy = Lanes(repeating: dy - Float(wholeY))
        var bx = Lanes.zero, by = Lanes.zero, d = Lanes.zero, dd = Lanes.zero, di = Lanes.zero
        let stride = template.stride, further = other.stride
        var strip = 0
        while strip < window.strips {
            var at = unsafe template.origin + window.row * stride + window.column + strip * 8
            var source = unsafe other.origin + (window.row + wholeY) * further + window.column + wholeX + strip * 8
            let first = unsafe lanes(source), second = unsafe lanes(source + 1)
            var above = first + fx * (second - first)
            var over = unsafe lanes(at - stride), i = unsafe lanes(at)
            var line = 0
            while line < window.rows {
                unsafe source += further
                let left = unsafe lanes(source), right = unsafe lanes(source + 1)
                let below = left + fx * (right - left)
                let difference = above + fy * (below - above) - i
                above = below
                let under = unsafe lanes(at + stride)
                unsafe bx += difference * (lanes(at + 1) - lanes(at - 1))
                by += difference * (under - over)
                d += difference
                dd += difference * difference
                di += difference * i
                over = i
                i = under
                unsafe at += stride
                line += 1
            }
            strip += 1
        }
        let mean = d.sum() / sums.count
        let gx = 0.5 * bx.sum() - mean * sums.x, gy = 0.5 * by.sum() - mean * sums.y
        let determinant = sums.xx * sums.yy - sums.xy * sums.xy
        var result = WindowStep()
        if determinant > 1e-3 * sums.xx * sums.yy, determinant > 0 {
            result.dx = -(sums.yy * gx - sums.xy * gy) / determinant
            result.dy = -(sums.xx * gy - sums.xy * gx) / determinant
        }
        result.correlation = correlation(
            covarianceDI: di.sum() / sums.count - mean * sums.value / sums.count,
            varianceD: max(dd.sum() / sums.count - mean * mean, 0), varianceI: sums.variance)
        return result
    }

    /// The whole-pixel displacement, within a reach along x and y around a guess, at which a window of 16 columns looks most alike.
    @inline(never)
    static func best(
        _ template: Plane, _ other: Plane, _ window: Window, aroundX: Int, aroundY: Int, reachX: Int, reachY: Int
    ) -> (dx: Int, dy: Int, correlation: Float) {
        let rows = window.rows, count = Float(rows * 16)
        var best = (dx: aroundX, dy: aroundY, correlation: Float(-1))
        let first = unsafe template.origin + window.row * template.stride + window.column
        var sumT = Lanes.zero, squareT = Lanes.zero
        for row in 0..<rows {
            let a = unsafe lanes(first + row * template.stride), b = unsafe lanes(first + row * template.stride + 8)
            sumT += a + b
            squareT += a * a + b * b
        }
        let total = sumT.sum(), varianceT = squareT.sum() - total * total / count
        guard varianceT > 1 else { return best }
        for dy in (aroundY - reachY)...(aroundY + reachY) {
            guard window.row + dy >= 0, window.row + dy + rows <= other.height else { continue }
            for dx in (aroundX - reachX)...(aroundX + reachX) {
                guard window.column + dx >= 0, window.column + dx + 16 <= other.width else { continue }
                var at = unsafe first
                var source = unsafe other.origin + (window.row + dy) * other.stride + window.column + dx
                var sum = Lanes.zero, square = Lanes.zero, product = Lanes.zero
                var line = 0
                while line < rows {
                    let a = unsafe lanes(source), b = unsafe lanes(source + 8)
                    sum += a + b
                    square += a * a + b * b
                    unsafe product += a * lanes(at) + b * lanes(at + 8)
                    unsafe at += template.stride
                    unsafe source += other.stride
                    line += 1
                }
                let totalJ = sum.sum(), varianceJ = square.sum() - totalJ * totalJ / count
                guard varianceJ > 1 else { continue }
                let like = (product.sum() - total * totalJ / count) / (varianceT * varianceJ).squareRoot()
                if like > best.correlation { best = (dx, dy, like) }
            }
        }
        return best
    }

    /// How alike a small window around a place and its displaced counterpart are.
    struct Likeness {
        /// Zero-mean normalised cross-correlation, −1 to 1.
        var correlation: Float
        /// Mean squared difference, its mean taken out, over the variance of the template's window.
        var misfit: Float
    }

    /// Compares 8 · `strips` × `rows` pixels around a place; nothing near the edge.
    @inline(never)
    static func likeness(
        _ template: Plane, _ other: Plane, x: Float, y: Float, dx: Float, dy: Float, strips: Int, rows: Int
    ) -> Likeness? {
        let reach: Float = 1e5
        guard abs(x) < reach, abs(y) < reach, abs(dx) < reach, abs(dy) < reach else { return nil }
        let column = Int(x.rounded()) - strips * 4, row = Int(y.rounded()) - rows / 2
        let wholeX = Int(dx.rounded(.down)), wholeY = Int(dy.rounded(.down))
        let border = Plane.border - 2
        guard
            column >= 0, row >= 0, column + strips * 8 <= template.width, row + rows <= template.height,
            column + wholeX > -border, row + wholeY > -border,
            column + wholeX + strips * 8 < other.width + border, row + wholeY + rows < other.height + border
        else { return nil }
        let fx = Lanes(repeating: dx - Float(wholeX)), fy = Lanes(repeating: dy - Float(wholeY))
        var d = Lanes.zero, dd = Lanes.zero, v = Lanes.zero, vv = Lanes.zero, dv = Lanes.zero
        for strip in 0..<strips {
            var source = unsafe other.origin + (row + wholeY) * other.stride + column + wholeX + strip * 8
            var at = unsafe template.origin + row * template.stride + column + strip * 8
            for _ in 0..<rows {
                let a = unsafe lanes(source), b = unsafe lanes(source + 1)
                let e = unsafe lanes(source + other.stride), f = unsafe lanes(source + other.stride + 1)
                let above = a + fx * (b - a), below = e + fx * (f - e)
                let i = unsafe lanes(at)
                let difference = above + fy * (below - above) - i
                d += difference
                dd += difference * difference
                v += i
                vv += i * i
                dv += difference * i
                unsafe source += other.stride
                unsafe at += template.stride
            }
        }
        let n = Float(strips * 8 * rows)
        let mean = d.sum() / n, middle = v.sum() / n
        let varianceI = max(vv.sum() / n - middle * middle, 0), varianceD = max(dd.sum() / n - mean * mean, 0)
        let like = correlation(
            covarianceDI: dv.sum() / n - mean * middle, varianceD: varianceD, varianceI: varianceI)
        return Likeness(correlation: like, misfit: varianceD / max(varianceI, 1))
    }

    /// The correlation of I with J = I + D.
    private static func correlation(covarianceDI: Float, varianceD: Float, varianceI: Float) -> Float {
        let varianceJ = max(varianceI + 2 * covarianceDI + varianceD, 0)
        let product = varianceI * varianceJ
        guard product > 1e-3 else { return 0 }
        return (varianceI + covarianceDI) / product.squareRoot()
    }
}
