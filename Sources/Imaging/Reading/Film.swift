// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ultrasound

/// Reads MP4, MOV, AVI and Matroska through ffmpeg, a process of its own: what a crafted file does to it ends there.
struct Film {
    let path: String
    let container: VideoContainer
    let fileBytes: Int
    let limits: LoopLimits

    /// Grey frames with their times.
    ///
    /// - Parameter frameRate: frames per second to use in place of the film's own times.
    func read(
        frameRate: Double?, progress: (_ done: Int, _ of: Int?) -> Void
    ) throws(LoopError) -> (frames: [GreyImage], times: [Double], warnings: [LoopWarning]) {
        if container.isCutOff(fileBytes: fileBytes, read: bytes) {
            throw LoopError(
                .damaged, "The film ends before its own end; part of it is missing. Copy or export it again.")
        }
        let started = ContinuousClock.now
        let probe = try probe()
        try limits.check(width: probe.width, height: probe.height)
        if let announced = probe.announcedFrames {
            try limits.check(frames: announced, width: probe.width, height: probe.height)
        }
        let left = limits.seconds - (ContinuousClock.now - started) / .seconds(1)
        let decoded = try decode(probe, seconds: max(1, left), progress: progress)
        return try timed(decoded.frames, decoded.listener, probe: probe, frameRate: frameRate)
    }

    // MARK: - The two programs

    /// Arguments that keep the program to this one file: no network, no other format, no guessing.
    private var input: [String] {
        [
            "-max_alloc", String(512 << 20), "-protocol_whitelist", "file", "-f", container.rawValue, "-i",
            "file:\(path)",
        ]
    }

    private var memory: Int { (4 << 30) + 16 * limits.framePixels }

    private func probe() throws(LoopError) -> VideoProbe {
        let arguments =
            [
                "-v", "error", "-select_streams", "V:0", "-show_entries",
                "stream=width,height,pix_fmt,nb_frames,avg_frame_rate,field_order", "-of", "json",
            ] + input
        var json: [UInt8] = []
        let ending = try run("ffprobe", arguments, seconds: min(20, limits.seconds)) { bytes in
            if json.count < 65_536 { json.append(contentsOf: bytes) }
        } errors: { _ in
        }
        guard !ending.ranOutOfTime else { throw tooSlow }
        guard ending.code == 0 else {
            throw LoopError(
                .damaged, "The film can't be read; it is damaged or not what its name says. Export it again.")
        }
        return try VideoProbe(json)
    }

    private func decode(
        _ probe: VideoProbe, seconds: Double, progress: (_ done: Int, _ of: Int?) -> Void
    ) throws(LoopError) -> (frames: FilmFrames, listener: FilmListener) {
        var frames = FilmFrames(limits: limits)
        var listener = FilmListener()
        // Old and new ffmpeg name the same thing differently: every decoded frame once, none doubled, none dropped.
        for passthrough in [["-fps_mode", "passthrough"], ["-vsync", "passthrough"]] {
            frames = FilmFrames(limits: limits)
            listener = FilmListener()
            let arguments =
                ["-hide_banner", "-nostdin", "-nostats", "-v", "repeat+level+info"] + input
                + ["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", "showinfo=checksum=0"] + passthrough
                + ["-frames:v", String(limits.frames + 1), "-f", "image2pipe"]
                + (probe.isRGB ? ["-c:v", "ppm", "-pix_fmt", "rgb24"] : ["-c:v", "pgm", "-pix_fmt", "gray"])
                + ["pipe:1"]
            let ending = try run("ffmpeg", arguments, seconds: seconds) { bytes in
                let before = frames.frames.count
                try frames.take(bytes)
                if frames.frames.count != before { progress(frames.frames.count, probe.announcedFrames) }
            } errors: { bytes in
                listener.take(bytes)
                if listener.sizeChanged { throw FilmFrames.sizeChanged }
            }
            guard !ending.ranOutOfTime else { throw tooSlow }
            if ending.code != 0, frames.frames.isEmpty, listener.isUnknownOption { continue }
            guard ending.code == 0, listener.complaint == nil, frames.isWhole else {
                throw LoopError(
                    .damaged,
                    "The film is damaged: after \(frames.frames.count) frames the decoder says “\(listener.complaint ?? "no more")”. "
                        + "Export it again.")
            }
            break
        }
        guard !frames.frames.isEmpty else {
            throw LoopError(.empty, "There is not a single picture in this film. Export it again.")
        }
        return (frames, listener)
    }

    private func run(
        _ name: String, _ arguments: [String], seconds: Double, output: (UnsafeRawBufferPointer) throws -> Void,
        errors: (UnsafeRawBufferPointer) throws -> Void
    ) throws(LoopError) -> ChildProcess.Ending {
        let child = ChildProcess(
            executable: try Film.tool(name), arguments: arguments,
            limits: ChildProcess.Limits(seconds: seconds, memoryBytes: memory))
        do {
            return try child.run(output: output, errors: errors)
        } catch let error as LoopError {
            throw error
        } catch {
            throw LoopError(.unreadable, "The film could not be read.")
        }
    }

    /// Where ffmpeg or ffprobe is.
    static func tool(_ name: String) throws(LoopError) -> String {
        guard let path = ChildProcess.find(name) else {
            throw LoopError(
                .toolMissing,
                "Films need \(name), which is not installed. Install ffmpeg (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg), "
                    + "or give a folder of PNG frames.")
        }
        return path
    }

    private var tooSlow: LoopError {
        LoopError(
            .tooSlow, "Decoding the film took longer than \(Int(limits.seconds)) seconds. Cut it or export it again.")
    }

    private func bytes(at offset: Int, _ count: Int) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: UInt64(max(0, offset)))) != nil else { return [] }
        return (try? handle.read(upToCount: count)).map { Array($0) } ?? []
    }

    // MARK: - Times

    private func timed(
        _ pictures: FilmFrames, _ listener: FilmListener, probe: VideoProbe, frameRate: Double?
    ) throws(LoopError) -> (frames: [GreyImage], times: [Double], warnings: [LoopWarning]) {
        let frames = pictures.frames
        var warnings: [LoopWarning] = []
        if probe.isInterlaced {
            warnings.append(
                LoopWarning(
                    code: "interlaced",
                    message: "The film is interlaced: each picture holds two moments. Fast motion is blurred."))
        }
        if pictures.hasColour { warnings.append(.colour) }
        if let frameRate {
            return (frames, frames.indices.map { Double($0) / frameRate }, warnings)
        }
        let told = listener.times.prefix(frames.count).compactMap(\.self)
        if told.count == frames.count, zip(told, told.dropFirst()).allSatisfy({ $0 < $1 }) {
            return (frames, told.map { $0 - told[0] }, warnings)
        }
        let rate = probe.frameRate ?? 30
        warnings.append(
            LoopWarning(
                code: "timesUncertain",
                message:
                    "The film's times do not rise; \(rate) frames per second are assumed. Give --frame-rate to say better."
            ))
        return (frames, frames.indices.map { Double($0) / rate }, warnings)
    }
}

extension LoopWarning {
    static let colour = LoopWarning(
        code: "colour",
        message:
            "Some pixels are coloured (colour Doppler, marks or text?). They are measured as grey; motion there is uncertain."
    )
}
