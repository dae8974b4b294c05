// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes pictures as an H.264 film in MP4 that browsers play, through ffmpeg.
struct FilmWriter {
    let path: String
    let width: Int
    let height: Int
    let frameRate: Double

    /// Takes pictures until there are no more; the film appears under its name only when it is whole.
    func write(_ next: () -> ColourImage?) throws(LoopError) {
        let place = URL(fileURLWithPath: path).standardizedFileURL
        let partial = place.deletingLastPathComponent().appendingPathComponent(".\(UUID().uuidString).mp4")
        defer { try? FileManager.default.removeItem(at: partial) }
        let rate = String(format: "%.6f", locale: Locale(identifier: "en_US_POSIX"), min(max(frameRate, 0.1), 1000))
        let child = ChildProcess(
            executable: try Film.tool("ffmpeg"),
            arguments: [
                "-hide_banner", "-nostats", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size",
                "\(width)x\(height)", "-framerate", rate, "-i", "pipe:0",
                // H.264 in browsers wants even sides and 4:2:0.
                "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "16", "-pix_fmt", "yuv420p",
                "-movflags", "+faststart", "-y", "file:\(partial.path)",
            ],
            limits: ChildProcess.Limits(seconds: 900, memoryBytes: 8 << 30, fileBytes: 8 << 30))
        var complaint: [UInt8] = []
        let ending: ChildProcess.Ending
        do {
            ending = try child.run(input: { next()?.pixels }, output: { _ in }) {
                if complaint.count < 2000 { complaint.append(contentsOf: $0) }
            }
        } catch let error as LoopError {
            throw error
        } catch {
            throw LoopError(.unwritable, "The film could not be written.")
        }
        guard !ending.ranOutOfTime, ending.code == 0 else {
            let said = String(decoding: complaint, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
            throw LoopError(
                .unwritable, "ffmpeg could not write the film: \(said) Check the folder and the free space.")
        }
        do {
            if FileManager.default.fileExists(atPath: place.path) { try FileManager.default.removeItem(at: place) }
            try FileManager.default.moveItem(at: partial, to: place)
        } catch {
            throw LoopError(.unwritable, "The film cannot be written there. Check the folder.")
        }
    }
}
