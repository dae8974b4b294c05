// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

/// Loops as machines, cables and exports make them: a sensible answer, or loss that is said.
@Suite struct HardLoopTests {
    private func changed(_ loop: CineLoop, _ change: (Int, GreyImage) -> GreyImage) throws -> CineLoop {
        try CineLoop(
            frames: loop.frames.enumerated().map { change($0.offset, $0.element) }, times: loop.times,
            millimetresPerPixel: loop.millimetresPerPixel)
    }

    /// How far the tracks of some marks are off, where they are told to be followed.
    private func worst(_ muscle: SimulatedMuscle, _ loop: CineLoop, _ marks: [PicturePoint]) throws -> Double {
        var worst = 0.0
        for (mark, track) in zip(marks, try PointTracker().track(marks, in: loop)) {
            for frame in loop.frames.indices where !track.isLost(frame: frame) {
                let place = muscle.truth.position(ofRestX: mark.x, y: mark.y, frame: frame)
                worst = max(worst, hypot(track.positions[frame].x - place.x, track.positions[frame].y - place.y))
            }
        }
        return worst
    }

    private let marks = [PicturePoint(x: 60, y: 100), PicturePoint(x: 130, y: 120)]

    @Test func oneFrameIsItsOwnAnswer() throws {
        let loop = small(.torn(seed: 3), frames: 1).loop()
        let track = try PointTracker().track(marks, in: loop)[1]
        #expect(track.positions == [marks[1]] && track.lostFrames.isEmpty)
        #expect(try MotionField(of: loop).strain(frame: 0).values.allSatisfy { abs($0?.axial ?? 0) < 1e-9 })
        #expect(try TearFinder().find(in: loop).isEmpty)
    }

    @Test func twoFramesAreEnoughForAStep() throws {
        let muscle = small(.strained(seed: 3), frames: 8)
        let loop = muscle.loop()
        let two = try CineLoop(frames: [loop.frames[0], loop.frames[2]], frameRate: 15)
        let track = try PointTracker().track(marks, in: two)[0]
        let place = muscle.truth.position(ofRestX: marks[0].x, y: marks[0].y, frame: 2)
        #expect(hypot(track.positions[1].x - place.x, track.positions[1].y - place.y) < 0.3)
        #expect(try TearFinder().find(in: two).isEmpty)
    }

    /// Gain so high that two thirds of the tissue are white.
    @Test func aSaturatedLoopIsFollowedByWhatIsLeft() throws {
        let muscle = small(.strained(seed: 15), frames: 16)
        let loop = try changed(muscle.loop()) { _, image in
            var other = image
            for index in other.pixels.indices {
                other.pixels[index] = UInt8(min(Int(other.pixels[index]) * 2 + 20, 255))
            }
            return other
        }
        let white = loop.frames[0].pixels.filter { $0 == 255 }.count
        #expect(Double(white) > 0.5 * Double(loop.frames[0].pixels.count))
        #expect(try worst(muscle, loop, marks) < 1)
        #expect(try TearFinder().find(in: loop).isEmpty)
    }

    /// Odd rows later than even ones, as video recorders mixed them.
    private func woven(_ whole: CineLoop) throws -> CineLoop {
        let frames = (0..<whole.frames.count / 2).map { index in
            var image = whole.frames[2 * index]
            for row in stride(from: 1, to: image.height, by: 2) {
                for column in 0..<image.width { image[column, row] = whole.frames[2 * index + 1][column, row] }
            }
            return image
        }
        return try CineLoop(frames: frames, frameRate: 30, millimetresPerPixel: whole.millimetresPerPixel)
    }

    /// Fast motion in interlaced video is measured some pixels off, so it is said; a loop of whole pictures is not accused of it.
    @Test func interlacingIsSaid() throws {
        func codes(_ loop: CineLoop) throws -> [String] {
            let data = try JSONEncoder().encode(TearDocument([], loop: loop))
            let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            return (document["warnings"] as? [[String: String]] ?? []).compactMap { $0["code"] }
        }
        let whole = small(.healthy(seed: 16), frames: 40).loop()
        #expect(try codes(woven(whole)).contains("interlaced"))
        #expect(try !codes(whole).contains("interlaced"))
        let noise = try changed(whole) { _, image in
            var random = SeededGenerator(seed: UInt64(image.pixels[0]))
            var other = image
            for at in other.pixels.indices { other.pixels[at] = UInt8(truncatingIfNeeded: random.next()) }
            return other
        }
        #expect(try !codes(noise).contains("interlaced"))
    }

    /// Odd rows a sixtieth of a second later than even ones, as video recorders mixed them.
    @Test func anInterlacedLoopIsFollowedWithinItsCombs() throws {
        let muscle = small(.strained(seed: 16), frames: 40), whole = muscle.loop()
        let loop = try woven(whole)
        for (mark, track) in zip(marks, try PointTracker().track(marks, in: loop)) {
            for frame in 0..<20 where !track.isLost(frame: frame) {
                // The truth between the two fields, and since the first frame's.
                let now = [2 * frame, 2 * frame + 1].map {
                    muscle.truth.position(ofRestX: mark.x, y: mark.y, frame: $0)
                }
                let off = hypot(
                    track.positions[frame].x - (now[0].x + now[1].x) / 2,
                    track.positions[frame].y - (now[0].y + now[1].y) / 2)
                #expect(off < 2.5)
            }
        }
        #expect(try TearFinder().find(in: loop).isEmpty)
    }

    /// Words and a ruler burned in: they stand still while the tissue moves.
    @Test func burnedInTextHoldsNoTissueBack() throws {
        let muscle = small(.healthy(seed: 17), frames: 20)
        let loop = try changed(muscle.loop()) { _, image in
            var other = image
            for row in 0..<14 {
                for column in 0..<120 { other[column, row] = (column / 3 + row / 3) % 2 == 0 ? 255 : 0 }
            }
            for row in stride(from: 0, to: 208, by: 20) { for column in 200..<208 { other[column, row] = 255 } }
            for row in 150..<160 {
                for column in 20..<60 where (column / 2 + row / 2) % 3 != 0 { other[column, row] = 255 }
            }
            return other
        }
        #expect(try worst(muscle, loop, marks) < 0.8)
        #expect(try TearFinder().find(in: loop).isEmpty)
    }

    /// Colour Doppler as grey: a box in which flow comes and goes from frame to frame, in the luminance of red and blue.
    @Test func colourFlowIsNoTearAndDisturbsNoOtherTissue() throws {
        let muscle = small(.healthy(seed: 18), frames: 20)
        var random = SeededGenerator(seed: 4)
        let loop = try changed(muscle.loop()) { _, image in
            var other = image
            for _ in 0..<12 {
                let x = Int.random(in: 110..<150, using: &random), y = Int.random(in: 70..<95, using: &random)
                let grey: UInt8 = random.next() % 2 == 0 ? 76 : 29
                for row in y - 4...y + 4 { for column in x - 6...x + 6 { other[column, row] = grey } }
            }
            return other
        }
        #expect(try worst(muscle, loop, [PicturePoint(x: 60, y: 130), PicturePoint(x: 160, y: 150)]) < 1)
        #expect(try TearFinder().find(in: loop).isEmpty)
        let inFlow = try PointTracker().track([PicturePoint(x: 130, y: 82)], in: loop)[0]
        #expect((inFlow.confidence.dropFirst(4).max() ?? 1) < 0.95)
    }

    /// 4096 × 4096: the same small picture again and again, moved as a whole.
    @Test func aVeryLargeLoopIsFollowed() throws {
        let side = 4096, muscle = small(.rigid(seed: 19), frames: 12), whole = muscle.loop()
        func tiled(_ image: GreyImage) -> GreyImage {
            var pixels: [UInt8] = []
            pixels.reserveCapacity(side * side)
            for row in 0..<side {
                let line = image.pixels[(row % image.height) * image.width..<(row % image.height + 1) * image.width]
                for _ in 0..<side / image.width { pixels.append(contentsOf: line) }
                pixels.append(contentsOf: line.prefix(side % image.width))
            }
            return GreyImage(width: side, height: side, pixels: pixels) ?? image
        }
        let loop = try CineLoop(
            frames: [whole.frames[0], whole.frames[2]].map(tiled), frameRate: 15,
            millimetresPerPixel: PixelSpacing(x: 0.05, y: 0.05))
        #expect(loop.width == side)
        let mark = PicturePoint(x: 104 + 208 * 9, y: 104 + 208 * 12)
        let track = try PointTracker().track([mark], in: loop)[0]
        let place = muscle.truth.position(ofRestX: 104, y: 104, frame: 2)
        let moved = (track.positions[1].x - mark.x, track.positions[1].y - mark.y)
        #expect(hypot(moved.0 - (place.x - 104), moved.1 - (place.y - 104)) < 0.3)
        #expect(try MotionField(of: loop, spacingPixels: 128).columns == 31)
        #expect(try TearFinder().find(in: loop).isEmpty)
    }
}
