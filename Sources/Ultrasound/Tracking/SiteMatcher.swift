// SPDX-License-Identifier: Apache-2.0

/// Finds where the window around a place of one frame has gone in another.
struct SiteMatcher {
    /// What was found for one place.
    struct Match {
        var dx: Float = 0, dy: Float = 0
        var correlation: Float = 0
        /// Curvature of the match: large where a small displacement would be noticed.
        var xx: Float = 0, xy: Float = 0, yy: Float = 0
        /// Variance of the window's grey.
        var variance: Float = 0
        /// The window lies inside both pictures.
        var isInside = false
        /// The last step was small.
        var isSettled = false
    }

    let template: FramePyramid
    let target: FramePyramid
    let strips: Int, rows: Int

    /// - Parameter guess: the displacement to start from.
    func match(x: Float, y: Float, guessX: Float, guessY: Float, iterations: Int = 6) -> Match {
        refine(level: 0, x: x, y: y, guessX: guessX, guessY: guessY, iterations: iterations)
    }

    /// From coarse to fine, starting at the coarsest level whose picture still holds a window.
    func search(x: Float, y: Float, guessX: Float, guessY: Float, from top: Int) -> Match {
        var dx = guessX, dy = guessY
        var level = min(top, template.levels.count - 1)
        while level > 0 {
            let scale = Float(1 << level)
            let found = refine(
                level: level, x: x / scale, y: y / scale, guessX: dx / scale, guessY: dy / scale, iterations: 8)
            if found.isInside {
                dx = found.dx * scale
                dy = found.dy * scale
            }
            level -= 1
        }
        return match(x: x, y: y, guessX: dx, guessY: dy, iterations: 8)
    }

    private func refine(
        level: Int, x: Float, y: Float, guessX: Float, guessY: Float, iterations: Int
    ) -> Match {
        let from = template.levels[level], to = target.levels[level].picture
        let strips = level == 0 ? self.strips : max(self.strips / 2, 1)
        let rows = level == 0 ? self.rows : max(self.rows / 2 | 1, 1)
        let width = strips * 8
        var result = Match(dx: guessX, dy: guessY)
        guard
            let column = Self.corner(Float(width - 1) / 2, x, guessX, width, from.picture.width),
            let row = Self.corner(Float(rows - 1) / 2, y, guessY, rows, from.picture.height)
        else { return result }
        let sums = WindowMatch.sums(from, column: column, row: row, strips: strips, rows: rows)
        result.xx = sums.xx
        result.xy = sums.xy
        result.yy = sums.yy
        result.variance = sums.variance
        result.isInside = true
        var dx = guessX, dy = guessY
        for _ in 0..<iterations {
            // A window may look over the edge by the border, no further.
            guard Self.isNear(column, dx, width, to.width), Self.isNear(row, dy, rows, to.height) else {
                result.isInside = false
                return result
            }
            let step = WindowMatch.step(
                from, to, column: column, row: row, strips: strips, rows: rows, sums: sums, dx: dx, dy: dy)
            result.dx = dx
            result.dy = dy
            result.correlation = step.correlation
            dx += max(min(step.dx, 3), -3)
            dy += max(min(step.dy, 3), -3)
            if abs(step.dx) < 0.03, abs(step.dy) < 0.03 {
                result.isSettled = true
                result.dx = dx
                result.dy = dy
                break
            }
        }
        return result
    }

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
        return abs(chosen - natural) <= Int(half) ? chosen : nil
    }
}
