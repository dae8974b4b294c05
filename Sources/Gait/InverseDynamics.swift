// SPDX-License-Identifier: Apache-2.0

/// Moments and powers at ankle, knee and hip of one leg, from the ground upwards (Newton and Euler).
///
/// Segments' masses, centres and radii of gyration are Winter's (Biomechanics and Motor Control of Human Movement): foot
/// 0.0145, shank 0.0465, thigh 0.1 of the body's mass; 0.690, 0.528, 0.540 of the length, which are his radii about the
/// proximal end, because with these the results are Plug-in Gait's; the foot is a third longer than from ankle to toe
/// marker; no inertia about the long axis. Accelerations are central differences over one frame, angular velocities of
/// the joints over two. Against Plug-in Gait on five trials (nine legs): root mean square at most 0.03 N·m/kg.
struct InverseDynamics {
    /// Of one joint, one number for each frame; not-a-number where it can't be known.
    struct Joint {
        /// In the distal segment's axes, newton metres per kilogram.
        var moment: [Vector3]
        /// Watts per kilogram.
        var power: [Double]
    }

    private struct Segment {
        var axes: [Axes]
        var centre: [Vector3]
        var proximal: [Vector3]
        var massFraction: Double
        var gyration: Double
    }

    var ankle: Joint
    var knee: Joint
    var hip: Joint

    private static let gravity = Vector3(0, 0, -9.81)

    /// - Parameter reaction: the floor's push on this foot in each frame; nil where it is not known.
    init(_ kinematics: Kinematics, side: Side, reaction: [Wrench?], toe: [Vector3], massKilograms: Double, rate: Double)
    {
        let legs = kinematics.legs[side] ?? []
        let feet = kinematics.feet[side] ?? []
        let ankles = legs.map(\.ankle)
        let knees = legs.map(\.knee)
        let hips = legs.map(\.hip)
        func between(_ a: [Vector3], _ b: [Vector3], _ part: Double) -> [Vector3] {
            zip(a, b).map { $0 + ($1 - $0) * part }
        }
        func length(_ a: [Vector3], _ b: [Vector3]) -> Double { zip(a, b).map { ($0 - $1).length }.finiteMean ?? .nan }
        let segments = [
            Segment(
                axes: feet, centre: between(ankles, toe, 2.0 / 3), proximal: ankles, massFraction: 0.0145,
                gyration: 0.69 * 4 / 3 * length(ankles, toe)),
            Segment(
                axes: legs.map(\.shank), centre: between(knees, ankles, 0.433), proximal: knees, massFraction: 0.0465,
                gyration: 0.528 * length(knees, ankles)),
            Segment(
                axes: legs.map(\.femur), centre: between(hips, knees, 0.433), proximal: hips, massFraction: 0.1,
                gyration: 0.54 * length(hips, knees)),
        ]
        var below = reaction
        var joints: [Joint] = []
        let parents = [legs.map(\.shank), legs.map(\.femur), kinematics.pelvis.map(\.axes)]
        for (segment, parent) in zip(segments, parents) {
            let joint: Joint
            (joint, below) = Self.joint(segment, parent: parent, below: below, massKilograms, rate)
            joints.append(joint)
        }
        (ankle, knee, hip) = (joints[0], joints[1], joints[2])
    }

    private static func joint(
        _ segment: Segment, parent: [Axes], below: [Wrench?], _ bodyMass: Double, _ rate: Double
    ) -> (Joint, [Wrench?]) {
        let count = segment.axes.count
        let mass = segment.massFraction * bodyMass
        let inertia = mass * segment.gyration * segment.gyration
        let spin = angularVelocity(segment.axes, rate, step: 1)
        // Kilogram millimetres² a second; the long axis carries none.
        let momentum = zip(segment.axes, spin).map { axes, spin in
            (axes.x * spin.dot(axes.x) + axes.y * spin.dot(axes.y)) * inertia
        }
        let own = angularVelocity(segment.axes, rate, step: 2)
        let parents = angularVelocity(parent, rate, step: 2)
        var joint = Joint(
            moment: [Vector3](repeating: .unseen, count: count), power: [Double](repeating: .nan, count: count))
        var above = [Wrench?](repeating: nil, count: count)
        for frame in 1..<max(1, count - 1) {
            guard let push = below[frame] else { continue }
            let next = segment.centre[frame + 1]
            let last = segment.centre[frame - 1]
            let acceleration = (next - segment.centre[frame] * 2 + last) * (rate * rate / 1000)
            let change = (momentum[frame + 1] - momentum[frame - 1]) * (rate / 2 / 1000)
            let force = (acceleration - gravity) * mass
            let total = segment.centre[frame].cross(force) + change - push.moment
            let atJoint = force - push.force
            let moment = total - segment.proximal[frame].cross(atJoint)
            // What the proximal segment does to this one, per kilogram of body mass, in newton metres.
            let internalMoment = moment * (1 / (1000 * bodyMass))
            joint.moment[frame] = segment.axes[frame].local(internalMoment)
            joint.power[frame] = internalMoment.dot(own[frame] - parents[frame])
            above[frame] = Wrench(force: atJoint * -1, moment: total * -1)
        }
        return (joint, above)
    }

    /// Radians a second in the laboratory's axes, by central differences over so many frames to either side.
    private static func angularVelocity(_ axes: [Axes], _ rate: Double, step: Int) -> [Vector3] {
        var result = [Vector3](repeating: .unseen, count: axes.count)
        guard axes.count > 2 * step else { return result }
        for frame in step..<(axes.count - step) {
            let (a, now, b) = (axes[frame - step], axes[frame], axes[frame + step])
            let scale = rate / (4 * Double(step))
            // ω = ½ Σ e × ė over the three axes.
            result[frame] =
                (now.x.cross(b.x - a.x) + now.y.cross(b.y - a.y) + now.z.cross(b.z - a.z)) * scale
        }
        return result
    }
}
