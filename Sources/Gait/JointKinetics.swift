// SPDX-License-Identifier: Apache-2.0

/// One leg's joint moments and powers, one number for each frame; nil outside of clean steps on a force plate (and the
/// swings that follow them).
///
/// Moments are in newton metres per kilogram in the distal segment's axes, with the signs that Vicon's Plug-in Gait
/// stores: a positive flexion moment is the one that the floor's push would flex (at the ankle: dorsiflex) the joint
/// with, so that the muscles answer with extension. Powers are in watts per kilogram, generation positive.
public struct JointKinetics: Hashable, Sendable, Codable {
    /// One joint's curves.
    public struct Joint: Hashable, Sendable, Codable {
        /// About the flexion axis; at the ankle dorsiflexion positive.
        public var flexionMoment: [Double?]
        /// About the front-to-back axis: hip adduction, knee varus.
        public var adductionMoment: [Double?]
        /// About the long axis; internal positive.
        public var rotationMoment: [Double?]
        /// All three axes together.
        public var power: [Double?]
    }

    /// The hip.
    public var hip: Joint
    /// The knee.
    public var knee: Joint
    /// The ankle.
    public var ankle: Joint
    /// The floor's push on this foot in newtons per kilogram, in the laboratory's axes (z up).
    public var groundReaction: GroundReaction

    /// The three components of the floor's push.
    public struct GroundReaction: Hashable, Sendable, Codable {
        /// Along the walk, forwards positive.
        public var forward: [Double?]
        /// Across, to the left positive.
        public var leftward: [Double?]
        /// Upwards.
        public var vertical: [Double?]
    }

    /// Nil where no step of this foot was clean.
    init?(
        _ kinematics: Kinematics, side: Side, steps: [PlateEvents.Step], events: [GaitEvent], recording: Recording,
        toe: [Vector3], massKilograms: Double
    ) {
        let own = steps.filter { $0.side == side }
        guard !own.isEmpty else { return nil }
        let reaction = Self.reaction(own, side, events, recording)
        let dynamics = InverseDynamics(
            kinematics, side: side, reaction: reaction, toe: toe, massKilograms: massKilograms,
            rate: recording.pointRate)
        let outwards: Double = side == .left ? 1 : -1
        func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
        func joint(_ joint: InverseDynamics.Joint, flexionSign: Double) -> Joint {
            Joint(
                flexionMoment: joint.moment.map { finite(flexionSign * $0.y) },
                adductionMoment: joint.moment.map { finite(outwards * $0.x) },
                rotationMoment: joint.moment.map { finite(outwards * $0.z) }, power: joint.power.map(finite))
        }
        hip = joint(dynamics.hip, flexionSign: 1)
        knee = joint(dynamics.knee, flexionSign: -1)
        var foot = joint(dynamics.ankle, flexionSign: 1)
        // The foot's long axis points back to the heel: its z is the shank's x, as in Plug-in Gait's columns.
        foot.adductionMoment = dynamics.ankle.moment.map { finite(-outwards * $0.z) }
        foot.rotationMoment = dynamics.ankle.moment.map { finite(outwards * $0.x) }
        ankle = foot
        let axes = kinematics.progression
        func push(_ direction: Vector3) -> [Double?] {
            reaction.map { $0.map { $0.force.dot(direction) / massKilograms } }
        }
        groundReaction = GroundReaction(forward: push(axes.x), leftward: push(axes.y), vertical: push(axes.z))
    }

    /// The push on one foot: the plate's through each clean step, none through the swing that follows it.
    private static func reaction(
        _ steps: [PlateEvents.Step], _ side: Side, _ events: [GaitEvent], _ recording: Recording
    ) -> [Wrench?] {
        var reaction = [Wrench?](repeating: nil, count: recording.frameCount)
        for step in steps {
            let pushes = step.plate.wrenches(in: recording)
            guard pushes.count == recording.frameCount else { continue }
            let perFrame = recording.analogSamplesPerFrame
            // One frame more at both ends: a stride begins and ends at a strike, below the threshold still.
            let first = max(0, (step.samples.lowerBound + perFrame - 1) / perFrame - 1)
            let last = min(recording.frameCount - 1, (step.samples.upperBound - 1) / perFrame + 1)
            guard first <= last else { continue }
            for frame in first...last { reaction[frame] = pushes[frame] }
            let offTime = recording.startTimeSeconds + Double(step.samples.upperBound) / recording.analogRate
            let next = events.filter { $0.side == side && $0.kind == .footStrike && $0.timeSeconds > offTime }
                .map(\.timeSeconds).min()
            // Only a swing of an ordinary length: otherwise a strike is missing among the events.
            guard let next, next - offTime < 1 else { continue }
            let end = Int(((next - recording.startTimeSeconds) * recording.pointRate).rounded(.up)) + 1
            for frame in (last + 1)..<max(last + 1, min(recording.frameCount, end)) where reaction[frame] == nil {
                reaction[frame] = Wrench()
            }
        }
        return reaction
    }
}
