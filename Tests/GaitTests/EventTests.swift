// SPDX-License-Identifier: Apache-2.0

import Gait
import Testing

/// For each known event the nearest found one of the same foot and kind.
private func differences(_ known: [GaitEvent], _ found: [GaitEvent]) -> [Double?] {
    known.map { event in
        found.filter { $0.side == event.side && $0.kind == event.kind }
            .map { $0.timeSeconds - event.timeSeconds }.min { abs($0) < abs($1) }
            .flatMap { abs($0) < 0.1 ? $0 : nil }
    }
}

@Suite struct SimulatedEventTests {
    @Test("A plate's events are the true ones to a sample", arguments: [1.0, 2.0, 0.7])
    func plates(pace: Double) throws {
        var walker = SimulatedWalker()
        walker.cadenceStepsPerMinute *= pace
        walker.firstFrame = 200
        walker.storesEvents = false
        let (events, warnings) = EventDetection.events(in: try C3D.read(C3DWriter.write(walker.recording())))
        let fromPlates = events.filter { $0.source == .plate }
        #expect(fromPlates.count == 4)
        for difference in differences(fromPlates, walker.events) { #expect(abs(difference ?? 1) <= 0.0011) }
        #expect(warnings.isEmpty, "\(warnings)")
    }

    @Test("A plate that both feet tread on gives no events")
    func twoFeet() {
        var walker = SimulatedWalker()
        walker.storesEvents = false
        walker.plateSteps = [3]
        walker.plateLengthMetres = 1.6
        let (events, warnings) = EventDetection.events(in: walker.recording())
        #expect(!events.contains { $0.source == .plate })
        #expect(warnings.contains { $0.code == "plateStepRefused" })
        #expect(!events.isEmpty)
    }

    @Test(
        "Markers alone find every step, none twice, of any walk",
        arguments: [80.0, 110, 140], [false, true])
    func kinematic(cadence: Double, uneven: Bool) {
        var walker = SimulatedWalker()
        walker.cadenceStepsPerMinute = cadence
        if uneven { walker.leftStepLengthMetres = 0.45 }
        walker.plateSteps = []
        walker.storesEvents = false
        walker.hasSacrumMarker = uneven
        walker.labelPrefix = "Subject one:"
        let (events, _) = EventDetection.events(in: walker.recording())
        let missed = differences(walker.events, events).count { $0 == nil }
        #expect(missed <= 1, "\(missed) of \(walker.events.count)")
        #expect(events.count <= walker.events.count)
        for difference in differences(walker.events, events).compactMap({ $0 }) { #expect(abs(difference) < 0.06) }
    }

    @Test("Without the pelvis the feet alone are enough")
    func withoutPelvis() {
        var walker = SimulatedWalker()
        walker.plateSteps = []
        walker.storesEvents = false
        var recording = walker.recording()
        recording.pointLabels = recording.pointLabels.map { $0.hasSuffix("SI") ? "X" + $0 : $0 }
        let (events, warnings) = EventDetection.events(in: recording)
        #expect(differences(walker.events, events).count { $0 == nil } <= 1)
        #expect(warnings.map(\.code) == ["noPelvisMarkers"])
    }

    @Test("Turning the laboratory changes nothing")
    func turned() {
        var walker = SimulatedWalker()
        walker.storesEvents = false
        let straight = walker.recording()
        var turned = straight
        for index in stride(from: 0, to: turned.coordinates.count, by: 3) {
            let (x, y) = (turned.coordinates[index], turned.coordinates[index + 1])
            (turned.coordinates[index], turned.coordinates[index + 1]) = (-y, x)
        }
        turned.forcePlates = turned.forcePlates.map { plate in
            var plate = plate
            plate.corners = plate.corners.map { Vector3(-$0.y, $0.x, $0.z) }
            return plate
        }
        let here = EventDetection.events(in: straight).events
        let there = EventDetection.events(in: turned).events
        #expect(here.count == there.count && !here.isEmpty)
        for (a, b) in zip(here, there) {
            #expect(a.side == b.side && a.kind == b.kind && a.source == b.source)
            #expect(abs(a.timeSeconds - b.timeSeconds) < 1e-6)
        }
    }

    @Test("A person who stands has no events")
    func standing() {
        var recording = SimulatedWalker().recording()
        let perFrame = recording.pointLabels.count * 3
        let first = Array(recording.coordinates[..<perFrame])
        recording.coordinates = (0..<recording.frameCount).flatMap { _ in first }
        recording.storedEvents = []
        recording.analog = recording.analog.map { _ in 0 }
        let (events, warnings) = EventDetection.events(in: recording)
        #expect(events.isEmpty)
        #expect(warnings.map(\.code) == ["noWalking"])
    }

    @Test(
        "A label's words, letters and icon tell kind and side",
        arguments: [
            ("Foot Strike", "Left", nil, Side.left, GaitEvent.Kind.footStrike),
            ("Foot Off", "Right", nil, .right, .footOff), ("LHS", "", nil, .left, .footStrike),
            ("RTO", "", nil, .right, .footOff), ("", "Left", 1, .left, .footStrike), ("", "Right", 2, .right, .footOff),
            ("Right Toe Off", "", nil, .right, .footOff), ("IC", "Left", nil, .left, .footStrike),
            // The context rules over the label's letter.
            ("RHS", "Left", nil, .left, .footStrike),
        ] as [(String, String, Int?, Side, GaitEvent.Kind)])
    func labels(label: String, context: String, icon: Int?, side: Side, kind: GaitEvent.Kind) {
        var recording = SimulatedWalker().recording()
        recording.storedEvents = [1.5, 0.5].map {
            StoredEvent(label: label, context: context, timeSeconds: $0, icon: icon)
        }
        if kind == .footOff {
            recording.storedEvents += [0.2, 1.3].map {
                StoredEvent(label: "Foot Strike", context: side == .left ? "Left" : "Right", timeSeconds: $0)
            }
        }
        let found = EventDetection.events(in: recording).events.filter { $0.kind == kind }
        #expect(found.map(\.timeSeconds) == [0.5, 1.5])
        #expect(found.allSatisfy { $0.side == side && $0.source == .file })
    }
}

@Suite("Events of real walks", .enabled(if: SharedRecordings.arePresent))
struct RealEventTests {
    @Test("Stored events are the vendor's", arguments: SharedRecordings.trials)
    func stored(trial: String) throws {
        let found = EventDetection.events(in: try SharedRecordings.walk(trial)).events
        let known = try SharedRecordings.vendorEvents(trial)
        #expect(found.count == known.count)
        for (event, vendor) in zip(found, known) {
            #expect(event.side == vendor.side && event.kind == vendor.kind && event.source == .file)
            #expect(abs(event.timeSeconds - vendor.timeSeconds) < 0.0006)
        }
    }

    /// Nexus stores an event that it took from a plate to the millisecond, one that a person set to the frame.
    @Test("Plate events agree with the vendor's within 2 ms; where those are whole frames, within a frame and a half")
    func plates() throws {
        var exact = 0
        for trial in SharedRecordings.trials {
            let found = EventDetection.events(in: try SharedRecordings.walk(trial), policy: .detected).events
                .filter { $0.source == .plate }
            #expect(found.count >= 2, "\(trial)")
            let vendor = try SharedRecordings.vendorEvents(trial)
            for (event, difference) in zip(found, differences(found, vendor)) {
                let difference = try #require(difference, "\(trial) \(event)")
                if trial == "clinic_kad" {
                    #expect(abs(difference) <= 0.002, "\(event)")
                    exact += 1
                } else {
                    #expect(abs(difference) <= 0.0355, "\(trial) \(event) \(difference)")
                }
            }
        }
        #expect(exact == 4)
    }

    @Test("Markers and plates find what the vendor stored", arguments: [true, false])
    func kinematic(withPlates: Bool) throws {
        var errors: [GaitEvent.Kind: [Double]] = [:]
        var known = 0
        var missed = 0
        for trial in SharedRecordings.trials {
            var recording = try SharedRecordings.walk(trial)
            if !withPlates { recording.forcePlates = [] }
            let found = EventDetection.events(in: recording, policy: .detected).events
            let vendor = try SharedRecordings.vendorEvents(trial)
            let found2 = differences(vendor, found)
            known += vendor.count
            missed += found2.count { $0 == nil }
            for (event, difference) in zip(vendor, found2) {
                if let difference { errors[event.kind, default: []].append(abs(difference)) }
            }
            // No extras between the first and the last event of their kind and foot that the vendor has.
            for side in Side.allCases {
                for kind in GaitEvent.Kind.allCases {
                    let own = vendor.filter { $0.side == side && $0.kind == kind }.map(\.timeSeconds)
                    let range = ((own.min() ?? 0) - 0.1)...((own.max() ?? 0) + 0.1)
                    let inside = found.filter { $0.side == side && $0.kind == kind && range.contains($0.timeSeconds) }
                    #expect(inside.count <= own.count, "\(trial) \(side) \(kind)")
                }
            }
        }
        #expect(Double(missed) <= 0.03 * Double(known), "\(missed) of \(known)")
        for kind in GaitEvent.Kind.allCases {
            let mean = (errors[kind] ?? []).reduce(0, +) / Double(max(1, errors[kind]?.count ?? 0))
            #expect(mean <= (withPlates ? 0.011 : 0.0155), "\(kind) \(mean)")
        }
    }
}
