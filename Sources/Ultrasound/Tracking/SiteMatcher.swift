// SPDX-License-Identifier: Apache-2.0

/// Finds where the window around a place of one frame has gone in another.
struct SiteMatcher {
    /// What was found for one place.
    struct Match {
        var dx: Float = 0, dy: Float = 0
        var correlation: Float = 0
        /// Variance of the displacement along x and y in square pixels, from the window's contrast and what it fails to explain.
        var varianceX: Float = SiteSmoother.unknown, varianceY: Float = SiteSmoother.unknown
        /// The window lies inside both pictures.
        var isInside = false
    }

    let template: FramePyramid
    let target: FramePyramid
    /// 32 × 31 pixels: about forty resolution cells of a usual picture.
    static let strips = 4, rows = 31
    /// Neighbouring pixels of a picture are not independent: this many count as one.
    private static let dependence: Float = 10

    /// Refines a guess at full size.
    func match(x: Float, y: Float, guessX: Float, guessY: Float, iterations: Int = 6) -> Match {
        refine(level: 0, x: x, y: y, guessX: guessX, guessY: guessY, iterations: iterations)
    }

    /// From coarse to fine, starting at the coarsest level.
    func search(x: Float, y: Float, guessX: Float, guessY: Float) -> Match {
        var dx = guessX, dy = guessY
        var level = template.levels.count - 1
        while level > 0 {
            let scale = Float(1 << level)
            let found = refine(
                level: level, x: x / scale, y: y / scale, guessX: dx / scale, guessY: dy / scale, iterations: 8)
            if found.isInside, found.correlation > 0.2 {
                dx = found.dx * scale
                dy = found.dy * scale
            }
            level -= 1
        }
        return match(x: x, y: y, guessX: dx, guessY: dy, iterations: 8)
    }

    /// Looks at every displacement within 80 pixels along x and 32 along y on the quarter-size picture, then refines.
    func sweep(x: Float, y: Float, guessX: Float, guessY: Float) -> Match {
        var result = Match(dx: guessX, dy: guessY)
        guard template.levels.count > 2, abs(guessX) < 1e4, abs(guessY) < 1e4 else { return result }
        let from = template.levels[2], to = target.levels[2]
        let rows = min(15, from.height)
        guard from.width >= 16 else { return result }
        let window = Window(
            column: min(max(Int((x / 4 - 7.5).rounded()), 0), from.width - 16),
            row: min(max(Int((y / 4 - Float(rows - 1) / 2).rounded()), 0), from.height - rows), strips: 2, rows: rows)
        let best = WindowMatch.best(
            from, to, window, aroundX: Int((guessX / 4).rounded()), aroundY: Int((guessY / 4).rounded()),
            reachX: 20, reachY: 8)
        guard best.correlation > 0.4 else { return result }
        result = refine(
            level: 1, x: x / 2, y: y / 2, guessX: Float(best.dx) * 2, guessY: Float(best.dy) * 2, iterations: 8)
        guard result.isInside else { return result }
        return match(x: x, y: y, guessX: result.dx * 2, guessY: result.dy * 2, iterations: 8)
    }

    private func refine(
        level: Int, x: Float, y: Float, guessX: Float, guessY: Float, iterations: Int
    ) -> Match {
        let from = template.levels[level], to = target.levels[level]
        var strips = level == 0 ? Self.strips : Self.strips / 2
        var rows = level == 0 ? Self.rows : Self.rows / 2
        while strips > 1, strips * 8 > from.width { strips -= 1 }
        rows = min(rows, from.height)
        let width = strips * 8
        var result = Match(dx: guessX, dy: guessY)
        guard
            let column = Self.corner(Float(width - 1) / 2, x, guessX, width, from.width),
            let row = Self.corner(Float(rows - 1) / 2, y, guessY, rows, from.height)
        else { return result }
        let window = Window(column: column, row: row, strips: strips, rows: rows)
        let sums = WindowMatch.sums(from, window)
        result.isInside = true
        guard sums.variance > 0.5 else { return result }
        var dx = guessX, dy = guessY
        for _ in 0..<iterations {
            guard Self.isNear(column, dx, width, to.width), Self.isNear(row, dy, rows, to.height) else {
                result.isInside = false
                result.correlation = 0
                return result
            }
            let step = WindowMatch.step(from, to, window, sums: sums, dx: dx, dy: dy)
            result.dx = dx
            result.dy = dy
            result.correlation = step.correlation
            dx += max(min(step.dx, 3), -3)
            dy += max(min(step.dy, 3), -3)
            if abs(step.dx) < 0.03, abs(step.dy) < 0.03 {
                result.dx = dx
                result.dy = dy
                break
            }
        }
        guard result.correlation > 0.3 else { return result }
        let determinant = sums.xx * sums.yy - sums.xy * sums.xy
        guard determinant > 1e-3 * sums.xx * sums.yy, determinant > 0 else { return result }
        let noise = Self.dependence * (1.002 - result.correlation) * sums.variance
        result.varianceX = min(noise * sums.yy / determinant + 1e-5, SiteSmoother.unknown)
        result.varianceY = min(noise * sums.xx / determinant + 1e-5, SiteSmoother.unknown)
        return result
    }

    /// Whether a displaced window stays within the border that repeats the edge.
    private static func isNear(_ corner: Int, _ shift: Float, _ size: Int, _ whole: Int) -> Bool {
        guard shift.isFinite, abs(shift) < 1e5 else { return false }
        let first = Float(corner) + shift
        return first > -Float(Plane.border - 2) && first + Float(size) < Float(whole + Plane.border - 2)
    }

    /// The first pixel of a window around a place, moved inwards so that neither it nor what it is compared with leaves the
    /// picture; nothing when it would lose the place that it is about.
    private static func corner(_ half: Float, _ place: Float, _ shift: Float, _ size: Int, _ whole: Int) -> Int? {
        guard size <= whole, place.isFinite, shift.isFinite, abs(place) < 1e5, abs(shift) < 1e5 else { return nil }
        let natural = Int((place - half).rounded())
        let low = max(0, Int((-shift).rounded(.up)))
        let high = min(whole - size, whole - size - Int(shift.rounded(.up)))
        guard low <= high else { return nil }
        let chosen = min(max(natural, low), high)
        return abs(chosen - natural) <= Int(half) + 1 ? chosen : nil
    }
}
