// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

@testable import Imaging

@Suite("Reading loops")
struct LoopReaderTests {
    let reader = LoopReader(limits: .clinic)

    @Test("Frames come in name order, ten after nine")
    func order() throws {
        let folder = try TemporaryFolder()
        let frames = (0..<12).map { Pictures.noise(5, 4, seed: UInt64($0)) }
        for (index, frame) in frames.enumerated() {
            _ = try folder.write(PortableGreyMap.encode(frame), "f\(index).pgm")
        }
        _ = try folder.write([1, 2, 3], "notes.txt")
        _ = try folder.write([1, 2, 3], ".hidden.pgm")
        let loaded = try reader.read(folder.path, frameRate: 20)
        #expect(loaded.loop.frames == frames)
        #expect(loaded.loop.times == (0..<12).map { Double($0) / 20 })
        #expect(abs((try reader.read(folder.path).loop.frameRate ?? 0) - 30) < 1e-9)
    }

    @Test(
        "Names are ordered as people count",
        arguments: [
            ["a2", "a10"], ["a02", "a10"], ["frame9b1", "frame9b2", "frame10a"],
            ["1", "01", "2"].sorted(by: FrameFolder.comesBefore),
            ["x", "x1"], ["a", "b"],
        ])
    func names(sorted: [String]) {
        #expect(sorted.reversed().sorted(by: FrameFolder.comesBefore) == sorted)
        for name in sorted { #expect(!FrameFolder.comesBefore(name, name)) }
    }

    @Test("One picture is a loop of one frame")
    func onePicture() throws {
        let folder = try TemporaryFolder()
        let image = Pictures.noise(8, 8, seed: 1)
        #expect(try reader.read(try folder.write(try PNG.encode(image), "one.png")).loop.frames == [image])
    }

    @Test("Of faulty frames the first by name is told")
    func faults() throws {
        let folder = try TemporaryFolder()
        for index in 0..<8 {
            let image = Pictures.noise(index == 6 ? 5 : 4, 4, seed: 1)
            _ = try folder.write(index == 3 ? [] : PortableGreyMap.encode(image), "\(index).pgm")
        }
        let error = #expect(throws: LoopError.self) { try reader.read(folder.path) }
        #expect(error?.description.hasPrefix("3.pgm") == true || error?.description.hasPrefix("6.pgm") == true)
    }

    @Test("PGM in digits, with comments, and of 16 bits")
    func greyMaps() throws {
        func decode(_ text: String, _ more: [UInt8] = []) throws -> [UInt8] {
            try PortableGreyMap.decode(Array(text.utf8) + more, limits: .clinic).pixels
        }
        #expect(try decode("P2 # a comment\n2 #more\n 2\n3\n0 1\n2 3") == [0, 85, 170, 255])
        #expect(try decode("P5\n2 1\n65535\n", [0, 0, 0x80, 0]) == [0, 128])
        #expect(try decode("P5 2 1 255\n", [35, 10]) == [35, 10])
        for broken in [
            "P5\n2 1\n255\n\u{1}", "P5\n0 1\n255\n", "P5\n2 1\n0\n", "P2\n1 1\n9\n10", "P2\n1 1\n9\nx", "P5\n2",
            "P5\n-1 2\n255\n",
        ] {
            #expect(throws: LoopError.self, "\(broken)") { try decode(broken) }
        }
    }

    @Test("What is not a loop is refused, with a reason")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let dicom = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        let cases: [(String, LoopError.Reason)] = [
            (folder.path + "/none", .unreadable), (folder.path, .empty), (try folder.write([], "a.mp4"), .empty),
            (try folder.write(Array("#EXTM3U\n/etc/passwd\n".utf8), "b.mp4"), .format), ("/dev/zero", .unreadable),
            (try folder.write(dicom, "c.dcm"), .damaged),
            (try folder.write([0, 0, 0, 24] + Array("ftypisom".utf8) + [255, 255, 255, 255], "d.mp4"), .damaged),
        ]
        for (path, reason) in cases {
            let error = #expect(throws: LoopError.self) { try reader.read(path) }
            #expect(error?.reason == reason, "\(path)")
        }
    }

    @Test("More frames or bytes than the limits allow are refused")
    func limits() throws {
        let folder = try TemporaryFolder()
        for index in 0..<5 {
            _ = try folder.write(PortableGreyMap.encode(Pictures.noise(10, 10, seed: 1)), "\(index).pgm")
        }
        var limits = LoopLimits.clinic
        limits.frames = 4
        #expect(throws: LoopError.self) { try LoopReader(limits: limits).read(folder.path) }
        limits = .clinic
        limits.decodedBytes = 499
        #expect(throws: LoopError.self) { try LoopReader(limits: limits).read(folder.path) }
        limits = .clinic
        limits.fileBytes = 100
        #expect(throws: LoopError.self) { try LoopReader(limits: limits).read(folder.path) }
    }
}
