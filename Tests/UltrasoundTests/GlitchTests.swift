// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

/// A frame that was lost on its way must not lose the tissue.
@Suite struct GlitchTests {
    @Test(arguments: [UInt8(0), 200]) func aDroppedFrameIsEndured(grey: UInt8) throws {
        let muscle = small(.strained(seed: 14), frames: 16)
        var frames = muscle.loop().frames
        frames[7] = GreyImage(width: 208, height: 208, filledWith: grey)
        let track = try PointTracker().track(
            [PicturePoint(x: 70, y: 90)], in: try CineLoop(frames: frames, frameRate: 30))[0]
        for frame in 0..<16 where frame != 7 {
            let place = muscle.truth.position(ofRestX: 70, y: 90, frame: frame)
            #expect(hypot(track.positions[frame].x - place.x, track.positions[frame].y - place.y) < 0.6)
        }
        #expect(track.confidence[7] < 0.95)
        #expect(!track.isLost(frame: 15))
    }
}
