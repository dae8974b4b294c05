// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Makes the displacements of neighbouring sites agree where they belong together, and leaves them apart where they don't.
///
/// Around every site a plane (affine motion) is fitted to the displacements of its neighbours. Those that do not lie on it
/// within what their uncertainty explains weigh less and less (Tukey's biweight), so that the fit keeps to one side of a
/// tear, or of a sheath along which tissue slides, without being told where that is.
enum SiteSmoother {
    /// The variance of a displacement of which nothing is known.
    static let unknown: Float = 100

    /// Displacement and how it changes in space, at one site.
    struct Fit {
        var dx: Float = 0, dy: Float = 0
        /// Change of dx along x and y, and of dy.
        var xx: Float = 0, xy: Float = 0, yx: Float = 0, yy: Float = 0
        /// Sum of the neighbours' weights after the fit, relative to what full agreement would give; 0 when nothing was known.
        var support: Float = 0
        /// Variance of the fitted displacement along x and y.
        var varianceX: Float = 1, varianceY: Float = 1
        /// How far the neighbours' displacements lie off the plane, as a root mean square: what the plane does not follow.
        var misfit: Float = 0
    }

    /// What was measured at one site.
    struct Input {
        var x: Float = 0, y: Float = 0
        var dx: Float = 0, dy: Float = 0
        var varianceX: Float = unknown, varianceY: Float = unknown
    }

    /// Displacements off the plane by this much are no disagreement, in pixels.
    static let tolerance: Float = 0.15
    /// Half the weight at this distance.
    private static let reach: Float = 40
    /// Neighbouring windows overlap: this many count as one.
    private static let overlap: Float = 3
    private static let ridge: Float = 20

    /// - Parameters:
    ///   - against: for every entry of the lists, what speaks against belonging together (``SiteTracker``).
    ///   - start: where the search for the plane begins; the site's own displacement otherwise.
    static func fit(
        _ site: Int, _ input: UnsafePointer<Input>, _ neighbours: SiteNeighbours, _ against: UnsafePointer<Float>,
        prior: Fit, start: SIMD2<Float>?
    ) -> Fit {
        let own = unsafe input[site]
        var fit = prior
        fit.dx = start?.x ?? own.dx
        fit.dy = start?.y ?? own.dy
        fit.support = 0
        for pass in 0..<3 {
            let wide: Float = pass == 0 ? 9 : (pass == 1 ? 2.9 : 1)
            var alongX = Normal(), alongY = Normal()
            var full: Float = 0, kept: Float = 0, off2: Float = 0
            for entry in neighbours.entries(site) {
                let other = unsafe input[Int(neighbours.lists[entry])]
                let px = other.x - own.x, py = other.y - own.y
                let near = (px * px + py * py) / (reach * reach)
                let doubt = unsafe against[entry]
                let space = (doubt > 0 ? exp(-doubt) : 1) / (1 + near * near)
                full += space
                guard other.varianceX < unknown / 2 else { continue }
                let rx = other.dx - (fit.dx + fit.xx * px + fit.xy * py)
                let ry = other.dy - (fit.dy + fit.yx * px + fit.yy * py)
                let ownX = pass == 0 ? min(own.varianceX, 1) : 0, ownY = pass == 0 ? min(own.varianceY, 1) : 0
                let slackX = (tolerance * tolerance + 9 * (other.varianceX + ownX)) * wide
                let slackY = (tolerance * tolerance + 9 * (other.varianceY + ownY)) * wide
                let off = rx * rx / slackX + ry * ry / slackY
                guard off < 1 else { continue }
                let agree = space * (1 - off) * (1 - off)
                kept += agree
                off2 += agree * (rx * rx + ry * ry)
                alongX.add(agree / other.varianceX, px, py, other.dx)
                alongY.add(agree / other.varianceY, px, py, other.dy)
            }
            guard
                let first = alongX.solve(ridge: ridge, fit.xx, fit.xy),
                let second = alongY.solve(ridge: ridge, fit.yx, fit.yy)
            else { break }
            (fit.dx, fit.xx, fit.xy) = first
            (fit.dy, fit.yx, fit.yy) = second
            fit.support = full > 0 ? kept / full : 0
            fit.misfit = (off2 / max(kept, 1e-9)).squareRoot()
            fit.varianceX = min(overlap / alongX.weight, unknown)
            fit.varianceY = min(overlap / alongY.weight, unknown)
        }
        return fit
    }

    /// What the planes around a site have left over of the displacements measured there, by the same plane once more.
    ///
    /// Where tissue bends, a plane cuts the bend off, everywhere to the same side, and over a contraction that adds up. Smoothing
    /// what is left over and adding it ("twicing": Tukey, Exploratory Data Analysis, 1977, chapter 16) takes it out.
    static func remainder(
        _ site: Int, _ input: UnsafePointer<Input>, _ fits: UnsafePointer<Fit>, _ neighbours: SiteNeighbours,
        _ against: UnsafePointer<Float>
    ) -> SIMD2<Float> {
        let own = unsafe input[site]
        let fit = unsafe fits[site]
        var alongX = Normal(), alongY = Normal()
        for entry in neighbours.entries(site) {
            let index = Int(neighbours.lists[entry])
            let other = unsafe input[index]
            let theirs = unsafe fits[index]
            guard other.varianceX < unknown / 2, theirs.support > 0 else { continue }
            let px = other.x - own.x, py = other.y - own.y
            let rx = other.dx - (fit.dx + fit.xx * px + fit.xy * py)
            let ry = other.dy - (fit.dy + fit.yx * px + fit.yy * py)
            let off =
                rx * rx / (tolerance * tolerance + 9 * other.varianceX)
                + ry * ry / (tolerance * tolerance + 9 * other.varianceY)
            guard off < 1 else { continue }
            let near = (px * px + py * py) / (reach * reach)
            let doubt = unsafe against[entry]
            let agree = (doubt > 0 ? exp(-doubt) : 1) / (1 + near * near) * (1 - off) * (1 - off)
            alongX.add(agree / other.varianceX, px, py, other.dx - theirs.dx)
            alongY.add(agree / other.varianceY, px, py, other.dy - theirs.dy)
        }
        guard let x = alongX.solve(ridge: ridge, 0, 0), let y = alongY.solve(ridge: ridge, 0, 0) else { return .zero }
        return SIMD2(x.0, y.0)
    }

    /// Weighted least squares of z = a + b·x + c·y.
    struct Normal {
        private(set) var weight: Float = 0
        private var x: Float = 0, y: Float = 0, xx: Float = 0, xy: Float = 0, yy: Float = 0
        private var z: Float = 0, zx: Float = 0, zy: Float = 0

        @inline(__always)
        mutating func add(_ w: Float, _ px: Float, _ py: Float, _ pz: Float) {
            let wx = w * px, wy = w * py
            weight += w
            x += wx
            y += wy
            xx += wx * px
            xy += wx * py
            yy += wy * py
            z += w * pz
            zx += wx * pz
            zy += wy * pz
        }

        /// The plane, its slopes held to those known before by a weak ridge.
        func solve(ridge: Float, _ b0: Float, _ c0: Float) -> (Float, Float, Float)? {
            guard weight > 0 else { return nil }
            let mx = x / weight, my = y / weight, mz = z / weight
            let hold = ridge * weight
            let a = xx - x * mx + hold, b = xy - x * my, d = yy - y * my + hold
            let determinant = a * d - b * b
            guard determinant > 0 else { return nil }
            let e = zx - x * mz + hold * b0, f = zy - y * mz + hold * c0
            let slopeX = (d * e - b * f) / determinant, slopeY = (a * f - b * e) / determinant
            return (mz - slopeX * mx - slopeY * my, slopeX, slopeY)
        }
    }
}
