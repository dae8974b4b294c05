// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gait

/// Joint angles against those that Vicon Plug-in Gait stored, whose results are taken out of the input first.
@Suite("Joint angles against the vendor's", .enabled(if: SharedRecordings.arePresent))
struct AngleTests {
    static let options: [String: (diameter: Double, flat: Bool)] = [
        "child_pig": (16, true), "adult_pig": (14, false), "children_ofm_a": (10, true),
        "children_ofm_b": (10, true), "clinic_kad": (14, true),
    ]

    @Test(
        "Every plane of every joint is within 0.05°, with a knee alignment device too",
        arguments: SharedRecordings.trials, [1.0, 0, -1, 2])
    func vendor(trial: String, turnQuarters: Double) throws {
        let analysis = try Self.analysis(trial) { recording in
            recording.turned(quarters: Int(turnQuarters))
        }
        let angles = try #require(analysis.document.angles)
        let reference = try Reference(trial)
        for side in Side.allCases {
            let own = side == .left ? angles.left : angles.right
            for (name, values) in Self.columns(own) {
                let expected = reference[(side == .left ? "L" : "R") + name]
                let error = Self.rootMeanSquare(values, expected)
                #expect(error <= 0.05, "\(trial) \(side) \(name): \(error)°")
            }
        }
    }

    @Test("A sacrum marker stands for the posterior spines", arguments: SharedRecordings.trials)
    func sacrum(trial: String) throws {
        let (diameter, flat) = try #require(Self.options[trial])
        func angles(_ change: (Recording) -> Recording) throws -> AnalysisDocument.Angles? {
            let walk = change(try SharedRecordings.walk(trial).withoutResults)
            let standing = change(try C3D.read(SharedRecordings.bytes("trials/\(trial)/static.c3d")).withoutResults)
            return GaitAnalysis(
                of: walk, staticTrial: standing, fileName: "walk.c3d",
                options: AnalysisOptions(
                    markerDiameterMillimetres: diameter, flatFoot: AnalysisOptions.FlatFoot(left: flat, right: flat))
            ).document.angles
        }
        let usual = try #require(try angles { $0 })
        let sacral = try #require(try angles { $0.withSacrum })
        for side in Side.allCases {
            let pairs = zip(
                Self.columns(side == .left ? usual.left : usual.right),
                Self.columns(side == .left ? sacral.left : sacral.right))
            for (own, other) in pairs {
                #expect(Self.rootMeanSquare(own.1, other.1) < 0.001, "\(trial) \(side) \(own.0)")
            }
        }
    }

    @Test("Of two subjects in one file the one with the most markers is analysed, whole")
    func twoSubjects() throws {
        var alone = SimulatedWalker().recording()
        let walker = GaitAnalysis(of: alone, fileName: "a", options: AnalysisOptions()).document.angles
        let perFrame = alone.pointLabels.count * 3
        // A second person stands still somewhere else with a part of the same markers, first in the file.
        let others = alone.pointLabels.prefix(7).map { "Helper:\($0)" }
        var coordinates: [Float] = []
        for frame in 0..<alone.frameCount {
            coordinates += (0..<21).map { alone.coordinates[$0] + 4000 }
            coordinates += alone.coordinates[(frame * perFrame)..<((frame + 1) * perFrame)]
        }
        alone.pointLabels = others + alone.pointLabels.map { "Walker:\($0)" }
        alone.coordinates = coordinates
        #expect(GaitAnalysis(of: alone, fileName: "a", options: AnalysisOptions()).document.angles == walker)
        #expect(walker != nil)
    }

    @Test("Offsets stored in the walk are recomputed from the standing trial, and the person is told")
    func staleOffsets() throws {
        let analysis = try Self.analysis("adult_pig") { $0 }
        #expect(analysis.document.warnings.contains { $0.code == "staleOffset" })
    }

    @Test(
        "A thigh rotation that was changed in the walk's file gives way to the alignment device",
        arguments: [0.3, -0.5])
    func staleAxes(change: Double) throws {
        let right = try #require(try Self.analysis("clinic_kad") { $0 }.document.angles)
        let stale = try #require(
            try Self.analysis("clinic_kad") { recording in
                var recording = recording
                recording.subjectValues["LThighRotation", default: 0] += change
                return recording
            }.document.angles)
        #expect(Self.rootMeanSquare(stale.left.hip.rotation, right.left.hip.rotation) < 0.01)
    }

    static func columns(_ angles: JointAngles) -> [(String, [Double?])] {
        [
            ("Pelvis_x", angles.pelvis.tilt), ("Pelvis_y", angles.pelvis.obliquity),
            ("Pelvis_z", angles.pelvis.rotation), ("Hip_x", angles.hip.flexion), ("Hip_y", angles.hip.adduction),
            ("Hip_z", angles.hip.rotation), ("Knee_x", angles.knee.flexion), ("Knee_y", angles.knee.varus),
            ("Knee_z", angles.knee.rotation), ("Ankle_x", angles.ankle.dorsiflexion),
            ("Ankle_y", angles.ankle.inversion), ("Ankle_z", angles.ankle.rotation),
            ("FootProgress_z", angles.foot.progression),
        ]
    }

    static func analysis(_ trial: String, _ change: (Recording) -> Recording) throws -> GaitAnalysis {
        let (diameter, flat) = try #require(options[trial])
        let walk = change(try SharedRecordings.walk(trial).withoutResults)
        let standing = try C3D.read(SharedRecordings.bytes("trials/\(trial)/static.c3d")).withoutResults
        return GaitAnalysis(
            of: walk, staticTrial: standing, fileName: "walk.c3d",
            options: AnalysisOptions(
                markerDiameterMillimetres: diameter, flatFoot: AnalysisOptions.FlatFoot(left: flat, right: flat)))
    }

    static func rootMeanSquare(_ values: [Double?], _ expected: [Double?]) -> Double {
        var sum = 0.0
        var count = 0
        for (value, reference) in zip(values, expected) {
            guard let value, let reference else { continue }
            var difference = value - reference
            if difference > 180 { difference -= 360 }
            if difference < -180 { difference += 360 }
            sum += difference * difference
            count += 1
        }
        return count > 50 ? (sum / Double(count)).squareRoot() : .infinity
    }
}

/// A vendor's stored curves by column.
struct Reference {
    private var columns: [String: [Double?]] = [:]

    init(_ trial: String, file: String = "angles.csv") throws {
        let text = String(decoding: try SharedRecordings.bytes("reference/\(trial)/\(file)"), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        for (index, name) in (lines.first ?? []).enumerated() {
            columns[name] = lines.dropFirst().map { $0.count > index ? Double($0[index]) : nil }
        }
    }

    subscript(name: String) -> [Double?] { columns[name] ?? [] }
}

extension Recording {
    /// The same recording without anything that the vendor's model computed: only real markers stay, and the offsets
    /// that the standing trial gives are no longer in the subject's values.
    var withoutResults: Recording {
        let isResult = { (label: String) -> Bool in
            ["Angle", "Moment", "Power", "Force", "Reaction", "CentreOfMass", "DetailedBody"].contains {
                label.contains($0)
            }
        }
        let isAxis = { (label: String) -> Bool in
            let bare = label.split(separator: ":").last.map(String.init) ?? label
            let stems = ["PEL", "LFE", "RFE", "LTI", "RTI", "LFO", "RFO", "LTO", "RTO"]
            return stems.contains { stem in ["O", "A", "L", "P"].contains { bare == stem + $0 } }
        }
        let kept = pointLabels.indices.filter { !isResult(pointLabels[$0]) && !isAxis(pointLabels[$0]) }
        var result = self
        result.pointLabels = kept.map { pointLabels[$0] }
        result.coordinates = (0..<frameCount).flatMap { frame in
            kept.flatMap { point in
                let first = (frame * pointLabels.count + point) * 3
                return coordinates[first..<(first + 3)]
            }
        }
        return result
    }

    /// The same with one sacrum marker, in the middle of the posterior spines, instead of these.
    var withSacrum: Recording {
        func index(_ name: String) -> Int? {
            pointLabels.firstIndex { $0 == name || $0.hasSuffix(":" + name) }
        }
        guard let left = index("LPSI"), let right = index("RPSI") else { return self }
        var result = self
        for frame in 0..<frameCount {
            for axis in 0..<3 {
                let a = (frame * pointLabels.count + left) * 3 + axis
                let b = (frame * pointLabels.count + right) * 3 + axis
                result.coordinates[a] = (coordinates[a] + coordinates[b]) / 2
            }
        }
        result.pointLabels[left] = pointLabels[left].replacing("LPSI", with: "SACR")
        result.pointLabels[right] = pointLabels[right].replacing("RPSI", with: "Unused")
        return result
    }

    /// The same walk in another direction of the laboratory.
    func turned(quarters: Int) -> Recording {
        guard quarters != 0 else { return self }
        if quarters == 2 { return turned(quarters: 1).turned(quarters: 1) }
        let sign: Float = quarters > 0 ? 1 : -1
        var result = self
        for index in stride(from: 0, to: coordinates.count - 2, by: 3) {
            result.coordinates[index] = -sign * coordinates[index + 1]
            result.coordinates[index + 1] = sign * coordinates[index]
        }
        return result
    }
}
