// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Ultrasound

/// `fascia ultrasound simulate`: a loop of a muscle that does not exist, with the truth beside it.
struct UltrasoundSimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Write a loop of a simulated muscle as PGM frames, with truth.json beside them.")

    enum Scene: String, ExpressibleByArgument, CaseIterable {
        case rigid, strained, torn, healthy
    }

    @Option(help: "The folder to write to; it is made if it is not there.", completion: .directory)
    var out: String

    @Option(help: "rigid, strained, torn or healthy.")
    var scene: Scene = .torn

    @Option(help: "Everything random comes from this number.")
    var seed: UInt64 = 1

    @Option(help: "Number of frames.")
    var frames = 90

    @Option(help: "Frames per second.")
    var frameRate = 30.0

    @Option(help: "Columns of the picture.")
    var width = 512

    @Option(help: "Rows of the picture.")
    var height = 512

    @Option(name: .customLong("mm-per-pixel"), help: "The size of a pixel in millimetres.")
    var millimetresPerPixel = 0.1

    @Option(help: "The gap of a torn muscle at rest, in millimetres.")
    var gapRest = 1.0

    @Option(help: "The gap of a torn muscle at full contraction, in millimetres.")
    var gapPeak = 25.0

    @Option(parsing: .unconditional, help: "Noise relative to the muscle's echo, in decibels.")
    var noise = -30.0

    @Option(help: "Part of the echoes exchanged at full contraction, from 0 to 1.")
    var decorrelation = 0.15

    @Option(help: "How far the probe wanders, in millimetres.")
    var probeMotion: Double?

    @Option(help: "How much the gain changes over the loop, in decibels.")
    var gainChange = 0.0

    @Option(help: "Pixels between the sites whose true positions are written.")
    var truthSpacing = 16

    func validate() throws {
        guard (1...10_000).contains(frames), (16...4096).contains(width), (16...4096).contains(height) else {
            throw ValidationError("A loop has 1 to 10000 frames of 16 to 4096 pixels along each side.")
        }
        guard frameRate > 0, frameRate <= 10_000, (0.005...2).contains(millimetresPerPixel) else {
            throw ValidationError("--frame-rate is above 0, --mm-per-pixel between 0.005 and 2.")
        }
        guard (0...100).contains(gapRest), (gapRest...100).contains(gapPeak) else {
            throw ValidationError("--gap-rest and --gap-peak are millimetres, up to 100; the peak is not below rest.")
        }
        guard (-80...0).contains(noise), (0...1).contains(decorrelation), (0...30).contains(gainChange),
            (0...20).contains(probeMotion ?? 0), (2...4096).contains(truthSpacing)
        else {
            throw ValidationError(
                "Noise is −80 to 0 dB, decorrelation 0 to 1, gain change 0 to 30 dB, motion 0 to 20 mm.")
        }
        let area = Double(width * height) * millimetresPerPixel * millimetresPerPixel
        guard area < 40_000 else {
            throw ValidationError("The picture shows more than 40000 mm² of tissue. Make it smaller.")
        }
    }

    func run() throws {
        let muscle = self.muscle()
        let folder = URL(fileURLWithPath: out)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw UltrasoundLoopOptions.refusal(out, "The folder cannot be made. Check the name.")
        }
        let bar = ProgressBar("frames")
        let loop = muscle.loop { bar.show($0, of: $1) }
        for (index, frame) in loop.frames.enumerated() {
            var data = Data("P5\n\(frame.width) \(frame.height)\n255\n".utf8)
            data.append(contentsOf: frame.pixels)
            try UltrasoundResult.write(data, to: folder.appendingPathComponent(Self.name(index)).path)
        }
        try UltrasoundResult.write(
            SimulatedTruthDocument(muscle, spacingPixels: truthSpacing),
            to: folder.appendingPathComponent("truth.json").path)
    }

    private static func name(_ index: Int) -> String {
        let digits = String(index)
        return "frame-" + String(repeating: "0", count: max(5 - digits.count, 0)) + digits + ".pgm"
    }

    private func muscle() -> SimulatedMuscle {
        var muscle: SimulatedMuscle
        switch scene {
        case .rigid: muscle = .rigid(seed: seed)
        case .strained: muscle = .strained(seed: seed)
        case .torn: muscle = .torn(seed: seed)
        case .healthy: muscle = .healthy(seed: seed)
        }
        muscle.frameCount = frames
        muscle.frameRate = frameRate
        muscle.width = width
        muscle.height = height
        muscle.millimetresPerPixelX = millimetresPerPixel
        muscle.millimetresPerPixelY = millimetresPerPixel
        muscle.noiseDecibels = noise
        muscle.decorrelationAtPeak = decorrelation
        muscle.gainChangeDecibels = gainChange
        if let probeMotion {
            muscle.probeMotionXMillimetres = probeMotion
            muscle.probeMotionYMillimetres = probeMotion / 2
        }
        let depth = Double(height) * millimetresPerPixel, span = Double(width) * millimetresPerPixel
        if muscle.sheaths != nil {
            muscle.sheaths = .init(upperMillimetres: 0.2 * depth, lowerMillimetres: 0.72 * depth)
        }
        if muscle.tear != nil {
            muscle.tear = .init(centreMillimetres: span / 2, restMillimetres: gapRest, peakMillimetres: gapPeak)
        }
        return muscle
    }
}
