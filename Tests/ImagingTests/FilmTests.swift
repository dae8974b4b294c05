// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

@testable import Imaging

@Suite("Films", .enabled(if: ChildProcess.find("ffmpeg") != nil, "needs ffmpeg"))
struct FilmTests {
    /// Smooth pictures that differ from frame to frame; even sides.
    static func loop(_ count: Int, width: Int = 64, height: Int = 48) throws -> CineLoop {
        let frames = (0..<count).map { time in
            var image = GreyImage(width: width, height: height, filledWith: 0)
            for row in 0..<height {
                for column in 0..<width { image[column, row] = UInt8((column * 2 + row + time * 7) % 200 + 20) }
            }
            return image
        }
        return try CineLoop(frames: frames, frameRate: 20)
    }

    /// Lossless grey by ffmpeg itself, from raw frames.
    static func film(_ loop: CineLoop, _ arguments: [String], to path: String) throws {
        var next = 0
        let child = ChildProcess(
            executable: try Film.tool("ffmpeg"),
            arguments: [
                "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "\(loop.width)x\(loop.height)",
                "-framerate", "20", "-i", "pipe:0",
            ] + arguments + ["-y", "file:\(path)"],
            limits: ChildProcess.Limits(seconds: 60, memoryBytes: 8 << 30, fileBytes: 1 << 30))
        let ending = try child.run(
            input: {
                defer { next += 1 }
                return next < loop.frames.count ? loop.frames[next].pixels : nil
            }, output: { _ in }, errors: { _ in })
        try #require(ending.code == 0)
    }

    @Test(
        "A film's grey and times are what was put in",
        arguments: [
            ("a.mp4", ["-c:v", "libx264", "-crf", "0", "-pix_fmt", "gray", "-color_range", "pc"], 0),
            ("b.mov", ["-c:v", "png"], 0),
            ("c.avi", ["-c:v", "rawvideo", "-pix_fmt", "bgr24"], 0), ("d.mkv", ["-c:v", "ffv1"], 0),
            // 219 steps of video for 255 of grey: a rounding of one.
            ("e.mp4", ["-c:v", "libx264", "-crf", "0", "-pix_fmt", "yuv420p"], 1),
        ])
    func exact(name: String, arguments: [String], tolerance: Int) throws {
        let folder = try TemporaryFolder()
        let loop = try Self.loop(15)
        try Self.film(loop, arguments, to: "\(folder.path)/\(name)")
        let read = try LoopReader(limits: .clinic).read("\(folder.path)/\(name)")
        #expect(read.loop.frames.count == 15)
        for (got, want) in zip(read.loop.frames, loop.frames) {
            #expect(zip(got.pixels, want.pixels).allSatisfy { abs(Int($0) - Int($1)) <= tolerance })
        }
        #expect(zip(read.loop.times, loop.times).allSatisfy { abs($0 - $1) < 0.0011 })
        #expect(read.warnings.isEmpty)
        let faster = try LoopReader(limits: .clinic).read("\(folder.path)/\(name)", frameRate: 40)
        #expect(abs((faster.loop.frameRate ?? 0) - 40) < 1e-9)
    }

    @Test("Uneven times are kept")
    func uneven() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/v.mkv"
        try Self.film(
            try Self.loop(10),
            [
                "-vf", "settb=1/1000,setpts=N*50+20*mod(N\\,2)", "-fps_mode", "passthrough", "-enc_time_base", "1/1000",
                "-c:v", "ffv1",
            ],
            to: path)
        let times = try LoopReader(limits: .clinic).read(path).loop.times
        #expect(times.count == 10)
        for (index, time) in times.enumerated() {
            #expect(abs(time - (Double(index) * 0.05 + (index % 2 == 1 ? 0.02 : 0))) < 0.0011)
        }
    }

    @Test("Cut short anywhere, a film is refused", arguments: ["a.mp4", "c.avi", "d.mov"], [0.2, 0.5, 0.9])
    func cut(name: String, part: Double) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(name)"
        try Self.film(try Self.loop(20), ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"], to: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(Int(Double(bytes.count) * part)).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: LoopError.self) { try LoopReader(limits: .clinic).read(path) }
        #expect(error?.reason == .damaged)
    }

    @Test("A film with more frames, pixels or decoding time than allowed is refused")
    func limits() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.avi"
        try Self.film(try Self.loop(30), ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"], to: path)
        var limits = LoopLimits.clinic
        limits.frames = 29
        #expect(throws: LoopError.self) { try LoopReader(limits: limits).read(path) }
        limits.frames = 30
        #expect(try LoopReader(limits: limits).read(path).loop.frames.count == 30)
        limits.framePixels = 64 * 47
        #expect(throws: LoopError.self) { try LoopReader(limits: limits).read(path) }
    }

    @Test("An endless child is ended, with everything that it started, and a writing one loses its file")
    func endless() throws {
        let sleeper = ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "sleep 1000 & sleep 1000"],
            limits: ChildProcess.Limits(seconds: 0.2, memoryBytes: 1 << 30))
        let ending = try sleeper.run(output: { _ in }, errors: { _ in })
        #expect(ending.ranOutOfTime)
        let endless = ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "while :; do echo y; done"],
            limits: ChildProcess.Limits(seconds: 60, memoryBytes: 1 << 30))
        var bytes = 0
        #expect(throws: LoopError.self) {
            try endless.run(
                output: {
                    bytes += $0.count
                    if bytes > 100_000 { throw LoopError(.tooLarge, "enough") }
                }, errors: { _ in })
        }
    }

    @Test("An overlay is a film or pictures, and changes only where something is drawn")
    func overlay() throws {
        let folder = try TemporaryFolder()
        let loop = try Self.loop(6)
        let positions = (0..<6).map { PicturePoint(x: 20 + Double($0), y: 24) }
        let far = positions.map { PicturePoint(x: $0.x + 20, y: 24) }
        let overlay = LoopOverlay(
            loop: loop, tracks: [.init(positions: positions, confidence: [1, 1, 1, 1, 0.1, .nan])],
            separation: .init(from: positions, to: far, values: [1, 2, 3, nil, 5, 6]))
        try overlay.write(to: folder.path + "/pictures")
        #expect(try LoopReader(limits: .clinic).read(folder.path + "/pictures").loop.frames.count == 6)
        try overlay.write(to: folder.path + "/o.mp4")
        let film = try LoopReader(limits: .clinic).read(folder.path + "/o.mp4").loop
        #expect(film.frames.count == 6 && film.width == 64 && film.height == 48)
        let drawn = overlay.frame(5)
        let plain = ColourImage(loop.frames[5])
        #expect(drawn != plain)
        // The lower rows hold neither number, cross nor line.
        #expect(drawn.pixels.suffix(64 * 3 * 8).elementsEqual(plain.pixels.suffix(64 * 3 * 8)))
        #expect(throws: LoopError.self) { try overlay.write(to: "/proc/nowhere/o.mp4") }
    }
}
