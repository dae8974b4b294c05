// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Imaging
import Ultrasound

/// `fascia ultrasound measure`: what can be measured in one frame.
struct UltrasoundMeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measures in one frame: muscle thickness, distances, areas, a haematoma's outline, echo intensity.")

    @OptionGroup var source: UltrasoundLoopOptions

    @Option(help: "The frame, counted from 0.")
    var frame = 0

    @Flag(help: "Find the muscle's borders and fascicles: thickness, angle, length.")
    var thickness = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A distance along points; may be given again.", valueName: "x1,y1,x2,y2…"))
    var distance: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "An outline: its area and echo intensity; may be given again.", valueName: "x1,y1,x2,y2,x3,y3…"))
    var outline: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A place in a haematoma, from which its outline grows.", valueName: "x,y"))
    var haematoma: String?

    @Option(help: "Write fascia.measure/1 JSON to this file; - is standard output.")
    var json: String?

    func validate() throws {
        guard frame >= 0 else { throw ValidationError("--frame is counted from 0.") }
        guard thickness || !distance.isEmpty || !outline.isEmpty || haematoma != nil else {
            throw ValidationError("Say what to measure: --thickness, --distance, --outline or --haematoma.")
        }
        for text in distance { _ = try PointList("--distance", text, atLeast: 2) }
        for text in outline { _ = try PointList("--outline", text, atLeast: 3) }
        if let haematoma { _ = try PointList("--haematoma", haematoma, atLeast: 1) }
    }

    func run() throws {
        let places =
            try distance.flatMap { try PointList("--distance", $0, atLeast: 2).points }
            + outline.flatMap { try PointList("--outline", $0, atLeast: 3).points }
        let loaded = try source.read().measuring(places)
        let loop = loaded.loop
        guard frame < loop.frames.count else {
            throw UltrasoundLoopOptions.refusal(
                source.loop, "There is no frame \(frame); the loop has \(loop.frames.count), counted from 0.")
        }
        let image = loop.frames[frame]
        let spacing = loop.millimetresPerPixel
        var warnings = loaded.warnings
        var document = MeasureDocument(loop: source.loop, frame: frame, image: image, spacing: spacing)
        document.distances = try distance.map {
            PictureLength(along: try PointList("--distance", $0, atLeast: 2).points, spacing: spacing)
        }
        document.outlines = try outline.map {
            MeasureDocument.Outline(try PointList("--outline", $0, atLeast: 3).points, in: image, spacing: spacing)
        }
        if let haematoma {
            do {
                let seed = try PointList("--haematoma", haematoma, atLeast: 1).points[0]
                document.haematoma = MeasureDocument.Outline(
                    try HaematomaOutline(in: image, seed: seed).points, in: image, spacing: spacing)
            } catch OutlineError.seedOutsideThePicture {
                throw UltrasoundLoopOptions.refusal(
                    source.loop, "The place is outside the picture, which is \(image.width) × \(image.height) pixels.")
            } catch is OutlineError {
                warnings.append(
                    LoopWarning(
                        code: "nothingStandsOut",
                        message: "Nothing stands out at \(haematoma). Draw the outline by hand with --outline."))
            }
        }
        if thickness {
            if let borders = MuscleBorders(in: image) {
                document.thickness = MeasureDocument.Thickness(borders, in: image, spacing: spacing)
            } else {
                warnings.append(
                    LoopWarning(
                        code: "noBorders",
                        message: "No two borders of a muscle stand out. Measure between them with --distance."))
            }
        }
        document.warnings = warnings
        for warning in warnings.dropFirst(loaded.warnings.count) {
            UltrasoundLoopOptions.say("warning: \(warning.message)")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            if let json {
                try PictureFile.write([UInt8](try encoder.encode(document)) + [10], to: json)
            } else {
                try PictureFile.write(Array(document.text.utf8), to: "-")
            }
        } catch let error as LoopError {
            throw UltrasoundLoopOptions.refusal(json ?? "-", error.description)
        }
    }
}

/// Points on the command line: x1,y1,x2,y2 and so on.
struct PointList {
    let points: [PicturePoint]

    init(_ option: String, _ text: String, atLeast count: Int) throws {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
            Double($0.trimmingCharacters(in: .whitespaces))
        }
        guard numbers.count >= 2 * count, numbers.count % 2 == 0,
            numbers.allSatisfy({ $0.map { $0.isFinite && abs($0) <= 100_000 } ?? false })
        else {
            throw ValidationError(
                "\(option) takes at least \(count) point\(count == 1 ? "" : "s") as x,y,x,y and so on.")
        }
        let known = numbers.compactMap(\.self)
        points = stride(from: 0, to: known.count, by: 2).map { PicturePoint(x: known[$0], y: known[$0 + 1]) }
    }
}
