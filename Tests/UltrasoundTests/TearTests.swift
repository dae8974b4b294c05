// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

@Suite struct TearTests {
    private func torn(_ seed: UInt64, opening: Double) -> SimulatedMuscle {
        var muscle = SimulatedMuscle.torn(seed: seed)
        muscle.width = 400
        muscle.height = 400
        muscle.frameCount = 24
        muscle.probeMotionXMillimetres = 0.3
        muscle.sheaths = .init(upperMillimetres: 8, lowerMillimetres: 30)
        muscle.tear = .init(centreMillimetres: 19, restMillimetres: 1, peakMillimetres: 1 + opening)
        return muscle
    }

    @Test(arguments: [2.0, 5], [31, 32]) func anOpeningIsFoundAndFollowed(opening: Double, seed: UInt64) throws {
        let muscle = torn(seed, opening: opening), loop = muscle.loop()
        let found = try TearFinder().find(in: loop)
        let tear = try #require(found.first)
        #expect(abs(tear.x * 0.1 - 19) < 3)
        #expect((80...300).contains(tear.y))
        #expect(abs((tear.openingMillimetres ?? 0) - opening) < 0.3)
        let gaps = try #require(tear.gapMillimetres)
        let errors = gaps.indices.map { abs(gaps[$0] - (muscle.truth.gapMillimetres(frame: $0) ?? 0)) }
        #expect(errors.reduce(0, +) / Double(errors.count) <= 0.3)
        #expect((errors.max() ?? 9) <= 0.8)
    }

    @Test(arguments: 41...44) func aHealthyContractionHasNone(seed: UInt64) throws {
        var muscle = SimulatedMuscle.healthy(seed: seed)
        muscle.width = 320
        muscle.height = 320
        muscle.frameCount = 16
        muscle.sheaths = .init(upperMillimetres: 6, lowerMillimetres: 24)
        muscle.slideMillimetres = Double(seed % 3) * 3
        if seed % 2 == 0 { muscle.shadow = .init(fromMillimetres: 12, toMillimetres: 15, belowMillimetres: 8) }
        #expect(try TearFinder().find(in: muscle.loop()).isEmpty)
    }

    @Test(arguments: [1.0, 6, 20]) func twoMarksAreMeasuredWithinATwentiethOfAnInch(opening: Double) throws {
        let muscle = torn(7, opening: opening), loop = muscle.loop()
        let tracks = try PointTracker().track([PicturePoint(x: 172, y: 190), PicturePoint(x: 208, y: 194)], in: loop)
        let separation = Separation(between: tracks[0], and: tracks[1], in: loop)
        let perFrame = try #require(separation.perFrameMillimetres)
        for frame in perFrame.indices {
            let left = muscle.truth.position(ofRestX: 172, y: 190, frame: frame)
            let right = muscle.truth.position(ofRestX: 208, y: 194, frame: frame)
            let truth = (right.x - left.x) * 0.1
            #expect(abs(perFrame[frame] - truth) < max(0.3, 0.02 * truth))
        }
        #expect(abs((separation.openingMillimetres ?? 0) - opening) < 0.3)
        #expect(muscle.truth.activation(frame: separation.maximumFrame) > 0.98)
        if opening > 1 { #expect(abs(separation.axis.x) > 0.999) }
    }

    @Test func withoutCalibrationThereAreNoMillimetres() throws {
        let loop = torn(8, opening: 5).loop()
        let bare = try CineLoop(frames: loop.frames, times: loop.times)
        let tracks = try PointTracker().track([PicturePoint(x: 172, y: 190), PicturePoint(x: 208, y: 190)], in: bare)
        let separation = Separation(between: tracks[0], and: tracks[1], in: bare)
        #expect(separation.perFrameMillimetres == nil)
        #expect(abs(separation.openingPixels - 50) < 3)
        let tear = try #require(try TearFinder().find(in: bare).first)
        #expect(tear.openingMillimetres == nil)
        #expect(tear.gapMillimetres == nil)
    }

    /// A pixel that is twice as tall as wide: the distance is in tissue, not in the picture.
    @Test func pixelsNeedNotBeSquare() throws {
        var random = SeededGenerator(seed: 3)
        var image = GreyImage(width: 96, height: 96, filledWith: 0)
        for index in image.pixels.indices { image.pixels[index] = UInt8(truncatingIfNeeded: random.next() >> 8) / 2 }
        let still = try CineLoop(
            frames: [image, image], frameRate: 30, millimetresPerPixel: PixelSpacing(x: 0.1, y: 0.2))
        let tracks = try PointTracker().track([PicturePoint(x: 30, y: 30), PicturePoint(x: 60, y: 50)], in: still)
        let separation = Separation(between: tracks[0], and: tracks[1], in: still)
        #expect(abs((separation.restMillimetres ?? 0) - 5) < 1e-3)
        #expect(abs(separation.restPixels - hypot(30, 20)) < 1e-2)
    }
}
