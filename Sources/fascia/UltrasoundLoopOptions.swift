// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Imaging
import Ultrasound

/// What every ultrasound command asks of its loop: LOOP, --frame-rate, --mm-per-pixel.
struct UltrasoundLoopOptions: ParsableArguments {
    @Argument(
        help: "A film (MP4, MOV, AVI) or a folder of PGM or PNG frames in name order.",
        completion: .file(extensions: ["mp4", "mov", "avi", "mkv"]))
    var loop: String

    @Option(help: "Frames per second; otherwise a film's own times, and 30 for a folder.")
    var frameRate: Double?

    @Option(
        name: .customLong("mm-per-pixel"),
        help: ArgumentHelp(
            "The size of a pixel in millimetres, one number or across,down. Without it, results are in pixels.",
            valueName: "X[,Y]"))
    var millimetresPerPixel: String?

    func validate() throws {
        if let frameRate, !(frameRate.isFinite && frameRate > 0 && frameRate <= 100_000) {
            throw ValidationError("--frame-rate is frames per second, above 0.")
        }
        _ = try spacing()
    }

    /// The calibration that was given.
    func spacing() throws -> PixelSpacing? {
        guard let millimetresPerPixel else { return nil }
        let parts = millimetresPerPixel.split(separator: ",", omittingEmptySubsequences: false).map {
            Double($0.trimmingCharacters(in: .whitespaces))
        }
        guard parts.count == 1 || parts.count == 2, let x = parts[0], let y = parts[parts.count - 1],
            let spacing = PixelSpacing(x: x, y: y)
        else {
            throw ValidationError("--mm-per-pixel takes a number above 0, or two: across,down; for example 0.1,0.12.")
        }
        return spacing
    }

    /// Reads the loop; on a refusal says why on standard error and ends with 1. Warnings are said there, too.
    func read() throws -> LoadedLoop {
        do {
            let loaded = try LoopReader(limits: .command).read(loop, frameRate: frameRate, spacing: try spacing())
            for warning in loaded.warnings { Self.say("warning: \(warning.message)") }
            return loaded
        } catch let error as LoopError {
            throw Self.refusal(loop, error.description)
        }
    }

    /// Says what is wrong with a file, and gives the error to throw.
    static func refusal(_ path: String, _ sentence: String) -> ExitCode {
        say("\(path): \(sentence)")
        return .failure
    }

    /// Progress and errors go to standard error; standard output is for the result alone.
    static func say(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
    }
}
