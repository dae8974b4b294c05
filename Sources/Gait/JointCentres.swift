// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the joints' centres are, from markers on the skin.
enum JointCentres {
    /// The hip's centre in the pelvis's axes by Davis et al. 1991 (Hum Mov Sci 10:575), as Plug-in Gait has it.
    static func davisHip(
        side: Side, meanLegLength: Double, asisTrochanterDistance: Double, interAsisDistance: Double,
        markerRadius: Double
    ) -> Vector3 {
        let c = 0.115 * meanLegLength - 15.3
        let theta = 0.5
        let beta = 0.314
        let depth = asisTrochanterDistance + markerRadius
        let lateral = interAsisDistance / 2 - c * sin(theta)
        return Vector3(
            c * cos(theta) * sin(beta) - depth * cos(beta), side == .left ? lateral : -lateral,
            -c * cos(theta) * cos(beta) - depth * sin(beta))
    }

    /// The hip's centre in the pelvis's axes by Harrington et al. 2007 (J Biomech 40:595), from width and depth.
    static func harringtonHip(side: Side, width: Double, depth: Double) -> Vector3 {
        let lateral = 0.33 * width + 7.3
        return Vector3(-0.24 * depth - 9.9, side == .left ? lateral : -lateral, -0.30 * width - 10.9)
    }

    /// The anterior spine's height above the trochanter where nobody measured it (Davis 1991).
    static func asisTrochanterDistance(legLength: Double) -> Double { 0.1288 * legLength - 48.56 }

    /// The joint's centre at a distance from the marker on its side, such that marker–centre–`above` is a right angle.
    ///
    /// Without `rotation` the centre lies in the plane of the wand, away from it. With one, the wand stands at that
    /// angle (radians, left legs positive towards the toes) from the marker, seen along the segment at the centre.
    /// `abduction` then turns the centre about the marker within its plane, as Plug-in Gait does with an ankle
    /// whose axis was measured.
    static func chord(
        side: Side, above: Vector3, marker: Vector3, wand: Vector3, distance: Double, rotation: Double = 0,
        abduction: Double = 0
    ) -> Vector3 {
        let toAbove = above - marker
        let reach = toAbove.length
        let up = toAbove * (1 / reach)
        let towards = (wand - marker).perpendicular(to: up).direction
        // Nobody's leg is thinner than its joint: markers that say so give no centre.
        let opening = acos(distance / reach)
        var along = cos(opening)
        var across = sin(opening)
        let aside = up.cross(towards)
        func centre(_ angle: Double) -> Vector3 {
            marker + (up * along + (towards * cos(angle) + aside * sin(angle)) * across) * distance
        }
        var angle = Double.pi
        if rotation != 0, opening.isFinite {
            let target = side == .left ? rotation : -rotation
            func error(_ angle: Double) -> Double {
                let place = centre(angle)
                let axis = (above - place).direction
                let first = (marker - place).perpendicular(to: axis)
                let second = (wand - place).perpendicular(to: axis)
                return atan2(first.cross(second).dot(axis), first.dot(second)) - target
            }
            // Newton's method; the error is almost linear, so three steps reach the last digits.
            for _ in 0..<8 {
                let value = error(angle)
                let slope = (error(angle + 1e-5) - error(angle - 1e-5)) / 2e-5
                let step = value / slope
                guard step.isFinite else { return .unseen }
                angle -= max(-0.5, min(0.5, step))
                if abs(step) < 1e-10 { break }
            }
        }
        if abduction != 0 {
            along = cos(opening - abduction)
            across = sin(opening - abduction)
        }
        return centre(angle)
    }
}
