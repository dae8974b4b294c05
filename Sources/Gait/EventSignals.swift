// SPDX-License-Identifier: Apache-2.0

/// What a person looks at to judge where a foot meets and leaves the floor: the feet's heights and speeds, the knees'
/// bend, and the load on the force plates. Whole numbers, nil where nothing was seen.
public struct EventSignals: Hashable, Sendable, Codable {
    /// One foot's signals.
    public struct Foot: Hashable, Sendable, Codable {
        /// The heel marker above its lowest place, millimetres.
        public var heelHeight: [Int32?]
        /// The toe marker above its lowest place, millimetres.
        public var toeHeight: [Int32?]
        /// How fast the middle of heel and toe moves, millimetres a second.
        public var speed: [Int32?]
        /// Tenths of a degree; empty where there are no joint angles.
        public var kneeFlexion: [Int32?]
    }

    /// The time of the first value in seconds from frame 1.
    public var startSeconds: Double
    /// Values a second.
    public var rate: Double
    /// The left foot.
    public var left: Foot
    /// The right foot.
    public var right: Foot
    /// Newtons on all plates together, once a frame; empty without plates.
    public var load: [Int32?]

    /// A side's foot.
    public subscript(side: Side) -> Foot { side == .left ? left : right }

    /// The signals of a walk and of its analysis.
    public init(_ recording: Recording, _ analysis: GaitAnalysis) {
        let markers = WalkMarkers(recording)
        let angles = analysis.document.angles
        startSeconds = recording.startTimeSeconds
        rate = recording.pointRate
        left = Self.foot(markers.feet[.left], recording, angles?.left.knee.flexion)
        right = Self.foot(markers.feet[.right], recording, angles?.right.knee.flexion)
        load = Self.load(recording, markers)
    }

    private static func foot(_ foot: WalkMarkers.Foot?, _ recording: Recording, _ flexion: [Double?]?) -> Foot {
        let heel = foot?.heel ?? foot?.ankle ?? []
        let toe = foot?.toe ?? []
        func heights(_ path: Path) -> [Int32?] {
            guard let lowest = path.compactMap({ $0?.z }).min() else { return [] }
            return path.map { $0.flatMap { whole($0.z - lowest) } }
        }
        let filter = LowPassFilter(cutOffHertz: KinematicEvents.cutOffHertz, rate: recording.pointRate)
        let middle =
            (heel.isEmpty || toe.isEmpty)
            ? (heel.isEmpty ? toe : heel)
            : zip(heel, toe).map { heel, toe -> Vector3? in
                guard let heel, let toe else { return nil }
                return (heel + toe) * 0.5
            }
        let calm = middle.isEmpty ? [] : filter.smoothed(middle, longestGap: 10)
        let speed = calm.indices.map { frame -> Int32? in
            guard frame > 0, frame + 1 < calm.count, let before = calm[frame - 1], let after = calm[frame + 1] else {
                return nil
            }
            return whole((after - before).length * recording.pointRate / 2)
        }
        return Foot(
            heelHeight: heights(heel), toeHeight: heights(toe), speed: speed,
            kneeFlexion: (flexion ?? []).map { $0.flatMap { whole($0 * 10) } })
    }

    private static func load(_ recording: Recording, _ markers: WalkMarkers) -> [Int32?] {
        let perFrame = recording.analogSamplesPerFrame
        guard perFrame > 0, !recording.forcePlates.isEmpty else { return [] }
        var total = [Double](repeating: 0, count: recording.frameCount)
        for plate in recording.forcePlates {
            let load = plate.load(in: recording)
            guard load.count >= recording.frameCount * perFrame else { continue }
            for frame in total.indices { total[frame] += load[frame * perFrame] }
        }
        return total.map { whole($0) }
    }

    private static func whole(_ value: Double) -> Int32? { Int32(exactly: value.rounded()) }
}
