// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gait
import Testing

@Suite struct SpatiotemporalTests {
    private func near(_ value: Double?, _ known: Double, within tolerance: Double) -> Bool {
        value.map { abs($0 - known) <= tolerance } ?? false
    }

    @Test(
        "The simulated walker's figures are those that it was made with", arguments: writings)
    func simulated(encoding: NumberEncoding, samples: C3DWriter.Samples) throws {
        var walker = SimulatedWalker()
        walker.cadenceStepsPerMinute = 96
        walker.leftStepLengthMetres = 0.55
        walker.rightStepLengthMetres = 0.66
        walker.stepWidthMetres = 0.14
        walker.stanceFraction = 0.63
        walker.firstFrame = 55
        let recording = try C3D.read(C3DWriter.write(walker.recording(), encoding: encoding, samples: samples))
        let analysis = GaitAnalysis(of: recording, fileName: "simulated.c3d", options: AnalysisOptions())
        let figures = analysis.figures

        #expect(near(figures.cadence?.mean, 96, within: 0.05))
        #expect(near(figures.speed?.mean, walker.speedMetresPerSecond, within: 0.005))
        for feet in [figures.left, figures.right] {
            #expect(near(feet.strideTime?.mean, 1.25, within: 0.0005))
            #expect(near(feet.strideLength?.mean, 1.21, within: 0.005))
            #expect(near(feet.stepWidth?.mean, 0.14, within: 0.002))
            #expect(near(feet.footOffPercent?.mean, 63, within: 0.05))
            #expect(near(feet.singleSupport?.mean, 0.37 * 1.25, within: 0.001))
            #expect(near(feet.doubleSupport?.mean, 0.26 * 1.25, within: 0.001))
            #expect(near(feet.stanceTime?.mean, 0.63 * 1.25, within: 0.001))
            #expect(near(feet.swingTime?.mean, 0.37 * 1.25, within: 0.001))
            #expect(near(feet.stepTime?.mean, 0.625, within: 0.001))
        }
        #expect(near(figures.left.stepLength?.mean, 0.55, within: 0.005))
        #expect(near(figures.right.stepLength?.mean, 0.66, within: 0.005))
        let asymmetry = figures.symmetryIndexPercent(\.stepLength)
        #expect(near(asymmetry, 100 * (0.55 - 0.66) / 0.605, within: 1.5))
        #expect(near(figures.symmetryIndexPercent(\.strideTime), 0, within: 0.1))
    }

    @Test("On a treadmill lengths and speed are those over the belt", arguments: [0.0, 0.3])
    func treadmill(drift: Double) throws {
        var walker = SimulatedWalker()
        walker.leftStepLengthMetres = 0.55
        walker.rightStepLengthMetres = 0.66
        let whole = walker.recording()
        let known = GaitAnalysis(of: whole, fileName: "a", options: AnalysisOptions())
        #expect(!known.document.warnings.contains { $0.code == "treadmill" })
        // The belt carries everything back; a person who drifts forward by some millimetres a second is on it no less.
        var carried = whole
        let back = walker.speedMetresPerSecond * 1000 * (1 - drift / 10)
        let perFrame = carried.pointLabels.count * 3
        for index in Swift.stride(from: 0, to: carried.coordinates.count, by: 3) {
            carried.coordinates[index] -= Float(back * Double(index / perFrame) / carried.pointRate)
        }
        let found = GaitAnalysis(of: carried, fileName: "a", options: AnalysisOptions())
        #expect(found.document.warnings.contains { $0.code == "treadmill" })
        #expect(near(found.figures.speed?.mean, known.figures.speed?.mean ?? 0, within: 0.01))
        for (own, other) in [(found.figures.left, known.figures.left), (found.figures.right, known.figures.right)] {
            #expect(near(own.strideLength?.mean, other.strideLength?.mean ?? 0, within: 0.01))
            #expect(near(own.stepLength?.mean, other.stepLength?.mean ?? 0, within: 0.01))
            #expect(near(own.stepWidth?.mean, other.stepWidth?.mean ?? 0, within: 0.002))
        }
    }

    @Test("A missing strike makes no stride of two")
    func missingStrike() {
        let walker = SimulatedWalker()
        var recording = walker.recording()
        let whole = GaitAnalysis(of: recording, fileName: "a", options: AnalysisOptions()).strides
        let strikes = recording.storedEvents.indices.filter {
            recording.storedEvents[$0].context == "Left" && recording.storedEvents[$0].label == "Foot Strike"
        }
        recording.storedEvents.remove(at: strikes[1])
        let strides = GaitAnalysis(of: recording, fileName: "a", options: AnalysisOptions()).strides
        #expect(strides.count < whole.count)
        for stride in strides { #expect(abs(stride.strideTimeSeconds - walker.strideTimeSeconds) < 0.001) }
    }

    @Test("A figure of one value has no deviation; of none there is no figure")
    func figure() {
        #expect(Figure([]) == nil)
        #expect(Figure([.nan]) == nil)
        #expect(Figure([3])?.standardDeviation == nil)
        #expect(Figure([1, 2, 3, 4])?.mean == 2.5)
        #expect(abs((Figure([1, 2, 3, 4])?.standardDeviation ?? 0) - (5.0 / 3).squareRoot()) < 1e-12)
    }
}

@Suite("Figures of real walks", .enabled(if: SharedRecordings.arePresent))
struct RealSpatiotemporalTests {
    @Test("Times are exact and lengths within 20 mm of what Nexus stored")
    func nexus() throws {
        let analysis = GaitAnalysis(
            of: try SharedRecordings.walk("child_pig"), fileName: "walk.c3d", options: AnalysisOptions())
        let rows = try SharedRecordings.table("reference/child_pig/stp.csv")
        for side in Side.allCases {
            func vendor(_ name: String) throws -> Double {
                try #require(
                    rows.first { $0[0] == (side == .left ? "L" : "R") && $0[1] == name }.flatMap { Double($0[2]) })
            }
            // Nexus describes one stride of each side: the one with its opposite foot off and strike.
            let strideTime = try vendor("Stride Time")
            let stride = try #require(
                analysis.strides.first {
                    $0.side == side && $0.doubleSupportSeconds != nil
                        && abs($0.strideTimeSeconds - strideTime) < 0.0006
                })
            func agrees(_ value: Double?, _ name: String, within tolerance: Double) throws {
                let vendor = try vendor(name)
                let value = try #require(value)
                #expect(abs(value - vendor) <= tolerance, "\(side) \(name): \(value), Nexus \(vendor)")
            }
            try agrees(stride.cadenceStepsPerMinute, "Cadence", within: 0.001)
            try agrees(stride.stepTimeSeconds, "Step Time", within: 0.0001)
            try agrees(stride.footOffPercent, "Foot Off", within: 0.001)
            try agrees(stride.singleSupportSeconds, "Single Support", within: 0.0001)
            try agrees(stride.doubleSupportSeconds, "Double Support", within: 0.0001)
            try agrees(stride.strideLengthMetres, "Stride Length", within: 0.001)
            try agrees(stride.stepLengthMetres, "Step Length", within: 0.001)
            try agrees(stride.speedMetresPerSecond, "Walking Speed", within: 0.001)
        }
    }

    /// The reference tables cut the strides from the vendor's own events: an oracle that shares no code with ours.
    @Test("Strides and foot-offs are those of the vendor's cycles", arguments: SharedRecordings.trials)
    func cycles(trial: String) throws {
        let analysis = GaitAnalysis(
            of: try SharedRecordings.walk(trial), fileName: "walk.c3d", options: AnalysisOptions())
        let rows = try SharedRecordings.table("reference/\(trial)/cycles.csv").filter { $0[5] == "Pelvis_x" }
        #expect(rows.count == analysis.strides.count)
        for row in rows {
            let side: Side = row[0] == "L" ? .left : .right
            let start = try #require(Double(row[2]))
            let end = try #require(Double(row[3]))
            let stride = try #require(
                analysis.strides.first { $0.side == side && abs($0.startSeconds - start) < 0.001 })
            #expect(abs(stride.endSeconds - end) < 0.001)
            if let off = Double(row[4]) { #expect(abs((stride.footOffPercent ?? 0) - off) < 0.01) }
        }
    }
}

@Suite struct DocumentTests {
    private func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any] ?? [:]).keys) }

    @Test("Every key of fascia.gait/1 is there, also for a file without a walk", arguments: [true, false])
    func keys(walks: Bool) throws {
        var recording = SimulatedWalker().recording()
        if !walks {
            recording.pointLabels = recording.pointLabels.indices.map { "P\($0)" }
            recording.storedEvents = []
        }
        let analysis = GaitAnalysis(of: recording, fileName: "folder/walk.c3d", options: AnalysisOptions())
        let bytes = try analysis.document.json(pretty: true)
        let document = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(
            keys(document) == [
                "schema", "trial", "options", "events", "angles", "spatiotemporal", "kinetics", "indices", "warnings",
            ])
        #expect(document["schema"] as? String == "fascia.gait/1")
        #expect(keys(document["trial"]) == ["file", "pointRate", "firstFrame", "frameCount"])
        #expect((document["trial"] as? [String: Any])?["file"] as? String == "walk.c3d")
        let options = document["options"] as? [String: Any]
        #expect(keys(options) == ["markerDiameterMillimetres", "flatFoot", "hipCentre", "pelvisOrder"])
        #expect(keys(options?["flatFoot"]) == ["left", "right"])
        #expect(options?["pelvisOrder"] as? String == "tilt-obliquity-rotation")
        let figures = document["spatiotemporal"] as? [String: Any]
        #expect(keys(figures) == ["cadenceStepsPerMinute", "speedMetresPerSecond", "left", "right"])
        for side in ["left", "right"] {
            #expect(
                keys(figures?[side]) == [
                    "strideLengthMetres", "stepLengthMetres", "stepWidthMetres", "strideTimeSeconds",
                    "stepTimeSeconds", "footOffPercent", "singleSupportSeconds", "doubleSupportSeconds",
                ])
        }
        let events = document["events"] as? [[String: Any]] ?? []
        #expect(events.isEmpty != walks)
        #expect(events.allSatisfy { keys($0) == ["side", "kind", "timeSeconds", "source"] })
        #expect((figures?["cadenceStepsPerMinute"] is NSNull) != walks)
        #expect(try JSONDecoder().decode(AnalysisDocument.self, from: Data(bytes)) == analysis.document)
    }

    @Test("The stick figure walks at 50 Hz at most and keeps the markers' places", arguments: [50.0, 100, 120, 1000])
    func stickFigure(rate: Double) throws {
        var walker = SimulatedWalker()
        walker.pointRate = rate
        walker.analogSamplesPerFrame = 1
        let recording = walker.recording()
        let figure = StickFigure(recording)
        #expect(figure.rate <= 50 && figure.rate > 25)
        #expect(figure.frames.allSatisfy { $0.count == figure.names.count })
        #expect(abs(Double(figure.frames.count) / figure.rate - walker.durationSeconds) < 0.1)
        #expect(figure.segments.count > 15)
        #expect(figure.segments.allSatisfy { $0.count == 2 && $0.allSatisfy(figure.names.indices.contains) })
        let heel = try #require(figure.names.firstIndex(of: "right heel"))
        let marker = try #require(recording.pointLabels.firstIndex(of: "RHEE"))
        let frame = 10 * Int(rate / figure.rate)
        let place = try #require(recording.position(ofPoint: marker, atFrame: frame))
        let drawn = try #require(figure.frames[10][heel])
        #expect(abs(Double(drawn[0]) - place.x) <= 0.5 && abs(Double(drawn[2]) - place.z) <= 0.5)
    }
}
