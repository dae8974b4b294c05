// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

/// Tissue at a boundary, or beyond the edge of the picture, goes with its own.
@Suite struct BoundaryTests {
    private func distance(_ found: PicturePoint, _ place: (x: Double, y: Double)) -> Double {
        hypot(found.x - place.x, found.y - place.y)
    }

    /// A stump half of which leaves the picture while the skin over it stays: what is outside is carried by the stump and not held by the skin.
    @Test(arguments: [1, 2, 3]) func whatIsOutsideThePictureGoesWithItsStump(seed: UInt64) throws {
        var muscle = small(.torn(seed: seed), frames: 30)
        muscle.tear = .init(centreMillimetres: 12, restMillimetres: 1, peakMillimetres: 13)
        let field = try MotionField(of: muscle.loop()), truth = muscle.truth
        let last = Double(muscle.width - 1)
        var outside: [Double] = []
        for row in 0..<field.rows {
            for column in 0..<field.columns {
                let rest = field.rest(column: column, row: row), tissue = truth.tissue(atRestX: rest.x, y: rest.y)
                guard tissue == .leftStump || tissue == .rightStump else { continue }
                for frame in 0..<field.frameCount {
                    let place = truth.position(ofRestX: rest.x, y: rest.y, frame: frame)
                    guard place.x < 0 || place.x > last else { continue }
                    outside.append(distance(field.position(column: column, row: row, frame: frame), place))
                    #expect(field.errorPixels95(column: column, row: row, frame: frame).isInfinite)
                }
            }
        }
        #expect(outside.count > 500)
        #expect(outside.reduce(0, +) / Double(outside.count) < 0.5)
        #expect((outside.max() ?? 99) < 5)
    }

    /// Half a pixel above the line along which the stumps slide: one frame can't tell, all frames together can.
    @Test(arguments: [2, 6]) func aSiteAtASheathKeepsToItsSide(seed: UInt64) throws {
        var muscle = small(.torn(seed: seed), frames: 40)
        let row = 2, line = 48.6 * 0.12
        muscle.tear = .init(centreMillimetres: 12, restMillimetres: 1, peakMillimetres: 4)
        muscle.sheaths = .init(upperMillimetres: line - 0.35, lowerMillimetres: 20)
        let field = try MotionField(of: muscle.loop()), truth = muscle.truth
        for column in 0..<field.columns {
            let rest = field.rest(column: column, row: row)
            #expect(truth.tissue(atRestX: rest.x, y: rest.y) == .above)
            for frame in 0..<field.frameCount {
                let place = truth.position(ofRestX: rest.x, y: rest.y, frame: frame)
                #expect(distance(field.position(column: column, row: row, frame: frame), place) < 3)
            }
        }
    }
}
