// SPDX-License-Identifier: Apache-2.0

import Testing
import Ultrasound

@Suite struct CineLoopTests {
    @Test func aLoopSaysItsRateAndSize() throws {
        let frame = GreyImage(width: 4, height: 3, filledWith: 7)
        let loop = try CineLoop(frames: [frame, frame, frame], frameRate: 25)
        #expect(loop.width == 4)
        #expect(loop.height == 3)
        #expect(loop.times == [0, 0.04, 0.08])
        #expect(abs((loop.frameRate ?? 0) - 25) < 1e-9)
    }

    @Test func picturesOfTwoSizesAreNoLoop() {
        let frames = [GreyImage(width: 4, height: 3, filledWith: 0), GreyImage(width: 3, height: 4, filledWith: 0)]
        #expect(throws: CineLoopError.sizeDiffers(frame: 1)) { try CineLoop(frames: frames, frameRate: 30) }
    }

    @Test func timesThatStandStillAreRefused() {
        let frame = GreyImage(width: 2, height: 2, filledWith: 0)
        #expect(throws: CineLoopError.timesDoNotRise(frame: 1)) {
            try CineLoop(frames: [frame, frame], times: [0.5, 0.5])
        }
    }
}
