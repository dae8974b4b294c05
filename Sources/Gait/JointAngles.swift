// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One leg's joint angles in degrees, one number for each frame; nil where a marker was not seen.
///
/// Signs as in Vicon's Plug-in Gait; each positive word is the variable's name: pelvis tilt anterior, obliquity this side
/// up, rotation this side forward; hip flexion, adduction, internal rotation; knee flexion, varus, internal rotation;
/// ankle dorsiflexion, inversion and rotation (Plug-in Gait's y and z columns); foot progression inwards.
/// Turns are Cardan angles y, x, z of the distal segment against the proximal one (the pelvis and the foot's progression
/// against the laboratory's axis nearest to the walk).
public struct JointAngles: Hashable, Sendable, Codable {
    /// One joint's three.
    public struct Pelvis: Hashable, Sendable, Codable {
        /// Anterior positive.
        public var tilt: [Double?]
        /// This side up positive.
        public var obliquity: [Double?]
        /// This side forward positive.
        public var rotation: [Double?]
    }

    /// The hip.
    public struct Hip: Hashable, Sendable, Codable {
        /// Flexion positive.
        public var flexion: [Double?]
        /// Adduction positive.
        public var adduction: [Double?]
        /// Internal positive.
        public var rotation: [Double?]
    }

    /// The knee.
    public struct Knee: Hashable, Sendable, Codable {
        /// Flexion positive.
        public var flexion: [Double?]
        /// Varus positive.
        public var varus: [Double?]
        /// Internal positive.
        public var rotation: [Double?]
    }

    /// The ankle.
    public struct Ankle: Hashable, Sendable, Codable {
        /// Dorsiflexion positive.
        public var dorsiflexion: [Double?]
        /// The y column of Plug-in Gait.
        public var inversion: [Double?]
        /// The z column of Plug-in Gait.
        public var rotation: [Double?]
    }

    /// The foot.
    public struct Foot: Hashable, Sendable, Codable {
        /// Against the line of the walk; inwards positive.
        public var progression: [Double?]
    }

    /// The pelvis, seen from this side.
    public var pelvis: Pelvis
    /// The hip.
    public var hip: Hip
    /// The knee.
    public var knee: Knee
    /// The ankle.
    public var ankle: Ankle
    /// The foot.
    public var foot: Foot

    init(frameCount: Int) {
        let empty = [Double?](repeating: nil, count: frameCount)
        pelvis = Pelvis(tilt: empty, obliquity: empty, rotation: empty)
        hip = Hip(flexion: empty, adduction: empty, rotation: empty)
        knee = Knee(flexion: empty, varus: empty, rotation: empty)
        ankle = Ankle(dorsiflexion: empty, inversion: empty, rotation: empty)
        foot = Foot(progression: empty)
    }
}

extension JointAngles {
    /// Fills one frame from the segments.
    mutating func set(
        _ frame: Int, side: Side, pelvis axes: Axes, leg: LowerBody.Leg, foot footAxes: Axes, progression: Axes,
        order: AnalysisOptions.PelvisOrder
    ) {
        let outwards: Double = side == .left ? 1 : -1
        let (tilt, obliquity, rotation): (Double, Double, Double)
        switch order {
        case .tiltObliquityRotation:
            let turns = progression.turnsYXZ(to: axes)
            (tilt, obliquity, rotation) = (turns.y, turns.x, turns.z)
        case .rotationObliquityTilt:
            let turns = progression.turnsZXY(to: axes)
            (tilt, obliquity, rotation) = (turns.y, turns.x, turns.z)
        }
        pelvis.tilt[frame] = Self.degrees(tilt)
        pelvis.obliquity[frame] = Self.degrees(outwards * obliquity)
        pelvis.rotation[frame] = Self.degrees(-outwards * rotation)
        let atHip = axes.turnsYXZ(to: leg.femur)
        hip.flexion[frame] = Self.degrees(-atHip.y)
        hip.adduction[frame] = Self.degrees(-outwards * atHip.x)
        hip.rotation[frame] = Self.degrees(-outwards * atHip.z)
        let atKnee = leg.femur.turnsYXZ(to: leg.shank)
        knee.flexion[frame] = Self.degrees(atKnee.y)
        knee.varus[frame] = Self.degrees(-outwards * atKnee.x)
        knee.rotation[frame] = Self.degrees(-outwards * atKnee.z)
        let atAnkle = leg.torsionedShank.turnsYXZ(to: footAxes)
        ankle.dorsiflexion[frame] = Self.degrees(-atAnkle.y - .pi / 2)
        ankle.inversion[frame] = Self.degrees(-outwards * atAnkle.z)
        ankle.rotation[frame] = Self.degrees(-outwards * atAnkle.x)
        foot.progression[frame] = Self.degrees(-outwards * progression.turnsYXZ(to: footAxes).x)
    }

    /// Degrees within half a turn of zero; nil of what is not a number.
    private static func degrees(_ radians: Double) -> Double? {
        guard radians.isFinite else { return nil }
        let degrees = radians * 180 / .pi
        if degrees > 180 { return degrees - 360 }
        return degrees < -180 ? degrees + 360 : degrees
    }
}
