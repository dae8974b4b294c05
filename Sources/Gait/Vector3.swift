// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A point or direction in the laboratory, in the unit its owner states.
public struct Vector3: Hashable, Sendable {
    /// Along the laboratory's first axis.
    public var x: Double
    /// Along the laboratory's second axis.
    public var y: Double
    /// Along the laboratory's third axis.
    public var z: Double

    /// A vector from its three components.
    public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The null vector.
    public static let zero = Vector3(0, 0, 0)

    /// The Euclidean length.
    public var length: Double { dot(self).squareRoot() }

    /// The same vector laid on the floor (z = 0).
    public var horizontal: Vector3 { Vector3(x, y, 0) }

    /// The scalar product.
    public func dot(_ other: Vector3) -> Double { x * other.x + y * other.y + z * other.z }

    /// The vector of length one in this direction, or nil where there is none.
    public var unit: Vector3? {
        let length = length
        guard length > 1e-9, length.isFinite else { return nil }
        return self * (1 / length)
    }

    /// The vector product.
    public func cross(_ other: Vector3) -> Vector3 {
        Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    /// Not seen: all three numbers are not-a-number, and so is whatever is computed from them.
    static let unseen = Vector3(.nan, .nan, .nan)

    /// The direction; not-a-number where there is none.
    var direction: Vector3 { self * (1 / length) }

    /// The part perpendicular to a direction of length one.
    func perpendicular(to direction: Vector3) -> Vector3 { self - direction * dot(direction) }

    var isSeen: Bool { x.isFinite && y.isFinite && z.isFinite }

    /// The sum.
    public static func + (left: Vector3, right: Vector3) -> Vector3 {
        Vector3(left.x + right.x, left.y + right.y, left.z + right.z)
    }

    /// The difference.
    public static func - (left: Vector3, right: Vector3) -> Vector3 {
        Vector3(left.x - right.x, left.y - right.y, left.z - right.z)
    }

    /// The vector stretched by a factor.
    public static func * (left: Vector3, right: Double) -> Vector3 {
        Vector3(left.x * right, left.y * right, left.z * right)
    }
}
