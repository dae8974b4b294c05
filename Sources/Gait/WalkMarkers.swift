// SPDX-License-Identifier: Apache-2.0

/// A marker's path: a place in millimetres for every frame in which it was seen.
typealias Path = [Vector3?]

/// The markers that walking is judged by, in axes with z up.
struct WalkMarkers {
    /// Which of the laboratory's axes points to the ceiling; some systems (OpenSim, markerless ones) use y.
    enum UpAxis: String, Sendable {
        case x, y, z

        /// The same place in right-handed axes with z up.
        func standing(_ point: Vector3) -> Vector3 {
            switch self {
            case .x: Vector3(point.y, point.z, point.x)
            case .y: Vector3(point.z, point.x, point.y)
            case .z: point
            }
        }
    }

    struct Foot {
        var heel: Path?
        var toe: Path?
        var ankle: Path?
    }

    /// Which marker is which, found once for all who ask.
    let names: MarkerNames
    var upAxis: UpAxis
    var feet: [Side: Foot] = [:]
    /// The middle of the pelvis markers that the file has; nil where one of them was not seen.
    var pelvis: Path?

    init(_ recording: Recording) {
        names = MarkerNames(recording.pointLabels)
        let names = names
        let pelvisMarkers = Self.pelvisMarkers(names)
        upAxis = Self.upAxis(recording, names, pelvisMarkers)
        let up = upAxis
        func path(_ point: Int?) -> Path? {
            guard let point else { return nil }
            let path = (0..<recording.frameCount).map { frame in
                recording.position(ofPoint: point, atFrame: frame).map(up.standing)
            }
            return path.contains { $0 != nil } ? path : nil
        }
        for side in Side.allCases {
            feet[side] = Foot(
                heel: path(names.index(.heel, side)), toe: path(names.index(.toe, side)),
                ankle: path(names.index(.ankle, side)))
        }
        pelvis = Self.mean(pelvisMarkers.compactMap { path($0) }, frameCount: recording.frameCount)
    }

    func plate(_ plate: ForcePlate) -> ForcePlate {
        var plate = plate
        plate.corners = plate.corners.map(upAxis.standing)
        return plate
    }

    private static func pelvisMarkers(_ names: MarkerNames) -> [Int] {
        let front = Side.allCases.compactMap { names.index(.anteriorSpine, $0) }
        let back = Side.allCases.compactMap { names.index(.posteriorSpine, $0) }
        let sacrum = names.index(.sacrum).map { [$0] } ?? []
        return front + (back.count == 2 ? back : sacrum)
    }

    private static func mean(_ paths: [Path], frameCount: Int) -> Path? {
        guard !paths.isEmpty else { return nil }
        return (0..<frameCount).map { frame in
            var sum = Vector3.zero
            for path in paths {
                guard let place = path[frame] else { return nil }
                sum = sum + place
            }
            return sum * (1 / Double(paths.count))
        }
    }

    /// The pelvis is above the feet: the axis along which they differ most is up. Without either it is z.
    private static func upAxis(_ recording: Recording, _ names: MarkerNames, _ pelvisMarkers: [Int]) -> UpAxis {
        let feet = Side.allCases.flatMap { [names.index(.heel, $0), names.index(.ankle, $0)] }.compactMap { $0 }
        guard !feet.isEmpty, !pelvisMarkers.isEmpty else { return recording.format == .trc ? .y : .z }
        var difference = Vector3.zero
        for frame in Swift.stride(from: 0, to: recording.frameCount, by: max(1, recording.frameCount / 50)) {
            let pelvis = pelvisMarkers.compactMap { recording.position(ofPoint: $0, atFrame: frame) }
            let foot = feet.compactMap { recording.position(ofPoint: $0, atFrame: frame) }
            guard pelvis.count == pelvisMarkers.count, foot.count == feet.count else { continue }
            difference =
                difference + pelvis.reduce(.zero, +) * (1 / Double(pelvis.count))
                - foot.reduce(.zero, +) * (1 / Double(foot.count))
        }
        if difference.y > max(abs(difference.x), abs(difference.z)) { return .y }
        if difference.x > max(abs(difference.y), abs(difference.z)) { return .x }
        return .z
    }
}

extension [Vector3?] {
    /// The place at a time between frames, by straight interpolation; nil where either neighbour was not seen.
    func place(atFrame frame: Double) -> Vector3? {
        guard frame.isFinite, frame >= 0, frame <= Double(count - 1) else { return nil }
        let below = Int(frame)
        guard let first = self[below] else { return nil }
        let part = frame - Double(below)
        guard part > 1e-6, below + 1 < count else { return first }
        guard let second = self[below + 1] else { return nil }
        return first + (second - first) * part
    }
}
