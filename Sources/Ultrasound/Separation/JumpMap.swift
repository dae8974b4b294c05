// SPDX-License-Identifier: Apache-2.0

/// How far tissue on the right of a place moves away from tissue on the left, at every place of a field and frame.
///
/// A line is fitted to the displacements of the sites on either side along the row, each is carried on to the place, and the
/// difference taken. Stretch that is the same on both sides, motion of the probe, and layers that slide on each other
/// (their rows move as wholes) give nothing; a tear gives its opening.
struct JumpMap {
    let field: MotionField
    /// Sites left out on either side of the place, and sites used beyond.
    let skip: Int, used = 3

    /// The jump across a site's place in a row, or nothing where a side is not followed.
    func jump(column: Int, row: Int, frame: Int) -> (x: Double, y: Double, deviation: Double)? {
        guard
            let left = side(column: column, row: row, frame: frame, direction: -1),
            let right = side(column: column, row: row, frame: frame, direction: 1)
        else { return nil }
        return (
            right.x - left.x, right.y - left.y, (left.variance + right.variance).squareRoot()
        )
    }

    private func side(
        column: Int, row: Int, frame: Int, direction: Int
    ) -> (x: Double, y: Double, variance: Double)? {
        var w = 0.0, wp = 0.0, wpp = 0.0, u = 0.0, pu = 0.0, v = 0.0, pv = 0.0, count = 0
        for index in (skip + 1)...(skip + used) {
            let at = column + direction * index
            guard at >= 0, at < field.columns else { break }
            let bound = field.errorPixels95(column: at, row: row, frame: frame)
            guard bound.isFinite else { continue }
            let weight = 1 / (bound * bound + 0.04)
            let moved = field.displacement(column: at, row: row, frame: frame)
            let p = Double(direction * index)
            w += weight
            wp += weight * p
            wpp += weight * p * p
            u += weight * moved.x
            pu += weight * p * moved.x
            v += weight * moved.y
            pv += weight * p * moved.y
            count += 1
        }
        guard count >= 2 else { return nil }
        // The slope is held towards none by a weak prior.
        let mean = wp / w, spread = wpp - wp * mean + 0.08 * w
        let slopeX = (pu - mean * u) / spread, slopeY = (pv - mean * v) / spread
        return (
            u / w - slopeX * mean, v / w - slopeY * mean, (1 / w + mean * mean / spread / 4) / 4
        )
    }
}
