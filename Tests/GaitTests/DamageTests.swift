// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gait
import Testing

@Suite struct DamageTests {
    /// A short walk, small enough to be damaged thousands of times.
    static let walker: SimulatedWalker = {
        var walker = SimulatedWalker()
        walker.stepCount = 3
        walker.pointRate = 25
        walker.analogSamplesPerFrame = 4
        walker.plateSteps = [1]
        return walker
    }()

    @Test("A file cut anywhere is refused or, where only padding is missing, whole", arguments: writings)
    func truncation(encoding: NumberEncoding, samples: C3DWriter.Samples) throws {
        let whole = C3DWriter.write(Self.walker.recording(), encoding: encoding, samples: samples)
        let known = try C3D.read(whole)
        var generator = SeededGenerator(seed: 7)
        var lengths = Array(0..<40) + (0..<60).map { _ in Int.random(in: 0..<whole.count, using: &generator) }
        lengths += [511, 512, 513, 1023, 1024, whole.count - 1]
        for length in lengths {
            do {
                let read = try C3D.read(Array(whole.prefix(length)))
                #expect(whole.count - length < 512)
                #expect(greatestDifference(read.coordinates, known.coordinates) == 0)
            } catch {
                #expect(!error.what.isEmpty && !error.advice.isEmpty)
                if length == 0 { #expect(error.reason == .empty) }
                if length > whole.count / 2, whole.count - length >= 512 {
                    #expect(error.reason == .truncated, "\(length): \(error)")
                }
            }
        }
    }

    @Test("Random damage never stops the program", arguments: 0..<6)
    func mutations(seed: Int) throws {
        let (encoding, samples) = writings[seed]
        let whole = C3DWriter.write(Self.walker.recording(), encoding: encoding, samples: samples)
        var generator = SeededGenerator(seed: UInt64(seed))
        let description = (Int(whole[16]) + Int(whole[17])) * 512
        var readable = 0
        // In full: 100,000 files over the six encodings.
        let rounds = ProcessInfo.processInfo.environment["FASCIA_TRIALS"] == "full" ? 16_667 : 500
        for round in 0..<rounds {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                // Mostly in the header and the description, where one byte can mislead.
                let end = round.isMultiple(of: 5) ? bytes.count : min(bytes.count, description)
                let place = Int.random(in: 0..<end, using: &generator)
                bytes[place] = Bool.random(using: &generator) ? 0xFF : UInt8.random(in: 0...255, using: &generator)
            }
            let begun = ContinuousClock.now
            defer { #expect(ContinuousClock.now - begun < .seconds(2), "round \(round) hangs") }
            guard let recording = try? C3D.read(bytes) else { continue }
            readable += 1
            #expect(recording.coordinates.count == recording.frameCount * recording.pointLabels.count * 3)
            #expect(recording.coordinates.count <= bytes.count)
            if readable.isMultiple(of: 4) {
                let analysis = GaitAnalysis(
                    of: recording, staticTrial: readable.isMultiple(of: 8) ? recording : nil, fileName: "x.c3d",
                    options: AnalysisOptions(events: .detected))
                _ = try analysis.document.json()
                _ = GaitReport([analysis], version: "1").html
            }
        }
        #expect(readable > 20)
    }

    @Test("Random bytes behind a right beginning never stop the program")
    func noise() {
        var generator = SeededGenerator(seed: 99)
        for _ in 0..<2000 {
            var bytes = (0..<2048).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes[0] = 2
            bytes[1] = 0x50
            bytes[515] = UInt8.random(in: 84...86, using: &generator)
            bytes[512 + 4] = UInt8.random(in: 1...9, using: &generator)
            _ = try? C3D.read(bytes)
        }
    }

    @Test("Wrong files are named as what they are not")
    func wrongFiles() {
        let picture: [UInt8] = [0x89, 0x50, 0x4E, 0x47] + [UInt8](repeating: 7, count: 5000)
        #expect(throws: RecordingError.self) { try C3D.read(picture) }
        let text = Array("Frame,Time\n1,0.01\n".utf8)
        for name in ["a.c3d", "a.trc", "a"] {
            let error = #expect(throws: RecordingError.self) { try GaitAnalysis.read(text, fileName: name) }
            #expect(error?.reason == .notARecording)
        }
        #expect(throws: RecordingError.self) { try GaitAnalysis.read([], fileName: "a.trc") }
    }

    @Test("A TRC that lies or is cut is refused")
    func trcDamage() throws {
        let head = "PathFileType\t4\t(X/Y/Z)\ta.trc\nDataRate\tNumFrames\tNumMarkers\tUnits\n"
        let names = "Frame#\tTime\tA\t\t\tB\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n\n"
        let rows = "5\t0.0\t1\t2\t3\t4\t5\t6\r\n6\t0.01\t\t\t\t40\t50\t60\r\n"
        let whole = Array((head + "100\t2\t2\tm\n" + names + rows).utf8)
        let recording = try TRC.read(whole)
        #expect(recording.firstFrame == 5)
        #expect(recording.position(ofPoint: 0, atFrame: 0) == Vector3(1000, 2000, 3000))
        #expect(recording.position(ofPoint: 0, atFrame: 1) == nil)
        #expect(recording.position(ofPoint: 1, atFrame: 1) == Vector3(40000, 50000, 60000))

        for length in 0..<whole.count { _ = try? TRC.read(Array(whole.prefix(length))) }
        let short = #expect(throws: RecordingError.self) {
            try TRC.read(Array((head + "100\t3\t2\tm\n" + names + rows).utf8))
        }
        #expect(short?.reason == .truncated)
        let huge = #expect(throws: RecordingError.self) {
            try TRC.read(Array((head + "100\t9000000000000000000\t99999\tm\n" + names + rows).utf8))
        }
        #expect(huge?.reason == .truncated)
        let unit = #expect(throws: RecordingError.self) {
            try TRC.read(Array((head + "100\t2\t2\tfurlong\n" + names + rows).utf8))
        }
        #expect(unit?.reason == .unsupported)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1000 {
            var bytes = whole
            for _ in 0..<4 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? TRC.read(bytes)
        }
    }
}
