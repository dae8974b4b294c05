// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

@Suite struct ContractionSignalTests {
    /// The signal goes as the simulated activation does, whatever the probe does meanwhile.
    @Test(arguments: ["healthy", "torn", "strained"]) func itFollowsTheActivation(scene: String) throws {
        let base: SimulatedMuscle =
            scene == "healthy" ? .healthy(seed: 3) : scene == "torn" ? .torn(seed: 3) : .strained(seed: 3)
        var muscle = small(base, frames: 30)
        muscle.probeMotionXMillimetres = 0.4
        let loop = muscle.loop()
        let signal = try MotionField(of: loop).contractionSignal()
        let truth = (0..<30).map { muscle.truth.activation(frame: $0) }
        func centred(_ values: [Double]) -> [Double] {
            let mean = values.reduce(0, +) / Double(values.count)
            return values.map { $0 - mean }
        }
        let a = centred(signal), b = centred(truth)
        let product = zip(a, b).map { $0 * $1 }.reduce(0, +)
        let norms = (a.map { $0 * $0 }.reduce(0, +) * b.map { $0 * $0 }.reduce(0, +)).squareRoot()
        #expect(product / norms > 0.98)
        // A plateau as still as rest may be taken for rest: which of the two it is, a person says.
        guard scene != "torn" else { return }
        let phases = try #require(ContractionPhases(of: signal, times: loop.times))
        #expect(truth[phases.peakFrame] > 0.9)
        #expect(truth[phases.onsetFrame] < 0.25)
    }

    @Test func aStillLoopHasNone() throws {
        let frame = small(.rigid(seed: 2), frames: 1).loop().frames[0]
        let loop = try CineLoop(frames: [GreyImage](repeating: frame, count: 10), frameRate: 30)
        let signal = try MotionField(of: loop).contractionSignal()
        #expect(signal.allSatisfy { abs($0) < 0.01 })
    }
}
