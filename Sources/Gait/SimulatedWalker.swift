// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A person who does not exist, walking along +x over force plates: every number about the walk is known.
///
///     let walker = SimulatedWalker()
///     let file = C3DWriter.write(walker.recording(), encoding: .dec, samples: .integers)
///
/// Feeds the tests and the demo clinic. The feet roll over heel and toe; the swing is smooth; the plates' load has the
/// usual two humps. Shapes are plausible, not measured: nothing about people follows from them.
public struct SimulatedWalker: Hashable, Sendable {
    /// Steps a minute.
    public var cadenceStepsPerMinute = 110.0
    /// How far the left foot lands ahead of the right, metres.
    public var leftStepLengthMetres = 0.62
    /// How far the right foot lands ahead of the left, metres.
    public var rightStepLengthMetres = 0.58
    /// Across, between the lines of both feet, metres.
    public var stepWidthMetres = 0.12
    /// The part of the stride in which a foot is on the floor.
    public var stanceFraction = 0.61
    /// Strikes in the walk, both feet counted.
    public var stepCount = 9
    /// Frames a second.
    public var pointRate = 100.0
    /// Analogue samples in each frame.
    public var analogSamplesPerFrame = 10
    /// The number of the first frame.
    public var firstFrame = 1
    /// Newtons.
    public var bodyWeight = 700.0
    /// The footfalls (counted from 0) that have a plate of their own under them.
    public var plateSteps = [3, 4]
    /// Along the walk, metres. From about 0.9 on, both feet tread on one plate.
    public var plateLengthMetres = 0.45
    /// Before each marker's name, as some laboratories write ("Subject:").
    public var labelPrefix = ""
    /// One sacrum marker in place of the two posterior spines.
    public var hasSacrumMarker = false
    /// Whether the file holds the true events.
    public var storesEvents = true

    /// An adult at a usual pace.
    public init() {}

    /// Seconds.
    public var strideTimeSeconds: Double { 120 / cadenceStepsPerMinute }
    /// Metres.
    public var strideLengthMetres: Double { leftStepLengthMetres + rightStepLengthMetres }
    /// Metres a second.
    public var speedMetresPerSecond: Double { strideLengthMetres / strideTimeSeconds }
    /// How long the recording is, in seconds.
    public var durationSeconds: Double { leadSeconds + (Double(stepCount - 1) + 0.9) * strideTimeSeconds / 2 }
    /// How many frames.
    public var frameCount: Int { Int((durationSeconds * pointRate).rounded(.down)) }

    /// Before the first strike.
    var leadSeconds: Double { 0.25 * strideTimeSeconds }

    /// The side of a footfall; the right foot begins.
    func side(ofStep step: Int) -> Side { step.isMultiple(of: 2) ? .right : .left }

    /// Seconds from the recording's first frame.
    func strikeTime(ofStep step: Int) -> Double { leadSeconds + Double(step) * strideTimeSeconds / 2 }

    func offTime(ofStep step: Int) -> Double { strikeTime(ofStep: step) + stanceFraction * strideTimeSeconds }

    /// Where the heel of a footfall stands, along the walk, millimetres.
    func heelPosition(ofStep step: Int) -> Double {
        let strides = (Double(step) / 2).rounded(.down)
        let within = step.isMultiple(of: 2) ? 0 : leftStepLengthMetres
        return 1000 * (strides * strideLengthMetres + within)
    }

    /// The true events within the recording, in seconds from frame 1.
    public var events: [GaitEvent] {
        let start = Double(firstFrame - 1) / pointRate
        var events: [GaitEvent] = []
        for step in -2..<stepCount {
            let times: [(GaitEvent.Kind, Double)] = [
                (.footStrike, strikeTime(ofStep: step)), (.footOff, offTime(ofStep: step)),
            ]
            for (kind, time) in times where time >= 0 && time <= Double(frameCount - 1) / pointRate {
                events.append(
                    GaitEvent(side: side(ofStep: step), kind: kind, timeSeconds: start + time, source: .file))
            }
        }
        return events.byTime
    }

    /// The whole recording: markers, plates and, if wanted, the true events.
    public func recording() -> Recording {
        let body = SimulatedBody(self)
        let labels = body.markerNames
        var coordinates: [Float] = []
        coordinates.reserveCapacity(frameCount * labels.count * 3)
        for frame in 0..<frameCount {
            let places = body.markers(at: Double(frame) / pointRate)
            for place in places { coordinates += [Float(place.x), Float(place.y), Float(place.z)] }
        }
        var recording = Recording(
            format: .c3d, pointRate: pointRate, firstFrame: firstFrame, frameCount: frameCount,
            pointLabels: labels.map { labelPrefix + $0 }, coordinates: coordinates)
        recording.subjectValues = subjectValues
        addPlates(to: &recording)
        if storesEvents {
            recording.storedEvents = events.map { event in
                StoredEvent(
                    label: event.kind == .footStrike ? "Foot Strike" : "Foot Off",
                    context: event.side == .left ? "Left" : "Right", timeSeconds: event.timeSeconds,
                    icon: event.kind == .footStrike ? 1 : 2)
            }
        }
        return recording
    }

    /// The same person's standing trial: two seconds without a movement, both feet flat.
    public func standingRecording() -> Recording {
        let body = SimulatedBody(self)
        let labels = body.markerNames
        let places = body.standingMarkers().flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
        let count = max(1, Int((2 * pointRate).rounded()))
        var recording = Recording(
            format: .c3d, pointRate: pointRate, firstFrame: 1, frameCount: count,
            pointLabels: labels.map { labelPrefix + $0 },
            coordinates: Array(repeatElement(places, count: count).joined()))
        recording.subjectValues = subjectValues
        return recording
    }

    private var subjectValues: [String: Double] {
        [
            "MarkerDiameter": 14, "Bodymass": bodyWeight / 9.81, "Height": 1740, "LLegLength": 880, "RLegLength": 880,
            "LKneeWidth": 86, "RKneeWidth": 86, "LAnkleWidth": 66, "RAnkleWidth": 66,
        ]
    }

    private func addPlates(to recording: inout Recording) {
        let perFrame = analogSamplesPerFrame
        guard perFrame > 0, !plateSteps.isEmpty else { return }
        let feet = SimulatedFoot(self)
        recording.analogSamplesPerFrame = perFrame
        for (index, step) in plateSteps.enumerated() {
            let middle = heelPosition(ofStep: step) + feet.lengthMillimetres / 2
            let half = 500 * plateLengthMetres
            recording.forcePlates.append(
                ForcePlate(
                    type: 2,
                    corners: [
                        Vector3(middle - half, 300, 0), Vector3(middle + half, 300, 0),
                        Vector3(middle + half, -300, 0), Vector3(middle - half, -300, 0),
                    ], channels: (0..<6).map { 6 * index + $0 }))
            for name in ["Fx", "Fy", "Fz", "Mx", "My", "Mz"] {
                recording.analogLabels.append("\(name)\(index + 1)")
                recording.analogUnits.append(name.hasPrefix("F") ? "N" : "Nmm")
            }
        }
        let rate = pointRate * Double(perFrame)
        for sample in 0..<(frameCount * perFrame) {
            for step in plateSteps {
                let middle = heelPosition(ofStep: step) + feet.lengthMillimetres / 2
                var values = [Double](repeating: 0, count: 6)
                for other in -2..<stepCount {
                    let heel = heelPosition(ofStep: other)
                    guard abs(heel + feet.lengthMillimetres / 2 - middle) <= 500 * plateLengthMetres else { continue }
                    let time = Double(sample) / rate
                    let load = verticalForce(ofStep: other, at: time)
                    guard load > 0 else { continue }
                    let phase = (time - strikeTime(ofStep: other)) / (stanceFraction * strideTimeSeconds)
                    // In the plate's axes: x against the walk, y to the left, z down. The push moves from heel to toe; it
                    // brakes at first and drives on later.
                    let x = middle - heel - 10 - 190 * phase
                    let y = (side(ofStep: other) == .left ? 500 : -500) * stepWidthMetres
                    let along = 0.17 * bodyWeight * sin(2 * .pi * phase) * min(1, load / bodyWeight)
                    values[0] += along
                    values[2] -= load
                    values[3] -= y * load
                    values[4] += x * load
                    values[5] -= y * along
                }
                recording.analog += values.map { Float($0) }
            }
        }
    }

    /// Two humps over the stance that begin and end well above 20 N, so that the first loaded sample is the strike.
    func verticalForce(ofStep step: Int, at time: Double) -> Double {
        let phase = (time - strikeTime(ofStep: step)) / (stanceFraction * strideTimeSeconds)
        // A hair of slack: a strike exactly on a sample must not depend on rounding.
        guard phase > -1e-9, phase < 1 - 1e-9 else { return 0 }
        let edge = min(1, min(phase, 1 - phase) / 0.15)
        return bodyWeight * (0.1 + 0.9 * edge) * (1 - 0.2 * sin(.pi * phase) + 0.15 * cos(4 * .pi * (phase - 0.25)))
    }
}
