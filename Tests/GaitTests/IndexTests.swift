// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gait

@Suite struct NormativeSetTests {
    static let head = "percent,pelvic_tilt_mean,pelvic_tilt_sd,knee_flexion_mean,knee_flexion_sd\n"

    @Test("Source, number and ages are read from the notes, the curves interpolated to 51 points")
    func wide() throws {
        let csv =
            "# source: Our laboratory\n# n: 42\n# ages: 18 to 65\n" + Self.head
            + "0,10,1,5,2\n50,20,3,60,4\n100,10,1,5,2\n"
        let set = try NormativeSet(csv: csv, fileName: "norm.csv")
        #expect(set.source == "Our laboratory" && set.count == 42 && set.ages == "18 to 65" && !set.areChildren)
        let tilt = try #require(set.curves[.pelvicTilt])
        #expect(tilt.mean.count == 51 && tilt.mean[25] == 20 && abs(tilt.mean[5] - 12) < 1e-9)
        #expect(abs(tilt.deviation[5] - 1.4) < 1e-9)
    }

    @Test(
        "A file that is no norm is refused in words",
        arguments: ["", "a,b\n1,2\n3,4\n", NormativeSetTests.head + "10,1,1,1,1\n90,2,2,2,2\n"])
    func refused(csv: String) {
        #expect(throws: NormativeSet.Mistake.self) { try NormativeSet(csv: csv, fileName: "x.csv") }
    }

    @Test("The built-in children are those of the shared table", .enabled(if: SharedRecordings.arePresent))
    func children() throws {
        let csv = String(decoding: try SharedRecordings.bytes("norm/children_n12_pig.csv"), as: UTF8.self)
        let read = try NormativeSet(csv: csv, fileName: "children_n12_pig.csv")
        #expect(read.areChildren)
        #expect(read.curves == NormativeSet.twelveChildren.curves)
    }

    @Test("The table of five speeds is read at the free one", .enabled(if: SharedRecordings.arePresent))
    func long() throws {
        let csv = String(
            decoding: try SharedRecordings.bytes("norm/children_schwartz2008_five_speeds.csv"), as: UTF8.self)
        let set = try NormativeSet(csv: csv, fileName: "children_schwartz2008.csv")
        #expect(set.curves.count == GaitVariable.allCases.count)
        #expect(set.curves[.pelvicTilt]?.mean.first == 12.2)
    }
}

@Suite struct IndexTests {
    static func curve(_ value: Double) -> StrideCurves? {
        let values = [Double?](repeating: value, count: 200)
        let strides = [Stride(side: .left, startSeconds: 0, endSeconds: 1)]
        return StrideCurves(values, strides: strides, side: .left, pointRate: 100, firstFrame: 1)
    }

    static let flat = NormativeSet(
        source: "flat", count: 3, ages: nil, areChildren: false, logGPSMean: 0, logGPSDeviation: 1,
        curves: Dictionary(
            uniqueKeysWithValues: GaitVariable.allCases.map {
                ($0, NormativeSet.Curve(mean: [Double](repeating: 0, count: 51), deviation: []))
            }))

    @Test("A walk that is everywhere as far from the norm scores that far")
    func constant() throws {
        let curve = try #require(Self.curve(3))
        let own = Dictionary(uniqueKeysWithValues: GaitVariable.allCases.map { ($0, curve) })
        let indices = GaitIndices(curves: [.left: own, .right: own], norm: Self.flat)
        #expect(indices.gps.left == 3 && indices.gps.right == 3)
        #expect(abs((indices.gps.overall ?? 0) - 3) < 1e-12)
        #expect(abs((indices.gdiFromGps.left ?? 0) - (100 - 10 * log(3.0))) < 1e-9)
    }

    @Test("The overall score counts the pelvis once, from the left")
    func overall() throws {
        let far = try #require(Self.curve(5))
        let near = try #require(Self.curve(0))
        var left: [GaitVariable: StrideCurves] = [:]
        var right: [GaitVariable: StrideCurves] = [:]
        for variable in GaitVariable.allCases {
            left[variable] = variable.isOfPelvis ? far : near
            right[variable] = near
        }
        let indices = GaitIndices(curves: [.left: left, .right: right], norm: Self.flat)
        #expect(abs((indices.gps.overall ?? 0) - 5 * (3.0 / 15).squareRoot()) < 1e-12)
    }

    @Test("A side without a variable has no score, and JSON says null")
    func missing() throws {
        let curve = try #require(Self.curve(1))
        let indices = GaitIndices(curves: [.left: [.kneeFlexion: curve]], norm: Self.flat)
        #expect(indices.gps.left == nil && indices.gvs.left["kneeFlexion"] == 1)
        let json = String(decoding: try JSONEncoder().encode(indices.gps), as: UTF8.self)
        #expect(json.contains("\"overall\":null"))
    }

    /// The bar: within 0.01 degrees. Nothing of `GaitIndices` or `StrideCurves` is used here.
    @Test(
        "Scores follow from the printed events, angles and norm", .enabled(if: SharedRecordings.arePresent),
        arguments: SharedRecordings.trials)
    func reproducible(trial: String) throws {
        let document = try AngleTests.analysis(trial) { $0 }.document
        let indices = try #require(document.indices)
        var squares: [Side: [GaitVariable: Double]] = [:]
        for side in Side.allCases {
            for variable in GaitVariable.allCases {
                guard let mean = try Self.mean(variable, side, document),
                    let norm = NormativeSet.twelveChildren.curves[variable]?.mean
                else { continue }
                let square = zip(mean, norm).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 51
                squares[side, default: [:]][variable] = square
                let score = side == .left ? indices.gvs.left[variable.rawValue] : indices.gvs.right[variable.rawValue]
                #expect(abs(square.squareRoot() - (score ?? 0)) < 0.01, "\(side) \(variable)")
            }
        }
        let (left, right) = (squares[.left] ?? [:], squares[.right] ?? [:])
        try #require(left.count == 9 && right.count == 9)
        let sides = [(left, indices.gps.left), (right, indices.gps.right)]
        for (own, score) in sides {
            let gps = (own.values.reduce(0, +) / 9).squareRoot()
            #expect(abs(gps - (score ?? 0)) < 0.01)
        }
        let all = left.values.reduce(0, +) + right.filter { !$0.key.isOfPelvis }.values.reduce(0, +)
        #expect(abs((all / 15).squareRoot() - (indices.gps.overall ?? 0)) < 0.01)
    }

    /// A variable over one foot's printed strides on 51 points; nil where a stride has a gap or there is none.
    private static func mean(
        _ variable: GaitVariable, _ side: Side, _ document: AnalysisDocument
    ) throws -> [Double]? {
        let angles = try #require(document.angles)
        let values = variable.values(in: side == .left ? angles.left : angles.right)
        let strikes = document.events.filter { $0.side == side && $0.kind == .footStrike }.map(\.timeSeconds)
        var sum = [Double](repeating: 0, count: 51)
        var count = 0
        strides: for (start, end) in zip(strikes, strikes.dropFirst()) {
            var stride: [Double] = []
            for point in 0..<51 {
                let frame =
                    (start + (end - start) * Double(point) / 50) * document.trial.pointRate
                    - Double(document.trial.firstFrame - 1)
                let below = Int((frame + 1e-9).rounded(.down))
                guard values.indices.contains(below), let first = values[below],
                    let second = values[min(below + 1, values.count - 1)]
                else { continue strides }
                stride.append(first + (second - first) * (frame - Double(below)))
            }
            for point in 0..<51 { sum[point] += stride[point] }
            count += 1
        }
        return count == 0 ? nil : sum.map { $0 / Double(count) }
    }
}

@Suite struct GapTests {
    @Test("A short gap in a smooth path is filled to a tenth of a millimetre, a long one stays open")
    func gaps() {
        let smooth = (0..<100).map { Vector3(10 * Double($0), 50 * sin(Double($0) / 15), 900) }
        var path = smooth
        for frame in 40..<46 { path[frame] = .unseen }
        for frame in 60..<80 { path[frame] = .unseen }
        path[0] = .unseen
        let (filled, open) = GapFilling.fill(&path, rate: 100)
        #expect(filled == 6 && open == 20)
        #expect(!path[0].isSeen && !path[70].isSeen)
        for frame in 40..<46 { #expect((path[frame] - smooth[frame]).length < 0.1) }
    }
}

@Suite struct ReportTests {
    @Test("The page has a sentence and a table for every curve and no script")
    func page() throws {
        let recording = SimulatedWalker().recording()
        let analysis = GaitAnalysis(of: recording, fileName: "a<b>.c3d", options: AnalysisOptions())
        #expect(analysis.document.angles != nil)
        let html = GaitReport([analysis], version: "9").html
        let charts = html.components(separatedBy: "<svg viewBox=\"0 0 300.0 190.0\" role=\"img\"").count - 1
        #expect(charts >= 11)
        #expect(html.components(separatedBy: "<title id=").count - 1 == charts)
        #expect(html.components(separatedBy: "<caption>").count - 1 == charts)
        #expect(!html.contains("<script") && !html.contains("a<b>") && html.contains("a&lt;b&gt;"))
        #expect(!html.contains("nan") && !html.contains("inf,"))
    }
}

@Suite struct NameTests {
    @Test("Names before colons are shown and can be taken out; the numbers stay")
    func strip() throws {
        var walker = SimulatedWalker()
        walker.labelPrefix = "Jane Roe:"
        let bytes = C3DWriter.write(walker.recording(), encoding: .intel, samples: .floats)
        let named = try C3D.read(bytes)
        #expect(named.subjectNames == ["Jane Roe"])
        let stripped = try C3D.withoutNames(bytes)
        #expect(stripped.count == bytes.count)
        let read = try C3D.read(stripped)
        #expect(read.subjectNames.isEmpty && read.pointLabels.first == "LASI")
        #expect(read.coordinates.elementsEqual(named.coordinates) { $0 == $1 || ($0.isNaN && $1.isNaN) })
        #expect(!String(decoding: stripped, as: UTF8.self).contains("Jane Roe"))
    }
}
