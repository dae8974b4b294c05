// SPDX-License-Identifier: Apache-2.0

/// A walking figure of points and lines for a viewer: joints where the file has them, markers where not.
///
/// As JSON: `names`, `segments` as index pairs with a side, and `positions`, for every frame x, y, z of every point in
/// whole millimetres with z up; `null` where a point was not seen. At most 50 frames a second.
public struct StickFigure: Hashable, Sendable, Codable {
    /// A line between two points.
    public struct Segment: Hashable, Sendable, Codable {
        /// The index of a point.
        public var from: Int
        /// The index of another.
        public var to: Int
        /// `left`, `right`, or nil in the body's middle.
        public var side: Side?
    }

    /// What the points are called.
    public var names: [String]
    /// The lines.
    public var segments: [Segment]
    /// Frames a second, at most 50.
    public var frameRate: Double
    /// How many frames.
    public var frameCount: Int
    /// When the first one was, in seconds from frame 1; events use the same clock.
    public var startTimeSeconds: Double
    /// `frameCount × names.count × 3` whole millimetres, or nil.
    public var positions: [Int32?]

    /// The greatest frame rate.
    public static let greatestFrameRate = 50.0
    /// No more points than this are drawn where the markers' names say nothing.
    static let mostUnnamedPoints = 80
    /// Longer recordings are thinned until they have no more frames than this (two minutes at the full rate).
    static let mostFrames = 6000

    /// The figure of a recording.
    public init(_ recording: Recording) {
        let plan = StickFigurePlan(recording)
        let up = plan.upAxis
        names = plan.points.map(\.name)
        segments = plan.segments
        var step = max(1, Int((recording.pointRate / Self.greatestFrameRate).rounded(.up)))
        step = max(step, (recording.frameCount + Self.mostFrames - 1) / Self.mostFrames)
        frameRate = recording.pointRate / Double(step)
        startTimeSeconds = recording.startTimeSeconds
        positions = []
        frameCount = 0
        for frame in Swift.stride(from: 0, to: recording.frameCount, by: step) {
            frameCount += 1
            for point in plan.points {
                let place = recording.position(ofPoint: point.index, atFrame: frame).map(up.standing)
                for value in [place?.x, place?.y, place?.z] {
                    positions.append(value.flatMap { Int32(exactly: $0.rounded()) })
                }
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
    var segments: [StickFigure.Segment] = []
    var upAxis: WalkMarkers.UpAxis

    init(_ recording: Recording) {
        let names = MarkerNames(recording.pointLabels)
        upAxis = WalkMarkers(recording).upAxis
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

    private mutating func join(_ from: Int?, _ to: Int?, _ side: Side?) {
        guard let from, let to, from != to else { return }
        segments.append(StickFigure.Segment(from: from, to: to, side: side))
    }

    private mutating func addSide(_ side: Side, _ names: MarkerNames) {
        func index(_ roles: MarkerRole...) -> Int? { roles.lazy.compactMap { names.index($0, side) }.first }
        let front = add("\(side.rawValue) anterior iliac spine", index(.anteriorSpine))
        let hip = add("\(side.rawValue) hip", index(.hipCentre))
        let knee = add("\(side.rawValue) knee", index(.kneeCentre, .knee))
        let ankle = add("\(side.rawValue) ankle", index(.ankleCentre, .ankle))
        let heel = add("\(side.rawValue) heel", index(.heel))
        let toe = add("\(side.rawValue) toe", index(.toe))
        join(front, hip, side)
        join(hip ?? front, knee, side)
        join(knee, ankle, side)
        join(ankle, heel, side)
        join(heel, toe, side)
        join(toe, ankle, side)
        let shoulder = add("\(side.rawValue) shoulder", index(.shoulder))
        let elbow = add("\(side.rawValue) elbow", index(.elbow))
        let wrist = add("\(side.rawValue) wrist", index(.wrist))
        join(shoulder, elbow, side)
        join(elbow, wrist, side)
        join(wrist, add("\(side.rawValue) hand", index(.hand)), side)
        join(
            add("\(side.rawValue) front of head", index(.head)),
            add("\(side.rawValue) back of head", index(.backOfHead)),
            side)
    }

    private mutating func addTrunk(_ names: MarkerNames) {
        func known(_ name: String) -> Int? { points.firstIndex { $0.name == name } }
        let fronts = Side.allCases.map { known("\($0.rawValue) anterior iliac spine") }
        let backs = Side.allCases.map { side in
            add("\(side.rawValue) posterior iliac spine", names.index(.posteriorSpine, side))
        }
        let sacrum = add("sacrum", names.index(.sacrum))
        let behind = backs.contains(nil) ? [sacrum, sacrum] : backs
        join(fronts[0], fronts[1], nil)
        join(fronts[0], behind[0], .left)
        join(fronts[1], behind[1], .right)
        join(behind[0], behind[1], nil)
        let neck = add("neck", names.index(.neck))
        let back = add("back", names.index(.back))
        let chest = add("chest", names.index(.chest))
        let breastbone = add("breastbone", names.index(.breastbone))
        join(behind[0], back ?? neck, nil)
        join(back, neck, nil)
        join(neck, chest, nil)
        join(chest, breastbone, nil)
        for side in Side.allCases { join(neck ?? chest, known("\(side.rawValue) shoulder"), side) }
        let heads = Side.allCases.flatMap { side in
            [known("\(side.rawValue) front of head"), known("\(side.rawValue) back of head")]
        }
        join(heads[0], heads[2], nil)
        join(heads[1], heads[3], nil)
        join(neck, heads[1] ?? heads[0], nil)
    }

    private mutating func addEveryPoint(_ recording: Recording) {
        for index in recording.pointLabels.indices where points.count < StickFigure.mostUnnamedPoints {
            _ = add(recording.pointLabels[index], index)
        }
    }
}
