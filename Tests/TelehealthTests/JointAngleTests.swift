// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Telehealth

@Suite struct JointAngleTests {
    private func place(_ x: Double, _ y: Double) -> PicturePlace { PicturePlace(x: x, y: y) }

    @Test(
        "straight is 180°, a right angle 90°, folded 0°, whatever the picture's shape",
        arguments: [1.0, 16.0 / 9, 9.0 / 16])
    func knownAngles(_ aspect: Double) throws {
        func degrees(_ first: PicturePlace, _ second: PicturePlace) throws -> Double {
            try JointAngle(first: first, joint: place(0.5, 0.5), second: second, aspect: aspect).degrees
        }
        #expect(abs(try degrees(place(0.5, 0.1), place(0.5, 0.9)) - 180) < 1e-9)
        #expect(abs(try degrees(place(0.5, 0.1), place(0.9, 0.5)) - 90) < 1e-9)
        #expect(abs(try degrees(place(0.9, 0.5), place(0.7, 0.5))) < 1e-9)
    }

    @Test("a wide picture's pixels are square, its fractions are not")
    func aspect() throws {
        // Up by 0.2 of the height and right by 0.1 of a width that is twice the height: 45 degrees from straight up.
        let angle = try JointAngle(
            first: place(0.5, 0.2), joint: place(0.5, 0.6), second: place(0.6, 0.4), aspect: 2)
        #expect(abs(angle.degrees - 45) < 1e-9)
    }

    @Test("places outside of the picture, or on top of each other, are refused")
    func refusals() {
        for (first, second) in [
            (place(0.5, 0.5), place(0.9, 0.5)), (place(1.2, 0.5), place(0.9, 0.5)), (place(.nan, 0), place(0.1, 0.1)),
        ] {
            #expect(throws: TelehealthError.self) {
                try JointAngle(first: first, joint: place(0.5, 0.5), second: second, aspect: 1.5)
            }
        }
    }
}
