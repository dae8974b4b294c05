// SPDX-License-Identifier: Apache-2.0

/// Makes the displacements of neighbouring sites agree where they belong together, and leaves them apart where they don't.
///
/// Around every site, a plane (affine motion) is fitted to the displacements of its neighbours; those that do not lie on it within
/// what their uncertainty explains weigh less and less (Tukey's biweight), so that the fit keeps to one side of a tear or
/// of a sheath along which tissue slides, without being told where that is.
struct SiteSmoother {
    /// Neighbours of each site: `lists[starts[i]..<starts[i + 1]]`, the site itself among them.
    let starts: [Int32], lists: [Int32]

    /// Displacement and how it changes in space, at one site.
    struct Fit {
        var dx: Float = 0, dy: Float = 0
        /// Change of dx along x and y, and of dy.
        var xx: Float = 0, xy: Float = 0, yx: Float = 0, yy: Float = 0
        /// Sum of the neighbours' weights after the fit, relative to what full agreement would give.
        var support: Float = 0
    }

    struct Input {
        var x: Float = 0, y: Float = 0
        var dx: Float = 0, dy: Float = 0
        /// Variance of the displacement along x and y, in square pixels.
        var varianceX: Float = 1, varianceY: Float = 1
    }

    func fit(_ site: Int, _ input: UnsafeBufferPointer<Input>, prior: Fit, tolerance: Float) -> Fit {
        let own = unsafe input[site]
        let range = Int(starts[site])..<Int(starts[site + 1])
        var fit = prior
        fit.dx = own.dx
        fit.dy = own.dy
        let reach = Lab.reach
        for pass in 0..<Lab.passes {
            let wide: Float = pass == 0 ? 3 : (pass == 1 ? 1.7 : 1)
            // Normal equations of two planes with common weights along x and y.
            var s = Normal(), t = Normal()
            var full: Float = 0, kept: Float = 0
            for entry in range {
                let other = unsafe input[Int(lists[entry])]
                let px = other.x - own.x, py = other.y - own.y
                let near = (px * px + py * py) * reach
                let space = 1 / (1 + near * near)
                let rx = other.dx - (fit.dx + fit.xx * px + fit.xy * py)
                let ry = other.dy - (fit.dy + fit.yx * px + fit.yy * py)
                let slackX = (tolerance * tolerance + 9 * (other.varianceX + (pass == 0 ? own.varianceX : 0))) * wide * wide
                let slackY = (tolerance * tolerance + 9 * (other.varianceY + (pass == 0 ? own.varianceY : 0))) * wide * wide
                let off = rx * rx / slackX + ry * ry / slackY
                full += space
                guard off < 1 else { continue }
                let agree = (1 - off) * (1 - off)
                kept += space * agree
                s.add(space * agree / other.varianceX, px, py, other.dx)
                t.add(space * agree / other.varianceY, px, py, other.dy)
            }
            let first = s.solve(ridge: Lab.ridge, fit.xx, fit.xy), second = t.solve(ridge: Lab.ridge, fit.yx, fit.yy)
            guard let first, let second else { return fit }
            (fit.dx, fit.xx, fit.xy) = first
            (fit.dy, fit.yx, fit.yy) = second
            fit.support = full > 0 ? kept / full : 0
        }
        return fit
    }

    /// Weighted least squares of z = a + b·x + c·y.
    private struct Normal {
        var w: Float = 0, x: Float = 0, y: Float = 0, xx: Float = 0, xy: Float = 0, yy: Float = 0
        var z: Float = 0, zx: Float = 0, zy: Float = 0

        @inline(__always)
        mutating func add(_ weight: Float, _ px: Float, _ py: Float, _ pz: Float) {
            let wx = weight * px, wy = weight * py
            w += weight
            x += wx
            y += wy
            xx += wx * px
            xy += wx * py
            yy += wy * py
            z += weight * pz
            zx += wx * pz
            zy += wy * pz
        }

        /// The plane, held to slopes known before by a ridge that is a part of the weights' spread.
        func solve(ridge: Float, _ b0: Float, _ c0: Float) -> (Float, Float, Float)? {
            guard w > 0 else { return nil }
            let mx = x / w, my = y / w, mz = z / w
            let hold = ridge * w
            let a = xx - x * mx + hold, b = xy - x * my, d = yy - y * my + hold
            let determinant = a * d - b * b
            guard determinant > 0 else { return nil }
            let e = zx - x * mz + hold * b0, f = zy - y * mz + hold * c0
            let slopeX = (d * e - b * f) / determinant, slopeY = (a * f - b * e) / determinant
            return (mz - slopeX * mx - slopeY * my, slopeX, slopeY)
        }
    }
}
