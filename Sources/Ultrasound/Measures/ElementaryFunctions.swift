// SPDX-License-Identifier: Apache-2.0

import Foundation

// Foundation's functions under names that say what they give; one place where they are imported for still measures.
extension Float {
    var exponential: Float { exp(self) }
    /// The angle of a direction from the x axis, radians.
    static func angle(y: Float, x: Float) -> Float { atan2(y, x) }
}

extension Double {
    /// The tangent of an angle in degrees.
    static func tangent(degrees: Double) -> Double { tan(degrees * .pi / 180) }
    static func sine(degrees: Double) -> Double { sin(degrees * .pi / 180) }
    static func cosine(degrees: Double) -> Double { cos(degrees * .pi / 180) }
    /// Degrees from the x axis.
    static func degrees(y: Double, x: Double) -> Double { atan2(y, x) * 180 / .pi }
}
