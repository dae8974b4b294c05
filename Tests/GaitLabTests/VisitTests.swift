// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Gait
import GaitLab
import Storage
import Testing

/// A person who stands: the walker's first frame, again and again.
private let standing: [UInt8] = {
    var recording = SimulatedWalker().recording()
    let perFrame = recording.pointLabels.count * 3
    let first = Array(recording.coordinates[..<perFrame])
    recording.coordinates = (0..<recording.frameCount).flatMap { _ in first }
    recording.storedEvents = []
    recording.analog = recording.analog.map { _ in 0 }
    return C3DWriter.write(recording)
}()

/// A walk whose file has neither events nor the markers' size, at another cadence.
private func bareWalk(cadence: Double = 100, named: String = "") -> [UInt8] {
    var walker = SimulatedWalker()
    walker.cadenceStepsPerMinute = cadence
    walker.storesEvents = false
    walker.labelPrefix = named
    var recording = walker.recording()
    recording.subjectValues["MarkerDiameter"] = nil
    return C3DWriter.write(recording)
}

extension LabHouse {
    func visit() async throws -> LabVisit? { try await store.read { try Visits().find(order, in: $0) } }

    func choose(_ settings: LabSettings, norm: LabNorm.ID? = nil, by actor: Actor = LabHouse.desk) async throws {
        try await store.write {
            try Visits().choose(
                settings, norm: norm, orderID: order, patient: patient, by: actor, at: Self.now, in: $0)
        }
    }

    func events(of id: LabRecording.ID) async throws -> [GaitEvent] {
        try await store.read { try recordings.figures(of: id, in: $0)?.document.events ?? [] }
    }

    func correct(_ events: [GaitEvent], of id: LabRecording.ID, by actor: Actor = LabHouse.clinician) async throws {
        // Each correction a moment later, as people do.
        let moment = Date()
        try await store.write { try EventEdits().correct(events, of: id, by: actor, at: moment, in: $0) }
        _ = try await work()
    }

    func undo(of id: LabRecording.ID) async throws {
        try await store.write { try EventEdits().undo(of: id, by: Self.clinician, at: Self.now, in: $0) }
        _ = try await work()
    }
}

/// The simulated walk as systems without plates export it: markers as C3D, forces as a table beside them.
private let splitWalk: (markers: [UInt8], forces: [UInt8]) = {
    let whole = SimulatedWalker().recording()
    var markers = whole
    markers.forcePlates = []
    markers.analog = []
    markers.analogLabels = []
    markers.analogUnits = []
    markers.analogSamplesPerFrame = 0
    var text = "forces\nnRows=\(whole.frameCount)\nendheader\n"
    text += "time\tg_force_vx\tg_force_vy\tg_force_vz\tg_force_px\tg_force_py\tg_force_pz\n"
    // The left foot's second step, as heavy as a person, under the middle of the foot.
    let load = whole.forcePlates.first.map { $0.load(in: whole) } ?? []
    let corners = whole.forcePlates.first?.corners ?? []
    let centre = corners.reduce(.zero, +) * (0.001 / Double(max(1, corners.count)))
    for frame in 0..<whole.frameCount {
        let time = Double(whole.firstFrame - 1 + frame) / whole.pointRate
        let force = load[frame * whole.analogSamplesPerFrame]
        text += "\(time)\t0\t0\t\(force)\t\(centre.x)\t\(centre.y)\t0\n"
    }
    return (C3DWriter.write(markers), Array(text.utf8))
}()

@Suite struct VisitTests {
    @Test("Forces beside a walk without plates give its moments; a table is no walk, and a walk no table")
    func forces() async throws {
        try await LabHouse.withEach { house in
            let walk = try await house.send(splitWalk.markers, name: "walk1.c3d")
            _ = try await house.work()
            #expect(try await house.visit()?.document?.walks.first?.plateSides == [])
            let sent = try await house.send(splitWalk.forces, name: "walk1_grf.mot").id
            _ = try await house.work()
            let table = try #require(try await house.store.read { try house.recordings.find(sent, in: $0) })
            #expect(table.kind == .forces && table.state == .analysed)
            let sides = try await house.visit()?.document?.walks.first?.plateSides ?? []
            #expect(sides.count == 1)
            for (id, kind) in [(table.id, LabRecording.Kind.walk), (walk.id, .forces)] {
                await #expect(throws: GaitLabError.notThatKind) {
                    try await house.store.write {
                        try house.recordings.choose(
                            kind, for: id, by: LabHouse.desk, at: LabHouse.now, in: $0)
                    }
                }
            }
            try await house.store.write {
                try house.recordings.choose(
                    .leftOut, for: table.id, by: LabHouse.desk, at: LabHouse.now, in: $0)
            }
            _ = try await house.work()
            #expect(try await house.visit()?.document?.walks.first?.plateSides == [])
        }
    }

    @Test("All walks of a visit are one analysis with the standing trial, and settings are in force for all")
    func settings() async throws {
        try await LabHouse.withEach { house in
            _ = try await house.send(standing, name: "static.c3d")
            _ = try await house.send(bareWalk(), name: "walk-1.c3d")
            _ = try await house.send(bareWalk(cadence: 120), name: "walk-2.c3d")
            _ = try await house.work()
            var document = try #require(try await house.visit()?.document)
            #expect(document.standing == "static.c3d")
            #expect(document.walks.map(\.file) == ["walk-1.c3d", "walk-2.c3d"])
            #expect(document.assumesMarkerDiameter == false, "the standing trial says it")
            #expect(document.figures.left.strideTime?.count == document.walks.reduce(0) { $0 + $1.leftStrides })
            #expect(document.curves.contains { $0.key == "kneeFlexion" } && document.indices != nil)

            var settings = LabSettings()
            settings.options.markerDiameterMillimetres = 9.5
            settings.options.flatFoot = .init(left: true, right: false)
            settings.options.hipCentre = .harrington
            settings.measures = ["LLegLength": 900]
            try await house.choose(settings)
            #expect(try await house.visit()?.isWaiting == true)
            _ = try await house.work()
            let visit = try #require(try await house.visit())
            document = try #require(visit.document)
            #expect(!visit.isWaiting && visit.settings == settings)
            #expect(document.markerDiameterMillimetres == 9.5 && document.options.flatFoot.left)
            #expect(document.measures?.left.legLength == 900 && document.measures?.right.legLength == 880)

            // The same again changes nothing and asks for nothing.
            try await house.choose(settings)
            #expect(try await house.work() == 0)
            settings.options.markerDiameterMillimetres = 0.5
            await #expect(throws: GaitLabError.self) { try await house.choose(settings) }
            settings.options.markerDiameterMillimetres = nil
            settings.measures["Bodymass"] = 2000
            await #expect(throws: GaitLabError.self) { try await house.choose(settings) }
            await #expect(throws: GaitLabError.notPermitted) {
                try await house.choose(LabSettings(), by: .patient(house.patient))
            }
        }
    }

    @Test("A size that nobody gave is assumed aloud")
    func assumed() async throws {
        try await LabHouse.withEach { house in
            _ = try await house.send(bareWalk())
            _ = try await house.work()
            let document = try #require(try await house.visit()?.document)
            #expect(document.assumesMarkerDiameter && document.markerDiameterMillimetres == 14)
            #expect(document.notes.contains { $0.code == "markerDiameterAssumed" })
        }
    }

    @Test("What a recording counts as is guessed, chosen, and guessed again")
    func roles() async throws {
        try await LabHouse.withEach { house in
            let still = try await house.send(standing, name: "a.c3d")
            let walk = try await house.send(bareWalk(), name: "b.c3d")
            _ = try await house.work()
            func kind(_ id: LabRecording.ID) async throws -> LabRecording? {
                try await house.store.read { try house.recordings.find(id, in: $0) }
            }
            #expect(try await kind(still.id)?.kind == .static)
            #expect(try await kind(walk.id)?.kind == .walk)
            func choose(_ role: LabRecording.Kind?, by actor: Actor = LabHouse.desk) async throws {
                try await house.store.write {
                    try house.recordings.choose(role, for: walk.id, by: actor, at: LabHouse.now, in: $0)
                }
                _ = try await house.work()
            }
            try await choose(.leftOut)
            #expect(try await kind(walk.id)?.kind == .leftOut)
            let empty = try #require(try await house.visit())
            #expect(empty.document == nil && empty.failure != nil)
            try await choose(nil)
            #expect(try await kind(walk.id)?.isKindChosen == false)
            #expect(try await house.visit()?.document != nil)
            await #expect(throws: GaitLabError.notPermitted) { try await choose(.static, by: .visitor) }
        }
    }

    @Test("The names of people in a file are shown, and gone once they are taken out; the figures stay")
    func names() async throws {
        try await LabHouse.withEach { house in
            let recording = try await house.send(bareWalk(named: "Jane Roe:"))
            _ = try await house.work()
            let before = try await house.visit()?.document
            let known = try #require(try await house.store.read { try house.recordings.find(recording.id, in: $0) })
            #expect(known.subjectNames == ["Jane Roe"])
            let clean = try C3D.withoutNames(try await house.files.readAll(known.fileKey))
            _ = try await house.files.append(clean, toUpload: "clean", at: 0)
            let file = try await house.files.seal(upload: "clean", as: "recordings/clean.c3d", expectedSHA256: nil)
            try await house.store.write {
                try house.recordings.replaceFile(
                    of: recording.id, with: file, by: LabHouse.desk, at: LabHouse.now, in: $0)
            }
            try await house.choose(LabSettings(measures: ["Bodymass": 70]))
            try await house.choose(LabSettings())
            _ = try await house.work()
            let found = try #require(try await house.store.read { try house.recordings.find(recording.id, in: $0) })
            #expect(found.subjectNames.isEmpty && found.sha256 == checksum(clean))
            #expect(try await house.visit()?.document == before)
        }
    }
}

@Suite struct EventEditTests {
    @Test("Events are moved, added and removed; the figures follow, and each correction can be taken back")
    func corrections() async throws {
        try await LabHouse.withEach { house in
            let walk = try await house.send(bareWalk())
            _ = try await house.work()
            let found = try await house.events(of: walk.id)
            let before = try await house.visit()?.document?.figures.left.strideTime?.count ?? 0
            #expect(found.count > 8 && before > 2)

            // Moved by 30 ms: the person's own.
            var moved = found
            moved[4].timeSeconds += 0.03
            try await house.correct(moved, of: walk.id)
            let kept = try await house.events(of: walk.id)
            #expect(kept.count == found.count && kept.count { $0.source == .manual } == 1)
            #expect(kept.contains { abs($0.timeSeconds - moved[4].timeSeconds) < 1e-9 && $0.source == .manual })

            // Removed: a stride less.
            let strike = try #require(kept.lastIndex { $0.side == .left && $0.kind == .footStrike })
            var fewer = kept
            fewer.remove(at: strike)
            try await house.correct(fewer, of: walk.id)
            #expect(try await house.visit()?.document?.figures.left.strideTime?.count == before - 1)

            try await house.undo(of: walk.id)
            #expect(try await house.events(of: walk.id) == kept)
            try await house.undo(of: walk.id)
            #expect(try await house.events(of: walk.id) == found)
            await #expect(throws: GaitLabError.nothingToUndo) { try await house.undo(of: walk.id) }
            let actions = try await house.actions()
            #expect(actions.count { $0 == "events.correct" } == 2 && actions.count { $0 == "events.undo" } == 2)
        }
    }

    @Test("What cannot be an event is refused in words, and nothing changes")
    func refusals() async throws {
        try await LabHouse.withEach { house in
            let walk = try await house.send(bareWalk())
            _ = try await house.work()
            let found = try await house.events(of: walk.id)
            var far = found
            far[0].timeSeconds = 900
            await #expect(throws: GaitLabError.eventOutsideWalk(seconds: 900)) {
                try await house.correct(far, of: walk.id)
            }
            let first = try #require(found.first)
            let twice =
                found + [
                    GaitEvent(side: first.side, kind: first.kind, timeSeconds: first.timeSeconds + 0.1, source: .manual)
                ]
            await #expect(throws: GaitLabError.self) { try await house.correct(twice, of: walk.id) }
            for actor in [LabHouse.desk, .patient(house.patient), .visitor] {
                await #expect(throws: GaitLabError.notPermitted) {
                    try await house.correct(found, of: walk.id, by: actor)
                }
            }
            #expect(try await house.events(of: walk.id) == found)
        }
    }

    @Test("Once released, neither words nor settings, roles nor events change, whatever is computed later")
    func released() async throws {
        try await LabHouse.withEach { house in
            let walk = try await house.send(bareWalk())
            _ = try await house.work()
            let shown = try #require(try await house.visit()?.document)
            let report = try await house.store.write {
                let draft = try house.reports.writeWords(
                    "Even.", orderID: house.order, by: LabHouse.clinician, at: LabHouse.now, in: $0)
                return try house.reports.release(draft.id, by: LabHouse.clinician, at: LabHouse.now, in: $0).report
            }
            #expect(report.visit == shown)
            let events = try await house.events(of: walk.id)
            await #expect(throws: GaitLabError.alreadyReleased) {
                try await house.correct(Array(events.dropLast()), of: walk.id)
            }
            await #expect(throws: GaitLabError.alreadyReleased) {
                try await house.choose(LabSettings(measures: ["Bodymass": 70]))
            }
            // A recording that comes later is no part of it.
            _ = try await house.send(bareWalk(cadence: 130), name: "later.c3d")
            _ = try await house.work()
            let later = try await house.store.read { try house.reports.find(order: house.order, in: $0) }
            #expect(later?.visit == shown)
        }
    }

    @Test("Nothing is released while the figures are being computed")
    func running() async throws {
        try await LabHouse.withEach { house in
            _ = try await house.send(bareWalk())
            _ = try await house.work()
            try await house.choose(LabSettings(measures: ["Bodymass": 70]))
            await #expect(throws: GaitLabError.analysisRunning) {
                try await house.store.write {
                    let draft = try house.reports.writeWords(
                        "Even.", orderID: house.order, by: LabHouse.clinician, at: LabHouse.now, in: $0)
                    return try house.reports.release(draft.id, by: LabHouse.clinician, at: LabHouse.now, in: $0)
                }
            }
        }
    }
}

@Suite struct NormTests {
    private static let csv: String = {
        let names = GaitVariableColumns.all
        var text =
            "# source: Our adults\n# n: 42\n# ages: 18 to 65\npercent,"
            + names.map { "\($0)_mean,\($0)_sd" }.joined(separator: ",")
        for percent in stride(from: 0, through: 100, by: 10) {
            text += "\n\(percent)" + names.map { _ in ",\(percent / 10),4" }.joined()
        }
        return text + "\n"
    }()

    enum GaitVariableColumns {
        static let all = [
            "pelvic_tilt", "pelvic_obliquity", "pelvic_rotation", "hip_flexion", "hip_adduction", "hip_rotation",
            "knee_flexion", "ankle_dorsiflexion", "foot_progression",
        ]
    }

    @Test("A clinic's own set is read, chosen, printed with its source, and kept for who used it")
    func own() async throws {
        try await LabHouse.withEach { house in
            _ = try await house.send(bareWalk())
            _ = try await house.work()
            #expect(try await house.visit()?.document?.notes.contains { $0.code == "childrenNorm" } == true)
            let norm = try await house.store.write {
                try Norms().add(csv: Self.csv, name: "adults.csv", by: LabHouse.clinician, at: LabHouse.now, in: $0)
            }
            #expect(norm.people == 42)
            try await house.choose(LabSettings(), norm: norm.id)
            _ = try await house.work()
            let document = try #require(try await house.visit()?.document)
            #expect(document.indices?.norm.source == "Our adults" && document.indices?.norm.n == 42)
            #expect(!document.notes.contains { $0.code == "childrenNorm" })
            try await house.store.write {
                try Norms().remove(norm.id, by: LabHouse.clinician, at: LabHouse.now, in: $0)
            }
            #expect(try await house.store.read { try Norms().list(in: $0) }.isEmpty)
            #expect(try await house.store.read { try Norms().set(norm.id, in: $0) }.source == "Our adults")
        }
    }

    @Test(
        "A set that is none is refused in words",
        arguments: ["", "percent,a\n0,1\n", "percent,knee_flexion_mean\n0,1\n100,2\n"])
    func malformed(csv: String) async throws {
        try await LabHouse.withEach { house in
            await #expect(throws: GaitLabError.self) {
                try await house.store.write {
                    try Norms().add(csv: csv, name: "a.csv", by: LabHouse.clinician, at: LabHouse.now, in: $0)
                }
            }
            await #expect(throws: GaitLabError.notPermitted) {
                try await house.store.write {
                    try Norms().add(csv: Self.csv, name: "a.csv", by: LabHouse.desk, at: LabHouse.now, in: $0)
                }
            }
        }
    }
}
