// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gait
import Testing

/// All number formats × both kinds of samples.
let writings: [(NumberEncoding, C3DWriter.Samples)] = NumberEncoding.allCases.flatMap { encoding in
    C3DWriter.Samples.allCases.map { (encoding, $0) }
}

@Suite struct C3DRoundTripTests {
    @Test("What the walker writes is read again, in every encoding", arguments: writings)
    func roundTrip(encoding: NumberEncoding, samples: C3DWriter.Samples) throws {
        var walker = SimulatedWalker()
        walker.firstFrame = 724
        let original = walker.recording()
        let read = try C3D.read(C3DWriter.write(original, encoding: encoding, samples: samples))

        #expect(read.pointLabels == original.pointLabels)
        #expect(read.pointRate == 100)
        #expect(read.firstFrame == 724)
        #expect(read.frameCount == original.frameCount)
        #expect(read.analogRate == 1000)
        #expect(read.warnings.isEmpty)
        let tolerance: Float = samples == .floats ? 0.001 : 0.1
        #expect(greatestDifference(read.coordinates, original.coordinates) <= tolerance)
        // A channel's integers are as fine as its own range allows: half of a 32,000th of its greatest value.
        for channel in original.analogLabels.indices {
            let known = original.analogChannel(channel)
            let most = known.map(abs).max() ?? 0
            let coarse = samples == .floats ? max(0.001, most * 1e-6) : max(0.001, most / 32_000 * 0.51)
            #expect(greatestDifference(read.analogChannel(channel), known) <= coarse)
        }
        #expect(read.forcePlates.count == 2)
        #expect(read.forcePlates.map(\.channels) == original.forcePlates.map(\.channels))
        for (plate, known) in zip(read.forcePlates, original.forcePlates) {
            for (corner, place) in zip(plate.corners, known.corners) { #expect((corner - place).length < 0.001) }
        }
        #expect(read.storedEvents.count == original.storedEvents.count)
        for (event, known) in zip(read.storedEvents, original.storedEvents) {
            #expect(event.label == known.label && event.context == known.context)
            #expect(abs(event.timeSeconds - known.timeSeconds) < 0.0002)
        }
        #expect(read.subjectValues["MarkerDiameter"] == 14)
    }

    @Test("A marker that was not seen stays unseen", arguments: writings)
    func gaps(encoding: NumberEncoding, samples: C3DWriter.Samples) throws {
        var recording = SimulatedWalker().recording()
        for axis in 0..<3 { recording.coordinates[recording.pointLabels.count * 3 * 7 + 3 * 2 + axis] = .nan }
        let read = try C3D.read(C3DWriter.write(recording, encoding: encoding, samples: samples))
        #expect(read.position(ofPoint: 2, atFrame: 7) == nil)
        #expect(read.position(ofPoint: 2, atFrame: 8) != nil)
        #expect(read.position(ofPoint: 1, atFrame: 7) != nil)
    }

    @Test("More than 255 labels and more than 65535 frames are read")
    func largeNumbers() throws {
        let labels = (0..<300).map { "M\($0)" }
        let many = Recording(
            format: .c3d, pointRate: 100, firstFrame: 1, frameCount: 2, pointLabels: labels,
            coordinates: (0..<1800).map { Float($0 + 1) })
        #expect(try C3D.read(C3DWriter.write(many)).pointLabels == labels)

        let long = Recording(
            format: .c3d, pointRate: 200, firstFrame: 70_000, frameCount: 70_001, pointLabels: ["A"],
            coordinates: (0..<210_003).map { Float($0 + 1) })
        let read = try C3D.read(C3DWriter.write(long, samples: .floats))
        #expect(read.firstFrame == 70_000)
        #expect(read.frameCount == 70_001)
        #expect(read.position(ofPoint: 0, atFrame: 70_000) == Vector3(210_001, 210_002, 210_003))
    }

    @Test("Every float survives the VAX form that can hold it")
    func vaxFloats() throws {
        var generator = SeededGenerator(seed: 1)
        var values: [Float] = [1, -1, 0.1, 12345.678, -3.4e37, 1e-30]
        while values.count < 600 {
            let value = Float(bitPattern: UInt32.random(in: .min ... .max, using: &generator))
            if value.isFinite, abs(value) < 1e37, abs(value) > 1e-36 { values.append(value) }
        }
        let recording = Recording(
            format: .c3d, pointRate: 100, firstFrame: 1, frameCount: values.count / 3, pointLabels: ["A"],
            coordinates: values)
        let read = try C3D.read(C3DWriter.write(recording, encoding: .dec, samples: .floats))
        #expect(read.coordinates == values)
    }

    @Test("Unsigned analogue values and offsets are counted from zero")
    func unsignedAnalog() throws {
        var recording = SimulatedWalker().recording()
        recording.analog = recording.analog.map { _ in 100 }
        var bytes = C3DWriter.write(recording, samples: .integers)
        let signed = try C3D.read(bytes)
        // The last sample of the last frame becomes 0xFFFF: −1 with sign, 65535 without.
        let frames = recording.frameCount
        let perFrame = recording.pointLabels.count * 8 + recording.analogLabels.count * 10 * 2
        let dataStart = (Int(bytes[16]) + 256 * Int(bytes[17]) - 1) * 512
        let last = dataStart + frames * perFrame - 2
        bytes[last] = 0xFF
        bytes[last + 1] = 0xFF
        let scale = (signed.analog.last ?? 0) / 32000
        #expect(abs((try C3D.read(bytes).analog.last ?? 0) + scale) < 1e-6)
        // “UNITS” of the analogue group is not needed here: turn it into FORMAT = UNSIGNED by hand.
        let unsigned = try #require(withUnsignedFormat(bytes))
        #expect(abs((try C3D.read(unsigned).analog.last ?? 0) - 65535 * scale) < 0.01)
    }

    /// Renames ANALOG:UNITS to FORMAT, whose first text is then “UNSIGNED”; both names need 8 + 1 bytes a cell.
    private func withUnsignedFormat(_ bytes: [UInt8]) -> [UInt8]? {
        var recording = SimulatedWalker().recording()
        recording.analog = recording.analog.map { _ in 100 }
        recording.analogUnits = recording.analogUnits.map { _ in "UNSIGNED" }
        var other = C3DWriter.write(recording, samples: .integers)
        guard let place = other.firstIndex(of: Array("UNITS".utf8), after: Array("ANALOG".utf8)) else { return nil }
        // UNITS and a name of the same length: the reader knows FORMAT, so a sixth letter is taken from the type's place.
        var named = Array(other[..<(place - 2)])
        named += [6, other[place - 1]] + Array("FORMAT".utf8) + Array(other[(place + 5)...])
        // One byte longer: take it from the padding before the samples.
        let dataStart = (Int(other[16]) + 256 * Int(other[17]) - 1) * 512
        named.remove(at: dataStart)
        other = named
        other[other.count - 1] = bytes[bytes.count - 1]
        for index in dataStart..<bytes.count { other[index] = bytes[index] }
        return other
    }
}

extension [UInt8] {
    func firstIndex(of pattern: [UInt8], after mark: [UInt8]) -> Int? {
        guard let from = firstRange(of: mark)?.upperBound else { return nil }
        return self[from...].firstRange(of: pattern)?.lowerBound
    }
}

/// The greatest difference; infinite where one is a number and the other is not.
func greatestDifference(_ left: [Float], _ right: [Float]) -> Float {
    guard left.count == right.count else { return .infinity }
    var greatest: Float = 0
    for (a, b) in zip(left, right) where !(a.isNaN && b.isNaN) {
        let difference = abs(a - b)
        greatest = max(greatest, difference.isNaN ? .infinity : difference)
    }
    return greatest
}

@Suite("Files of the C3D site and of clinics", .enabled(if: SharedRecordings.arePresent))
struct OddFileTests {
    @Test("One recording in six encodings gives the same numbers")
    func sixEncodings() throws {
        let reference = try C3D.read(SharedRecordings.bytes("odd/pc_real.c3d"))
        #expect(reference.frameCount == 89 && reference.pointLabels.count == 36)
        for name in ["pc_int", "dec_int", "dec_real", "sgi_int", "sgi_real"] {
            let other = try C3D.read(SharedRecordings.bytes("odd/\(name).c3d"))
            #expect(other.pointLabels == reference.pointLabels)
            #expect(other.pointRate == reference.pointRate && other.firstFrame == reference.firstFrame)
            #expect(other.analogRate == 200 && other.analogLabels.count == 16)
            // SOURCE.md: the integer ones differ by one count in a few samples.
            #expect(greatestDifference(other.coordinates, reference.coordinates) < 0.2813, "\(name)")
            let changed = zip(other.coordinates, reference.coordinates).count { abs($0 - $1) > 0.001 }
            #expect(changed < 100, "\(name)")
            #expect(greatestDifference(other.analog, reference.analog) < 0.01, "\(name)")
            #expect(other.forcePlates == reference.forcePlates, "\(name)")
        }
    }

    @Test(
        "Legal files are read",
        arguments: [
            ("dec_int_pig", 86, 281, 1), ("golfswing", 29, 514, 1), ("no_points", 40, 701, 1),
            ("qualisys_walk", 23, 207, 102),
        ] as [(String, Int?, Int?, Int?)])
    func legal(name: String, points: Int?, frames: Int?, first: Int?) throws {
        let recording = try C3D.read(SharedRecordings.bytes("odd/\(name).c3d"))
        if let points { #expect(recording.pointLabels.count == points) }
        if let frames { #expect(recording.frameCount == frames) }
        if let first { #expect(recording.firstFrame == first) }
        #expect(recording.coordinates.count == recording.frameCount * recording.pointLabels.count * 3)
    }

    @Test("The Qualisys walk's type 4 plates weigh a person")
    func calibrationMatrix() throws {
        let recording = try C3D.read(SharedRecordings.bytes("odd/qualisys_walk.c3d"))
        let peaks = recording.forcePlates.map { $0.load(in: recording).max() ?? 0 }
        #expect(recording.forcePlates.map(\.type) == [4, 4])
        #expect(peaks.contains { (400...1500).contains($0) }, "\(peaks)")
    }

    @Test(
        "Broken files are refused for the right reason",
        arguments: [
            ("Empty", RecordingError.Reason.empty), ("badParameterOffset", .damagedDescription),
            ("bad_parameter_section", .damagedDescription),
        ])
    func broken(name: String, reason: RecordingError.Reason) throws {
        let bytes = try SharedRecordings.bytes("odd/\(name).c3d")
        let error = #expect(throws: RecordingError.self) { try C3D.read(bytes) }
        #expect(error?.reason == reason)
        #expect(error?.description.contains(error?.advice ?? "?") == true)
    }

    @Test("All trials are read, static and walking", arguments: SharedRecordings.trials)
    func trials(trial: String) throws {
        for name in ["static", "walk"] {
            let recording = try C3D.read(SharedRecordings.bytes("trials/\(trial)/\(name).c3d"))
            #expect(recording.frameCount > 0 && recording.pointRate == 100)
            #expect(recording.warnings.isEmpty, "\(recording.warnings)")
        }
        let first = try SharedRecordings.table("trials/options.csv").first { $0[0] == trial }?[4]
        #expect(try SharedRecordings.walk(trial).firstFrame == first.flatMap { Int($0) })
    }

    @Test("OpenSim's TRC is read and stood upright")
    func trc() throws {
        let recording = try TRC.read(SharedRecordings.bytes("opensim_gait2354/subject01_walk1.trc"))
        #expect(recording.frameCount == 151 && recording.pointLabels.count == 41 && recording.pointRate == 60)
        #expect(recording.pointLabels.first == "R.ASIS")
        let figure = StickFigure(recording)
        let toe = try #require(figure.names.firstIndex(of: "left toe"))
        let spine = try #require(figure.names.firstIndex(of: "left anterior iliac spine"))
        let toeHeight = try #require(figure.frames[0][toe]?[2])
        let spineHeight = try #require(figure.frames[0][spine]?[2])
        #expect(spineHeight - toeHeight > 700)
    }
}

@Suite struct StorageTableTests {
    @Test("Forces and angles of OpenSim are read whole", .enabled(if: SharedRecordings.arePresent))
    func shared() throws {
        let forces = try StorageTable.read(SharedRecordings.bytes("opensim_gait2354/subject01_walk1_grf.mot"))
        #expect(forces.columns.first == "time" && forces.rowCount > 100)
        #expect((forces["ground_force_vy"].max() ?? 0) > 400)
        let angles = try StorageTable.read(SharedRecordings.bytes("opensim_gait2354/subject01_walk1_ik.mot"))
        #expect(angles.rowCount == 73 && angles["knee_angle_r"].count == 73)
    }

    @Test("A table that is cut, crooked or no table is refused with its place")
    func damage() throws {
        let whole = "forces\nnRows=2\nnColumns=2\nendheader\ntime\tvy\n0\t1\n0.01\tNaN\n"
        let table = try StorageTable.read(Array(whole.utf8))
        #expect(table["vy"].first == 1 && table["vy"].last?.isNaN == true)
        for (text, reason) in [
            ("", RecordingError.Reason.empty), ("hello", .notARecording),
            (whole.replacingOccurrences(of: "nRows=2", with: "nRows=3"), .truncated),
            (whole.replacingOccurrences(of: "0\t1\n", with: "0\t1\t2\n"), .contradictory),
            (whole.replacingOccurrences(of: "0\t1\n", with: "0\tx\n"), .damagedDescription),
        ] {
            let error = #expect(throws: RecordingError.self) { try StorageTable.read(Array(text.utf8)) }
            #expect(error?.reason == reason)
        }
    }
}
