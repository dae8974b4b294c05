// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

/// What must follow when the loop is changed in a known way.
@Suite struct TrackingPropertyTests {
    private let loop = small(.healthy(seed: 21), frames: 12).loop()
    private let mark = PicturePoint(x: 96, y: 100)

    private func changed(_ change: (GreyImage) -> GreyImage) throws -> CineLoop {
        try CineLoop(frames: loop.frames.map(change), times: loop.times, millimetresPerPixel: loop.millimetresPerPixel)
    }

    private func track(_ loop: CineLoop, _ mark: PicturePoint) throws -> [PicturePoint] {
        try PointTracker().track([mark], in: loop)[0].positions
    }

    private func expectAlike(_ first: [PicturePoint], _ second: [PicturePoint], within limit: Double) {
        for (a, b) in zip(first, second) { #expect(hypot(a.x - b.x, a.y - b.y) < limit) }
    }

    @Test func aMirroredLoopGivesTheMirroredTrack() throws {
        let width = loop.width
        let mirrored = try changed { image in
            var other = image
            for row in 0..<image.height {
                for column in 0..<width { other[column, row] = image[width - 1 - column, row] }
            }
            return other
        }
        let last = Double(width - 1)
        let found = try track(mirrored, PicturePoint(x: last - mark.x, y: mark.y))
        expectAlike(try track(loop, mark), found.map { PicturePoint(x: last - $0.x, y: $0.y) }, within: 0.3)
    }

    @Test func aCroppedLoopGivesTheShiftedTrack() throws {
        let dx = 21, dy = 13
        let cropped = try changed { image in
            var other = GreyImage(width: image.width - dx, height: image.height - dy, filledWith: 0)
            for row in 0..<other.height {
                for column in 0..<other.width { other[column, row] = image[column + dx, row + dy] }
            }
            return other
        }
        let found = try track(cropped, PicturePoint(x: mark.x - Double(dx), y: mark.y - Double(dy)))
        expectAlike(
            try track(loop, mark), found.map { PicturePoint(x: $0.x + Double(dx), y: $0.y + Double(dy)) }, within: 0.15)
    }

    @Test func aBrighterLoopGivesTheSameTrack() throws {
        let brighter = try changed { image in
            var other = image
            for index in other.pixels.indices { other.pixels[index] = UInt8(min(Int(other.pixels[index]) + 30, 255)) }
            return other
        }
        expectAlike(try track(loop, mark), try track(brighter, mark), within: 0.15)
    }

    @Test func aLoopThatStandsStillGivesAStillTrack() throws {
        let still = try CineLoop(frames: [GreyImage](repeating: loop.frames[0], count: 9), frameRate: 30)
        for place in try track(still, mark) { #expect(hypot(place.x - mark.x, place.y - mark.y) < 1e-3) }
    }

    @Test func framesThatAreThereTwiceChangeLittle() throws {
        let doubled = try CineLoop(frames: loop.frames.flatMap { [$0, $0] }, frameRate: 60)
        let found = try track(doubled, mark)
        expectAlike(try track(loop, mark), stride(from: 1, to: found.count, by: 2).map { found[$0] }, within: 0.25)
    }

    // MARK: - Loops with nothing in them, or hardly any

    @Test(arguments: [UInt8(0), 127, 255]) func aLoopOfOneGreyIsLostAndSaysSo(grey: UInt8) throws {
        let flat = try CineLoop(
            frames: [GreyImage](repeating: GreyImage(width: 96, height: 96, filledWith: grey), count: 6), frameRate: 30)
        let track = try PointTracker().track([PicturePoint(x: 48, y: 48)], in: flat)[0]
        #expect(track.positions.allSatisfy { abs($0.x - 48) < 1e-3 && abs($0.y - 48) < 1e-3 })
        #expect(track.confidence.dropFirst(3).allSatisfy { $0 == 0 })
        #expect(try TearFinder().find(in: flat).isEmpty)
    }

    @Test(arguments: [(1, 1), (2, 300), (300, 2), (17, 17), (33, 7), (64, 40)], [1, 2, 5])
    func verySmallLoopsAreNoTrouble(size: (Int, Int), frames: Int) throws {
        var random = SeededGenerator(seed: 5)
        let images = (0..<frames).map { _ in
            var image = GreyImage(width: size.0, height: size.1, filledWith: 0)
            for index in image.pixels.indices { image.pixels[index] = UInt8(truncatingIfNeeded: random.next()) }
            return image
        }
        let tiny = try CineLoop(frames: images, frameRate: 30)
        let track = try PointTracker().track([PicturePoint(x: 0, y: 0)], in: tiny)[0]
        #expect(track.positions.count == frames)
        #expect(track.positions.allSatisfy { $0.x.isFinite && $0.y.isFinite })
        #expect(try TearFinder().find(in: tiny).isEmpty)
    }

    @Test func noiseWithoutTissueIsNotFollowedWithConfidence() throws {
        var random = SeededGenerator(seed: 9)
        let frames = (0..<8).map { _ in
            var image = GreyImage(width: 128, height: 128, filledWith: 0)
            for index in image.pixels.indices { image.pixels[index] = UInt8(truncatingIfNeeded: random.next()) }
            return image
        }
        let track = try PointTracker().track(
            [PicturePoint(x: 64, y: 64)], in: try CineLoop(frames: frames, frameRate: 30))[0]
        #expect(track.confidence[7] == 0)
    }

    @Test func pointsAndFramesThatAreNotThereAreRefused() throws {
        #expect(throws: TrackingError.outsidePicture(point: 1)) {
            try PointTracker().track([mark, PicturePoint(x: 500, y: 3)], in: loop)
        }
        #expect(throws: TrackingError.outsidePicture(point: 0)) {
            try PointTracker().track([PicturePoint(x: .nan, y: 3)], in: loop)
        }
        var tracker = PointTracker()
        tracker.restFrame = 12
        #expect(throws: TrackingError.noSuchFrame(12, frames: 12)) { try tracker.track([mark], in: loop) }
        #expect(throws: TrackingError.spacing(1)) { try MotionField(of: loop, spacingPixels: 1) }
        #expect(throws: TrackingError.spacing(400)) { try MotionField(of: loop, spacingPixels: 400) }
    }
}
