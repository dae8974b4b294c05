// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Three perpendicular directions of length one, right-handed: x forwards, y to the left, z upwards along the segment.
///
/// Everything is not-a-number where a marker was not seen.
struct Axes: Hashable, Sendable {
    var x: Vector3
    var y: Vector3
    var z: Vector3

    static let laboratory = Axes(x: Vector3(1, 0, 0), y: Vector3(0, 1, 0), z: Vector3(0, 0, 1))

    /// Axes with a given z, and y as near to a direction as can be.
    init(z: Vector3, near y: Vector3) {
        self.z = z.direction
        x = y.cross(self.z).direction
        self.y = self.z.cross(x)
    }

    init(x: Vector3, y: Vector3, z: Vector3) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// A place in these axes as one in the laboratory's.
    func laboratory(_ v: Vector3) -> Vector3 { x * v.x + y * v.y + z * v.z }

    /// A laboratory vector in these axes.
    func local(_ v: Vector3) -> Vector3 { Vector3(v.dot(x), v.dot(y), v.dot(z)) }

    /// These axes turned about their own y, then about the new x, in radians.
    func turned(aboutY first: Double, thenX second: Double) -> Axes {
        let newX = x * cos(first) - z * sin(first)
        let newZ = x * sin(first) + z * cos(first)
        return Axes(x: newX, y: y * cos(second) + newZ * sin(second), z: newZ * cos(second) - y * sin(second))
    }

    /// These axes turned about their own z, in radians.
    func turned(aboutZ angle: Double) -> Axes {
        Axes(x: x * cos(angle) + y * sin(angle), y: y * cos(angle) - x * sin(angle), z: z)
    }

    /// The three turns (radians) about y, the new x, the newest z that lead from these axes to others.
    func turnsYXZ(to other: Axes) -> (y: Double, x: Double, z: Double) {
        (
            atan2(x.dot(other.z), z.dot(other.z)), asin(max(-1, min(1, -y.dot(other.z)))),
            atan2(y.dot(other.x), y.dot(other.y))
        )
    }

    /// The three turns (radians) about z, the new x, the newest y.
    func turnsZXY(to other: Axes) -> (z: Double, x: Double, y: Double) {
        (
            atan2(-x.dot(other.y), y.dot(other.y)), asin(max(-1, min(1, z.dot(other.y)))),
            atan2(-z.dot(other.x), z.dot(other.z))
        )
    }
}
