// SPDX-License-Identifier: Apache-2.0

/// A walking figure of points and lines for a viewer: joints where the file has them, markers where not.
///
/// Its JSON is what the viewer plays: `rate`, `names`, `segments` as pairs of indices, `frames` of points, each whole
/// millimetres [x, y, z] or `null` where it was not seen, and `up`, which is always `z`. At most 50 frames a second.
public struct StickFigure: Hashable, Sendable, Codable {
    /// Frames a second, at most 50.
    public var rate: Double
    /// What the points are called; a side's begin with “left” or “right”.
    public var names: [String]
    /// The lines, each a pair of indices of points.
    public var segments: [[Int]]
    /// For every frame every point's x, y and z in whole millimetres, or nil.
    public var frames: [[[Int32]?]]
    /// The axis that points to the ceiling.
    public var up: String
    /// When the first frame was, in seconds from frame 1; events use the same clock.
    public var startTimeSeconds: Double

    /// For every frame the pushes of the floor: where each acts (x, y, z in millimetres) and how hard (x, y, z in newtons).
    /// Nil where the recording has no force plates, and in figures made before forces were drawn.
    public var forces: [[[Int32]]]?
    /// The corners of the force plates, x, y and z in millimetres.
    public var plates: [[[Int32]]]?
    /// The strides, so that a viewer can tell how far a leg is in its cycle.
    public var strides: [StrideTimes]?

    /// When one stride of one foot begins and ends.
    public struct StrideTimes: Hashable, Sendable, Codable {
        /// Whose.
        public var side: Side
        /// Seconds from frame 1.
        public var start: Double
        /// Seconds from frame 1.
        public var end: Double

        init(_ stride: Stride) {
            side = stride.side
            start = stride.startSeconds
            end = stride.endSeconds
        }
    }

    /// The greatest frame rate.
    public static let greatestFrameRate = 50.0
    /// No more points than this are drawn where the markers' names say nothing.
    static let mostUnnamedPoints = 80
    /// Longer recordings are thinned until they have no more frames than this (two minutes at the full rate).
    static let mostFrames = 6000

    /// The figure of a recording.
    public init(_ recording: Recording) { self.init(recording, WalkMarkers(recording)) }

    init(_ recording: Recording, _ markers: WalkMarkers) {
        let plan = StickFigurePlan(recording, markers)
        names = plan.points.map(\.name)
        segments = plan.segments
        up = WalkMarkers.UpAxis.z.rawValue
        startTimeSeconds = recording.startTimeSeconds
        let step = Self.step(recording)
        rate = recording.pointRate / Double(step)
        frames = Swift.stride(from: 0, to: recording.frameCount, by: step).map { frame in
            plan.points.map { point in
                guard let seen = recording.position(ofPoint: point.index, atFrame: frame) else { return nil }
                let place = plan.upAxis.standing(seen)
                let whole = [place.x, place.y, place.z].compactMap { Int32(exactly: $0.rounded()) }
                return whole.count == 3 ? whole : nil
            }
        }
    }
}

extension StickFigure {
    /// Every how many-th frame is shown.
    static func step(_ recording: Recording) -> Int {
        let step = max(1, Int((recording.pointRate / greatestFrameRate).rounded(.up)))
        return max(step, (recording.frameCount + mostFrames - 1) / mostFrames)
    }

    private static func whole(_ place: Vector3) -> [Int32]? {
        let whole = [place.x, place.y, place.z].compactMap { Int32(exactly: $0.rounded()) }
        return whole.count == 3 ? whole : nil
    }

    /// Hips, knees and ankles go to where the model has their centres, which no marker shows.
    mutating func place(jointsOf kinematics: Kinematics, in recording: Recording) {
        let step = Self.step(recording)
        for side in Side.allCases {
            guard let legs = kinematics.legs[side] else { continue }
            let front = names.firstIndex(of: "\(side.rawValue) anterior iliac spine")
            for (joint, path) in [
                ("hip", legs.map(\.hip)), ("knee", legs.map(\.knee)), ("ankle", legs.map(\.ankle)),
            ] {
                let name = "\(side.rawValue) \(joint)"
                let known = names.firstIndex(of: name)
                if known == nil {
                    names.append(name)
                    if joint == "hip", let front, let knee = names.firstIndex(of: "\(side.rawValue) knee") {
                        segments.removeAll { $0 == [front, knee] }
                        segments += [[front, names.count - 1], [names.count - 1, knee]]
                    }
                }
                for (index, frame) in Swift.stride(from: 0, to: recording.frameCount, by: step).enumerated()
                where index < frames.count {
                    let place = frame < path.count && path[frame].isSeen ? Self.whole(path[frame]) : nil
                    if let known {
                        if let place { frames[index][known] = place }
                    } else {
                        frames[index].append(place)
                    }
                }
            }
        }
    }

    /// The floor's pushes above 20 N, each as an arrow from its centre of pressure.
    mutating func add(forcesOf recording: Recording, _ markers: WalkMarkers) {
        let standing = recording.forcePlates.map { markers.plate($0) }
        guard !standing.isEmpty, recording.analogSamplesPerFrame > 0 else { return }
        plates = standing.map { $0.corners.compactMap(Self.whole) }.filter { $0.count == 4 }
        let step = Self.step(recording)
        let pushes = standing.map { $0.wrenches(in: recording) }
        forces = Swift.stride(from: 0, to: recording.frameCount, by: step).map { frame in
            zip(standing, pushes).compactMap { plate, pushes in
                guard frame < pushes.count else { return nil }
                let push = pushes[frame]
                guard push.force.z >= PlateEvents.threshold else { return nil }
                let height = (plate.corners.reduce(.zero, +) * 0.25).z
                let place = Vector3(
                    (-push.moment.y + push.force.x * height) / push.force.z,
                    (push.moment.x + push.force.y * height) / push.force.z, height)
                guard let place = Self.whole(place), let force = Self.whole(push.force) else { return nil }
                return place + force
            }
        }
    }
}

/// Which points of a recording are drawn and which are joined.
private struct StickFigurePlan {
    struct Point {
        var name: String
        var index: Int
    }

    var points: [Point] = []
    var segments: [[Int]] = []
    var upAxis: WalkMarkers.UpAxis

    init(_ recording: Recording, _ markers: WalkMarkers) {
        let names = markers.names
        upAxis = markers.upAxis
        for side in Side.allCases { addSide(side, names) }
        addTrunk(names)
        if segments.count < 4 { addEveryPoint(recording) }
    }

    private mutating func add(_ name: String, _ index: Int?) -> Int? {
        guard let index else { return nil }
        if let known = points.firstIndex(where: { $0.index == index }) { return known }
        points.append(Point(name: name, index: index))
        return points.count - 1
    }

    private mutating func join(_ from: Int?, _ to: Int?) {
        guard let from, let to, from != to, !segments.contains([from, to]) else { return }
        segments.append([from, to])
    }

    private mutating func addSide(_ side: Side, _ names: MarkerNames) {
        func index(_ roles: MarkerRole...) -> Int? { roles.lazy.compactMap { names.index($0, side) }.first }
        let front = add("\(side.rawValue) anterior iliac spine", index(.anteriorSpine))
        let hip = add("\(side.rawValue) hip", index(.hipCentre))
        let knee = add("\(side.rawValue) knee", index(.kneeCentre, .knee))
        let ankle = add("\(side.rawValue) ankle", index(.ankleCentre, .ankle))
        let heel = add("\(side.rawValue) heel", index(.heel))
        let toe = add("\(side.rawValue) toe", index(.toe))
        join(front, hip)
        join(hip ?? front, knee)
        join(knee, ankle)
        join(ankle, heel)
        join(heel, toe)
        join(toe, ankle)
        let shoulder = add("\(side.rawValue) shoulder", index(.shoulder))
        let elbow = add("\(side.rawValue) elbow", index(.elbow))
        let wrist = add("\(side.rawValue) wrist", index(.wrist))
        join(shoulder, elbow)
        join(elbow, wrist)
        join(wrist, add("\(side.rawValue) hand", index(.hand)))
        let head = add("\(side.rawValue) front of head", index(.head))
        join(head, add("\(side.rawValue) back of head", index(.backOfHead)))
    }

    private mutating func addTrunk(_ names: MarkerNames) {
        func known(_ name: String) -> Int? { points.firstIndex { $0.name == name } }
        let fronts = Side.allCases.map { known("\($0.rawValue) anterior iliac spine") }
        let backs = Side.allCases.map { side in
            add("\(side.rawValue) posterior iliac spine", names.index(.posteriorSpine, side))
        }
        let sacrum = add("sacrum", names.index(.sacrum))
        let behind = backs.contains(nil) ? [sacrum, sacrum] : backs
        join(fronts[0], fronts[1])
        join(fronts[0], behind[0])
        join(fronts[1], behind[1])
        join(behind[0], behind[1])
        let neck = add("neck", names.index(.neck))
        let back = add("back", names.index(.back))
        let chest = add("chest", names.index(.chest))
        let breastbone = add("breastbone", names.index(.breastbone))
        join(behind[0], back ?? neck)
        join(back, neck)
        join(neck, chest)
        join(chest, breastbone)
        for side in Side.allCases { join(neck ?? chest, known("\(side.rawValue) shoulder")) }
        let heads = Side.allCases.flatMap { side in
            [known("\(side.rawValue) front of head"), known("\(side.rawValue) back of head")]
        }
        join(heads[0], heads[2])
        join(heads[1], heads[3])
        join(neck, heads[1] ?? heads[0])
    }

    private mutating func addEveryPoint(_ recording: Recording) {
        for index in recording.pointLabels.indices where points.count < StickFigure.mostUnnamedPoints {
            _ = add(recording.pointLabels[index], index)
        }
    }
}
