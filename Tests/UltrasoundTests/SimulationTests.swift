// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

/// A simulated muscle small enough for a test: 25 × 25 mm in 208 × 208 pixels.
func small(_ muscle: SimulatedMuscle, frames: Int = 20) -> SimulatedMuscle {
    var muscle = muscle
    muscle.width = 208
    muscle.height = 208
    muscle.frameCount = frames
    muscle.millimetresPerPixelX = 0.12
    muscle.millimetresPerPixelY = 0.12
    if muscle.sheaths != nil { muscle.sheaths = .init(upperMillimetres: 5, lowerMillimetres: 20) }
    if muscle.tear != nil { muscle.tear = .init(centreMillimetres: 12, restMillimetres: 1, peakMillimetres: 5) }
    return muscle
}

@Suite struct SimulationTests {
    @Test func aSeedGivesOneLoop() {
        let first = small(.torn(seed: 3), frames: 2).loop(), again = small(.torn(seed: 3), frames: 2).loop()
        #expect(first.frames == again.frames)
        #expect(first.frames != small(.torn(seed: 4), frames: 2).loop().frames)
    }

    /// The envelope of fully developed speckle has a mean 1.91 times its standard deviation (Rayleigh); undoing the logarithm gives it back.
    @Test(arguments: [1, 2]) func speckleIsFullyDeveloped(seed: UInt64) {
        var muscle = SimulatedMuscle(seed: seed)
        muscle.frameCount = 1
        let image = muscle.loop().frames[0]
        let envelope = image.pixels.map { pow(10, Double($0) * 60 / 255 / 20) }
        let mean = envelope.reduce(0, +) / Double(envelope.count)
        let variance = envelope.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(envelope.count)
        #expect(abs(mean / variance.squareRoot() - 1.91) < 0.1)
    }

    @Test func theGapOpensAndClosesAsTold() {
        let muscle = small(.torn(seed: 1), frames: 60), truth = muscle.truth
        let gaps = (0..<60).compactMap { truth.gapMillimetres(frame: $0) }
        #expect(abs((gaps.first ?? 0) - 1) < 1e-9)
        #expect(abs((gaps.max() ?? 0) - 5) < 1e-9)
        #expect(SimulatedMuscle.healthy(seed: 1).truth.gapMillimetres(frame: 10) == nil)
    }

    /// The stumps' own motion is the gap: the distance of two points beside it grows as the gap does.
    @Test func stumpsMoveWithTheGap() {
        let truth = small(.torn(seed: 1), frames: 60).truth
        let left = truth.position(ofRestX: 60, y: 100, frame: 25),
            right = truth.position(ofRestX: 140, y: 100, frame: 25)
        let opening = (truth.gapMillimetres(frame: 25) ?? 0) - 1
        #expect(abs((right.x - left.x - 80) * 0.12 - opening) < 1e-6)
        #expect(truth.tissue(atRestX: 60, y: 100) == .leftStump)
        #expect(truth.tissue(atRestX: 100, y: 10) == .above)
    }

    @Test func bloodIsDarkerThanMuscle() {
        let muscle = small(.torn(seed: 2), frames: 11)
        let image = muscle.loop().frames[6]
        func mean(_ columns: Range<Int>) -> Double {
            var sum = 0.0
            for row in 70..<140 { for column in columns { sum += Double(image[column, row]) } }
            return sum / Double(70 * columns.count)
        }
        #expect(mean(92..<108) < mean(20..<60) - 40)
    }
}
