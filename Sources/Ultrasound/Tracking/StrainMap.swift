// SPDX-License-Identifier: Apache-2.0

/// How tissue is stretched and sheared at every site of a ``MotionField`` in one frame, relative to rest.
///
/// Engineering (Cauchy) strain from the gradient of displacement in rest coordinates: along x ∂u/∂x (along the fibres when the
/// probe lies along them), along y ∂v/∂y (in depth), shear ½(∂u/∂y + ∂v/∂x). The gradient is the plane through
/// the site and its eight neighbours by least squares, each weighted by the inverse square of its error bound;
/// neighbours that are lost are left out. With a calibration, pixels that are not square are taken into account.
/// Across a tear the numbers are those of the opening, not of tissue; see ``TearFinder``.
public struct StrainMap: Hashable, Sendable {
    /// Strain at one site; 0.1 is 10 % longer.
    public struct Strain: Hashable, Sendable {
        /// Along x: positive where tissue lengthens along the picture's width.
        public var axial: Double
        /// Along y: positive where tissue thickens in depth.
        public var transverse: Double
        /// Half the change of the right angle between x and y, in radians.
        public var shear: Double
    }

    /// Sites along x and y.
    public let columns: Int, rows: Int
    /// `values[row * columns + column]`; nothing where too few neighbours are followed.
    public let values: [Strain?]

    /// The strain at a site, or nothing where too few neighbours are followed.
    public func strain(column: Int, row: Int) -> Strain? { values[row * columns + column] }
}

extension MotionField {
    /// The strain at every site in a frame, relative to rest.
    public func strain(frame: Int) -> StrainMap {
        var values: [StrainMap.Strain?] = []
        values.reserveCapacity(columns * rows)
        for row in 0..<rows {
            for column in 0..<columns { values.append(strain(column: column, row: row, frame: frame)) }
        }
        return StrainMap(columns: columns, rows: rows, values: values)
    }

    private func strain(column: Int, row: Int, frame: Int) -> StrainMap.Strain? {
        guard errorPixels95(column: column, row: row, frame: frame).isFinite else { return nil }
        let scaleX = millimetresPerPixel?.x ?? 1, scaleY = millimetresPerPixel?.y ?? 1
        var w = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, yy = 0.0
        var u = 0.0, v = 0.0, xu = 0.0, yu = 0.0, xv = 0.0, yv = 0.0
        for near in max(row - 1, 0)...min(row + 1, rows - 1) {
            for beside in max(column - 1, 0)...min(column + 1, columns - 1) {
                let bound = errorPixels95(column: beside, row: near, frame: frame)
                guard bound.isFinite else { continue }
                let weight = 1 / (bound * bound + 0.01)
                let moved = displacement(column: beside, row: near, frame: frame)
                let px = Double((beside - column) * spacingPixels) * scaleX
                let py = Double((near - row) * spacingPixels) * scaleY
                let mu = moved.x * scaleX, mv = moved.y * scaleY
                w += weight
                x += weight * px
                y += weight * py
                xx += weight * px * px
                xy += weight * px * py
                yy += weight * py * py
                u += weight * mu
                v += weight * mv
                xu += weight * px * mu
                yu += weight * py * mu
                xv += weight * px * mv
                yv += weight * py * mv
            }
        }
        let a = xx - x * x / w, b = xy - x * y / w, c = yy - y * y / w
        let determinant = a * c - b * b
        guard determinant > 1e-6 * a * c, determinant > 0 else { return nil }
        let ux = xu - x * u / w, uy = yu - y * u / w, vx = xv - x * v / w, vy = yv - y * v / w
        return StrainMap.Strain(
            axial: (c * ux - b * uy) / determinant, transverse: (a * vy - b * vx) / determinant,
            shear: 0.5 * ((a * uy - b * ux) + (c * vx - b * vy)) / determinant)
    }
}
