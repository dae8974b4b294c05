// SPDX-License-Identifier: Apache-2.0

/// A force plate in the floor: where it lies and which channels it fills.
public struct ForcePlate: Hashable, Sendable {
    /// The C3D type: 1 (forces, centre of pressure), 2 (forces, moments), 3 (eight Kistler channels), 4 (type 2 with a
    /// calibration matrix).
    public var type: Int
    /// The four corners in millimetres, in the laboratory's axes.
    public var corners: [Vector3]
    /// The channels' indices, counted from 0: six for types 1, 2 and 4, eight for type 3.
    public var channels: [Int]
    /// For type 4 the 6 × 6 calibration matrix, first index (the force component) running fastest; else empty.
    public var calibration: [Double]
    /// The frames of the file (counted from 0) in which the plate was empty, if the file says so.
    public var unloadedFrames: ClosedRange<Int>?

    /// Types 1, 2 and 4: from the surface's centre to the sensor's origin, millimetres in the plate's axes; type 3: the
    /// sensors' half distances and height.
    public var origin: Vector3
    /// Newton millimetres per unit of the moment channels.
    public var momentUnit: Double
    /// Whether this is the push on one foot from a table of forces and no place in the floor: on a treadmill it moves along.
    public var followsFoot = false

    /// A plate from its parts.
    public init(
        type: Int, corners: [Vector3], channels: [Int], calibration: [Double] = [],
        unloadedFrames: ClosedRange<Int>? = nil, origin: Vector3 = .zero, momentUnit: Double = 1
    ) {
        self.type = type
        self.corners = corners
        self.channels = channels
        self.calibration = calibration
        self.unloadedFrames = unloadedFrames
        self.origin = origin
        self.momentUnit = momentUnit
    }

    /// The load on the plate in newtons, positive downwards, for every analogue sample; empty where channels are missing.
    ///
    /// Files disagree about the sign of the vertical channel, so the larger excursion is taken as the load.
    public func load(in recording: Recording) -> [Double] {
        var load = rawVertical(in: recording)
        guard !load.isEmpty else { return [] }
        subtractBaseline(&load, samplesPerFrame: recording.analogSamplesPerFrame)
        var least = 0.0
        var most = 0.0
        for value in load {
            least = min(least, value)
            most = max(most, value)
        }
        if -least > most {
            for index in load.indices { load[index] = -load[index] }
        }
        return load
    }

    private func rawVertical(in recording: Recording) -> [Double] {
        func sum(_ weights: [(channel: Int, weight: Double)]) -> [Double] {
            var total: [Double] = []
            for (channel, weight) in weights {
                let values = recording.analogChannel(channel)
                guard !values.isEmpty else { return [] }
                if total.isEmpty { total = [Double](repeating: 0, count: values.count) }
                for index in 0..<min(total.count, values.count) {
                    let value = Double(values[index])
                    total[index] += value.isFinite ? value * weight : 0
                }
            }
            return total
        }
        switch type {
        case 1, 2:
            return channels.count >= 3 ? sum([(channels[2], 1)]) : []
        case 3:
            return channels.count >= 8 ? sum(channels[4..<8].map { ($0, 1) }) : []
        case 4:
            guard channels.count >= 6, calibration.count >= 36 else { return [] }
            return sum((0..<6).map { (channels[$0], calibration[2 + 6 * $0]) })
        default:
            return []
        }
    }

    private func subtractBaseline(_ load: inout [Double], samplesPerFrame: Int) {
        guard let frames = unloadedFrames, samplesPerFrame > 0 else { return }
        let first = max(0, min(frames.lowerBound, load.count)) * samplesPerFrame
        let last = min(load.count, (max(0, min(frames.upperBound, load.count)) + 1) * samplesPerFrame)
        guard first < last else { return }
        let baseline = load[first..<last].reduce(0, +) / Double(last - first)
        for index in load.indices { load[index] -= baseline }
    }

    /// Whether a point stands over the plate, seen from above, with `margin` millimetres to spare on every side.
    public func contains(_ point: Vector3, marginMillimetres margin: Double = 0) -> Bool {
        guard corners.count == 4 else { return false }
        var area = 0.0
        for index in 0..<4 {
            let a = corners[index]
            let b = corners[(index + 1) % 4]
            area += a.x * b.y - b.x * a.y
        }
        let turn: Double = area < 0 ? -1 : 1
        for index in 0..<4 {
            let a = corners[index]
            let edge = corners[(index + 1) % 4] - a
            guard let along = edge.horizontal.unit else { return false }
            let distance = turn * (along.x * (point.y - a.y) - along.y * (point.x - a.x))
            if distance < margin { return false }
        }
        return true
    }
}
