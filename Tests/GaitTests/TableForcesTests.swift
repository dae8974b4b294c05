// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gait

@Suite("Forces of MOT and STO files") struct TableForcesTests {
    /// What a laboratory would export of the walker's plates: the push of each foot in metres, a row for every frame.
    private static func table(_ recording: Recording, yIsUp: Bool) -> StorageTable {
        let pushes = recording.forcePlates.map { $0.wrenches(in: recording) }
        var columns = ["time"]
        for foot in pushes.indices {
            for kind in ["force_v", "force_p", "torque_"] {
                columns += ["x", "y", "z"].map { "\(foot)_ground_\(kind)\($0)" }
            }
        }
        var values: [Double] = []
        for frame in 0..<recording.frameCount {
            values.append(recording.startTimeSeconds + Double(frame) / recording.pointRate)
            for push in pushes {
                let (force, moment) = (push[frame].force, push[frame].moment)
                let isLoaded = force.z > 1
                let place = isLoaded ? Vector3(-moment.y / force.z, moment.x / force.z, 0) : .zero
                let torque = isLoaded ? moment - place.cross(force) : .zero
                for vector in [force, place * 0.001, torque * 0.001] {
                    let turned = yIsUp ? Vector3(vector.y, vector.z, vector.x) : vector
                    values += [turned.x, turned.y, turned.z]
                }
            }
        }
        return StorageTable(head: [:], columns: columns, values: values)
    }

    @Test(
        "A walk with its forces in a table has the moments and powers of the walk with plates",
        arguments: [false, true])
    func moments(yIsUp: Bool) throws {
        let walker = SimulatedWalker()
        let whole = walker.recording()
        let standing = walker.standingRecording()
        let options = AnalysisOptions()
        let known = try #require(
            GaitAnalysis(of: whole, staticTrial: standing, fileName: "a", options: options).document.kinetics)
        var bare = whole
        bare.forcePlates = []
        bare.analog = []
        bare.analogLabels = []
        bare.analogUnits = []
        bare.analogSamplesPerFrame = 0
        if yIsUp {
            for index in stride(from: 0, to: bare.coordinates.count, by: 3) {
                let place = (bare.coordinates[index], bare.coordinates[index + 1], bare.coordinates[index + 2])
                (bare.coordinates[index], bare.coordinates[index + 1], bare.coordinates[index + 2]) =
                    (place.1, place.2, place.0)
            }
        }
        try bare.addForces(of: Self.table(whole, yIsUp: yIsUp))
        #expect(bare.forcePlates.count == whole.forcePlates.count)
        let found = try #require(
            GaitAnalysis(of: bare, staticTrial: yIsUp ? nil : standing, fileName: "a", options: options)
                .document.kinetics)
        for (own, other) in [(found.left, known.left), (found.right, known.right)] {
            #expect((own == nil) == (other == nil))
            guard let own, let other else { continue }
            var compared = 0
            for (a, b) in zip(own.ankle.flexionMoment, other.ankle.flexionMoment) {
                guard let a, let b else { continue }
                #expect(abs(a - b) < (yIsUp ? 0.05 : 0.002), "\(a) \(b)")
                compared += 1
            }
            #expect(compared > 20)
            let vertical = zip(own.groundReaction.vertical, other.groundReaction.vertical)
            for case (let a?, let b?) in vertical { #expect(abs(a - b) < 0.002) }
        }
    }

    @Test("Events of OpenSim's walk are where its table crosses 20 N", .enabled(if: SharedRecordings.arePresent))
    func openSim() throws {
        let folder = "opensim_gait2354/subject01_walk1"
        let table = try StorageTable.read(SharedRecordings.bytes("\(folder)_grf.mot"))
        var walk = try TRC.read(SharedRecordings.bytes("\(folder).trc"))
        try walk.addForces(of: table)
        // Each foot steps twice or more, on one plate: what is kept does not grow with the steps.
        #expect(walk.forcePlates.count == 2 && walk.analogLabels.count == 12)
        let events = EventDetection.events(in: walk, policy: .detected).events.filter { $0.source == .plate }
        var expected: [Double] = []
        for column in ["ground_force_vy", "1_ground_force_vy"] {
            let load = table[column]
            for (row, pair) in zip(load, load.dropFirst()).enumerated() where (pair.0 >= 20) != (pair.1 >= 20) {
                expected.append(table["time"][row + 1])
            }
        }
        #expect(!events.isEmpty)
        for event in events {
            let nearest = expected.map { abs($0 - event.timeSeconds) }.min() ?? 1
            #expect(nearest <= 0.0035, "\(event)")
        }
    }

    @Test("A short dense table beside a long walk asks for no more memory than the two have")
    func memory() throws {
        var walker = SimulatedWalker()
        walker.plateSteps = []
        var long = walker.recording()
        let once = long.coordinates
        let times = 20_000 / long.frameCount + 1
        long.coordinates = Array(repeatElement(once, count: times).joined())
        long.frameCount *= times
        // A step of 0.2 s at 6,500 rows a second, 64 and more to a frame.
        let rowCount = 1300
        let columns = ["time"] + ["v", "p"].flatMap { kind in ["x", "y", "z"].map { "force_\(kind)\($0)" } }
        var values: [Double] = []
        for row in 0..<rowCount {
            let isLoaded = (100..<1200).contains(row)
            values += [long.startTimeSeconds + 1 + Double(row) / 6500, 0, 0, isLoaded ? 500 : 0, 0.5, 0.1, 0]
        }
        try long.addForces(of: StorageTable(head: [:], columns: columns, values: values))
        #expect(long.forcePlates.count == 1 && long.analogSamplesPerFrame == 1)
        #expect(long.analog.count == 6 * long.frameCount)
    }

    @Test("A file of forces is known by its walk's name")
    func names() {
        #expect(Recording.areNamed(forces: "a/Walk1_grf.mot", afterWalk: "b/walk1.trc"))
        #expect(!Recording.areNamed(forces: "walk12_grf.mot", afterWalk: "walk1.trc"))
        #expect(!Recording.areNamed(forces: "other.sto", afterWalk: "walk1.trc"))
    }

    @Test("What can't be forces of this walk is refused in words")
    func refused() throws {
        let walker = SimulatedWalker()
        let whole = walker.recording()
        var bare = whole
        bare.forcePlates = []
        bare.analog = []
        bare.analogLabels = []
        let table = Self.table(whole, yIsUp: false)
        var late = table
        for row in 0..<late.rowCount { late.values[row * late.columns.count] += 1000 }
        var angles = table
        angles.columns = angles.columns.map { $0.replacingOccurrences(of: "_v", with: "_angle") }
        var still = table
        for row in 0..<still.rowCount { still.values[row * still.columns.count] = 0 }
        for (wrong, recording, reason) in [
            (late, bare, RecordingError.Reason.contradictory), (angles, bare, .unsupported),
            (still, bare, .contradictory),
            (table, whole, .contradictory),
        ] {
            var recording = recording
            do {
                try recording.addForces(of: wrong)
                Issue.record("taken")
            } catch {
                #expect(error.reason == reason)
                #expect(!error.description.isEmpty)
            }
        }
    }
}
