// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A place in a picture: fractions of its width and height, from its top left corner.
package struct PicturePlace: Sendable, Hashable, Codable {
    package let x: Double
    package let y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// The angle between two segments of a limb, from three clicks in a frozen picture: a place on the first segment, the joint, a
/// place on the second one. Straight is 180°, as on a goniometer's scale.
///
/// A picture has two dimensions: where the limb points towards the camera or away from it, the angle is not the joint's. The page
/// says so, and lets the camera be put at right angles to the movement.
package struct JointAngle: Sendable, Hashable {
    package let degrees: Double

    /// - Parameter aspect: the picture's width over its height.
    /// - Throws: `TelehealthError.malformed` where a place is outside of the picture or two are the same.
    package init(first: PicturePlace, joint: PicturePlace, second: PicturePlace, aspect: Double) throws {
        guard (0.2...5).contains(aspect),
            [first, joint, second].allSatisfy({ (0...1).contains($0.x) && (0...1).contains($0.y) })
        else { throw TelehealthError.malformed("the three places are not in the picture") }
        let (ax, ay) = ((first.x - joint.x) * aspect, first.y - joint.y)
        let (bx, by) = ((second.x - joint.x) * aspect, second.y - joint.y)
        guard hypot(ax, ay) > 0.01, hypot(bx, by) > 0.01 else {
            throw TelehealthError.malformed("the places are too near to each other; click further along each segment")
        }
        // By the tangent: exact also near 0° and 180°, where a cosine is flat.
        degrees = abs(atan2(ax * by - ay * bx, ax * bx + ay * by)) * 180 / .pi
    }
}
