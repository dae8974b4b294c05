// SPDX-License-Identifier: Apache-2.0

/// The belt of a treadmill, as the feet that stand on it show it.
///
/// On a treadmill a foot returns to where its stride began, so lengths over the laboratory's floor say nothing. Seen from
/// the belt the walk goes forward: what the belt has moved since is taken off every place.
struct Belt: Hashable, Sendable {
    /// Horizontal, in millimetres a second, in axes with z up.
    var velocity: Vector3

    /// A foot that goes back and forth by less than this, in millimetres, is not walking.
    static let shortestTravel = 200.0
    /// Over the floor a stride ends as far ahead as the foot ever gets; on a belt it ends within this share of that.
    static let largestShare = 0.25
    /// The part of a stride in which its foot is flat on the belt.
    static let flatFrom = 0.15
    /// The end of that part.
    static let flatTo = 0.45

    /// The belt under a walk; nil where the walk goes over the floor, or nobody can tell.
    static func under(_ strides: [Stride], _ recording: Recording, paths: [Side: Path]) -> Belt? {
        var velocities: [Vector3] = []
        for stride in strides {
            guard let path = paths[stride.side] else { return nil }
            func place(_ part: Double) -> Vector3? {
                let seconds = stride.startSeconds + part * stride.strideTimeSeconds
                let frame = seconds * recording.pointRate - Double(recording.firstFrame - 1)
                return path.place(atFrame: max(0, min(Double(recording.frameCount - 1), frame)))?.horizontal
            }
            guard let start = place(0), let end = place(1) else { continue }
            let travel =
                Swift.stride(from: 0.1, to: 1, by: 0.1).compactMap(place).map { ($0 - start).length }.max() ?? 0
            guard travel > shortestTravel, (end - start).length < largestShare * travel else { return nil }
            guard let from = place(flatFrom), let to = place(flatTo) else { continue }
            velocities.append((to - from) * (1 / ((flatTo - flatFrom) * stride.strideTimeSeconds)))
        }
        guard !velocities.isEmpty else { return nil }
        return Belt(velocity: velocities.reduce(.zero, +) * (1 / Double(velocities.count)))
    }
}
