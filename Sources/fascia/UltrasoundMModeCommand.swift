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

    @Option(help: ArgumentHelp("The line's points in pixels; more than two make a curve.", valueName: "x1,y1,x2,y2"))
    var line: String

    @Option(
        help: "The PNG to write: time to the right, the line from top to bottom.",
        completion: .file(extensions: ["png"]))
    var out: String

    func run() throws {
        let loaded = try source.read()
        UltrasoundLoopOptions.say("\(loaded.loop.frames.count) \(loaded.loop.width) \(loaded.loop.height)")
    }
}
