// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Imaging
import Ultrasound

/// `fascia ultrasound mmode`: a line of the picture over time, as a picture.
struct UltrasoundMModeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mmode", abstract: "Anatomical M-mode: the picture along a drawn line over time, as PNG.")

    @OptionGroup var source: UltrasoundLoopOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The line's points in pixels; more than two make a curve.", valueName: "x1,y1,x2,y2"))
    var line: String

    @Option(
        help: "The PNG to write: one column a frame, the line from top to bottom; - is standard output.",
        completion: .file(extensions: ["png"]))
    var out: String

    func validate() throws { _ = try points() }

    func run() throws {
        let loop = try source.read().loop
        let line = try points()
        guard line.contains(where: { isInside($0, loop) }) else {
            throw UltrasoundLoopOptions.refusal(
                source.loop,
                "The line lies outside the picture, which is \(loop.width) × \(loop.height) pixels. Give points inside it."
            )
        }
        let mMode: AnatomicalMMode
        do {
            mMode = try AnatomicalMMode(of: loop, along: line)
        } catch {
            throw UltrasoundLoopOptions.refusal(source.loop, "The line has no length. Give two points that differ.")
        }
        do {
            try PictureFile.write(try PNG.encode(mMode.image), to: out)
        } catch {
            throw UltrasoundLoopOptions.refusal(out, error.description)
        }
    }

    private func isInside(_ point: PicturePoint, _ loop: CineLoop) -> Bool {
        (0...Double(loop.width - 1)).contains(point.x) && (0...Double(loop.height - 1)).contains(point.y)
    }

    private func points() throws -> [PicturePoint] {
        let points = try PointList("--line", line, atLeast: 2).points
        guard PictureLength(along: points, spacing: nil).pixels >= 1 else {
            throw ValidationError("--line has no length. Give two points that differ.")
        }
        return points
    }
}
