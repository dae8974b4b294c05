// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Imaging
import Ultrasound

/// `fascia ultrasound track`: marked points, the distance of two of them, and the motion field, through a whole loop.
struct UltrasoundTrackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "track", abstract: "Follow tissue through a loop; fascia.ultrasound/1 JSON or a table.",
        discussion: """
            A point is marked in the rest frame and followed to both ends of the loop. Its confidence is the probability \
            that it is within one pixel; 0 says that it is lost. --separation measures the distance between two points \
            along the axis on which they part. --field follows a lattice of sites over the whole picture and writes \
            their tracks to a file of their own (fascia.ultrasound.field/1), which the JSON names.
            """)

    @OptionGroup var source: UltrasoundLoopOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A point to follow, in pixels of the rest frame; may be repeated.", valueName: "NAME=x,y"))
    var point: [String] = []

    @Option(help: ArgumentHelp("The distance between two of the points.", valueName: "A,B"))
    var separation: String?

    @Option(help: "The frame in which the points are marked, counted from 0.")
    var restFrame = 0

    @Option(help: ArgumentHelp("Follow a lattice of sites, this many pixels apart.", valueName: "SPACING"))
    var field: Int?

    @Option(help: "Where the field's tracks go; otherwise beside the JSON file, or in the working folder.")
    var fieldFile: String?

    @Option(help: "Write fascia.ultrasound/1 JSON to this file; - is standard output.")
    var json: String?

    @Option(
        help: "Draw the points and their distance into the loop: a folder for PNG frames, or a film.",
        completion: .file(extensions: ["mp4"]))
    var overlay: String?

    @Flag(help: "Use one core only.")
    var oneThread = false

    func validate() throws {
        let points = try named()
        if points.isEmpty, field == nil {
            throw ValidationError("There is nothing to follow. Give --point NAME=x,y, or --field SPACING.")
        }
        _ = try pair(points)
        if let field, field < 2 { throw ValidationError("--field is a spacing in pixels, at least 2.") }
        if restFrame < 0 { throw ValidationError("--rest-frame counts from 0.") }
    }

    func run() throws {
        let points = try named()
        let loaded = try source.read().measuring(points.map(\.place))
        let loop = loaded.loop
        var tracker = PointTracker()
        tracker.restFrame = restFrame
        tracker.isParallel = !oneThread
        let tracks: [(name: String, track: PointTrack)]
        var dense: TrackDocument.Field?
        do throws(TrackingError) {
            let bar = ProgressBar("points")
            let followed = try tracker.track(points.map(\.place), in: loop) { bar.show($0, of: $1) }
            tracks = zip(points, followed).map { ($0.name, $1) }
            if let field {
                let bar = ProgressBar("field ")
                let motion = try MotionField(
                    of: loop, spacingPixels: field, restFrame: restFrame, isParallel: !oneThread
                ) { bar.show($0, of: $1) }
                dense = TrackDocument.Field(motion, framesFile: fieldPath)
                try write(FieldDocument.bytes(motion))
            }
        } catch {
            throw UltrasoundLoopOptions.refusal(source.loop, explain(error, points, loop))
        }
        var measured: (first: String, second: String, measured: Separation)?
        if let (first, second) = try pair(points),
            let a = tracks.first(where: { $0.name == first }), let b = tracks.first(where: { $0.name == second })
        {
            measured = (first, second, Separation(between: a.track, and: b.track, in: loop, restFrame: restFrame))
        }
        if let overlay { try draw(overlay, loop, tracks, measured) }
        let document = TrackDocument(
            loop: loop, file: source.loop, tracks: tracks, separation: measured, field: dense,
            notes: loaded.warnings.map { LoopNote(code: $0.code, message: $0.message) })
        if let json {
            try UltrasoundResult.write(document, to: json)
        } else {
            try UltrasoundResult.write(UltrasoundResult.table(tracks, measured?.measured), to: "-")
        }
    }

    private func draw(
        _ path: String, _ loop: CineLoop, _ tracks: [(name: String, track: PointTrack)],
        _ measured: (first: String, second: String, measured: Separation)?
    ) throws {
        func positions(_ name: String) -> [PicturePoint] {
            tracks.first { $0.name == name }?.track.positions ?? []
        }
        let line = measured.map { pair in
            let values = pair.measured.perFrameMillimetres ?? pair.measured.perFramePixels
            return LoopOverlay.Separation(
                from: positions(pair.first), to: positions(pair.second),
                values: values.indices.map { pair.measured.isKnown(frame: $0) ? values[$0] : nil })
        }
        let overlay = LoopOverlay(
            loop: loop,
            tracks: tracks.map {
                LoopOverlay.Track(positions: $0.track.positions, confidence: $0.track.confidence)
            }, separation: line)
        do {
            try overlay.write(to: path)
        } catch {
            throw UltrasoundLoopOptions.refusal(path, error.description)
        }
    }

    private var fieldPath: String {
        if let fieldFile { return fieldFile }
        if let json, json != "-" {
            return json.hasSuffix(".json") ? json.dropLast(5) + ".field.json" : json + ".field.json"
        }
        return URL(fileURLWithPath: source.loop).deletingPathExtension().lastPathComponent + ".field.json"
    }

    private func write(_ bytes: [UInt8]) throws(TrackingError) {
        do {
            try UltrasoundResult.write(Data(bytes), to: fieldPath)
        } catch {
            // Told already; the points' result is written nevertheless.
        }
    }

    private func explain(_ error: TrackingError, _ points: [(name: String, place: PicturePoint)], _ loop: CineLoop)
        -> String
    {
        switch error {
        case .noSuchFrame(let frame, let frames):
            "There is no frame \(frame): the loop has \(frames), counted from 0. Give another --rest-frame."
        case .outsidePicture(let index):
            "Point \(points[index].name) lies outside the picture, which is \(loop.width) × \(loop.height) pixels."
        case .spacing(let spacing):
            "A field with a spacing of \(spacing) does not fit the picture, which is \(loop.width) × \(loop.height) pixels."
        }
    }

    private func named() throws -> [(name: String, place: PicturePoint)] {
        var points: [(name: String, place: PicturePoint)] = []
        for text in point {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let numbers = (parts.last ?? "").split(separator: ",", omittingEmptySubsequences: false)
                .map { Double($0.trimmingCharacters(in: .whitespaces)) }
            guard parts.count == 2, !parts[0].isEmpty, numbers.count == 2, let x = numbers[0], let y = numbers[1],
                x.isFinite, y.isFinite
            else { throw ValidationError("--point takes NAME=x,y; not “\(text)”.") }
            let name = String(parts[0])
            guard !points.contains(where: { $0.name == name }) else {
                throw ValidationError("Two points are called \(name). Give each its own name.")
            }
            points.append((name, PicturePoint(x: x, y: y)))
        }
        return points
    }

    private func pair(_ points: [(name: String, place: PicturePoint)]) throws -> (String, String)? {
        guard let separation else { return nil }
        let names = separation.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard names.count == 2, names[0] != names[1] else {
            throw ValidationError("--separation takes the names of two points: A,B.")
        }
        for name in names where !points.contains(where: { $0.name == name }) {
            throw ValidationError("--separation names \(name), but there is no such point. Give --point \(name)=x,y.")
        }
        return (names[0], names[1])
    }
}
