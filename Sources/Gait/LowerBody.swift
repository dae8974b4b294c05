// SPDX-License-Identifier: Apache-2.0

/// The pelvis and both legs in one frame: joint centres and segments' axes, as in Vicon's Plug-in Gait.
struct LowerBody {
    struct Pelvis {
        /// The middle of the anterior spines.
        var origin: Vector3
        var axes: Axes
        /// Between the anterior spines, millimetres.
        var width: Double
        /// From there to the middle of the posterior ones, or the sacrum.
        var depth: Double
    }

    struct Leg {
        var hip: Vector3
        var knee: Vector3
        var ankle: Vector3
        var femur: Axes
        /// The shank with its y along the knee's axis.
        var shank: Axes
        /// The shank with its y along the ankle's axis.
        var torsionedShank: Axes
        /// The foot as the markers give it, before the static trial's offsets.
        var markedFoot: Axes
    }

    /// The pelvis in one frame.
    static func pelvis(_ markers: LegMarkers, _ frame: Int) -> Pelvis {
        func at(_ path: [Vector3]) -> Vector3 { path.isEmpty ? .unseen : path[frame] }
        let left = at(markers.left.anteriorSpine)
        let right = at(markers.right.anteriorSpine)
        let origin = (left + right) * 0.5
        var back = (at(markers.left.posteriorSpine) + at(markers.right.posteriorSpine)) * 0.5
        if !back.isSeen { back = at(markers.sacrum) }
        let y = (left - right).direction
        let x = (origin - back).perpendicular(to: y).direction
        return Pelvis(
            origin: origin, axes: Axes(x: x, y: y, z: x.cross(y)), width: (left - right).length,
            depth: (origin - back).length)
    }

    /// One leg in one frame.
    static func leg(
        _ side: Side, _ markers: LegMarkers.Leg, _ frame: Int, _ pelvis: Pelvis, _ calibration: Calibration
    ) -> Leg {
        let offsets = calibration[side]
        let hip = pelvis.origin + pelvis.axes.laboratory(offsets.hipCentre)
        let kneeMarker = markers.knee.isEmpty ? .unseen : markers.knee[frame]
        let ankleMarker = markers.ankle[frame]
        let knee = JointCentres.chord(
            side: side, above: hip, marker: kneeMarker, wand: markers.thigh[frame], distance: offsets.kneeDistance,
            rotation: offsets.thighRotation)
        let ankle = JointCentres.chord(
            side: side, above: knee, marker: ankleMarker, wand: markers.shank[frame],
            distance: offsets.ankleDistance, rotation: offsets.shankRotation, abduction: offsets.ankleAbduction)
        return leg(
            side, hip: hip, knee: knee, ankle: ankle, kneeMarker: kneeMarker, ankleMarker: ankleMarker,
            toe: markers.toe[frame], tibialTorsion: offsets.tibialTorsion)
    }

    static func leg(
        _ side: Side, hip: Vector3, knee: Vector3, ankle: Vector3, kneeMarker: Vector3, ankleMarker: Vector3,
        toe: Vector3, tibialTorsion: Double
    ) -> Leg {
        let outwards: Double = side == .left ? 1 : -1
        let femur = Axes(z: hip - knee, near: (kneeMarker - knee) * outwards)
        let torsioned = Axes(z: knee - ankle, near: (ankleMarker - ankle) * outwards)
        let shank = tibialTorsion == 0 ? torsioned : torsioned.turned(aboutZ: outwards * tibialTorsion)
        return Leg(
            hip: hip, knee: knee, ankle: ankle, femur: femur, shank: shank, torsionedShank: torsioned,
            markedFoot: Axes(z: ankle - toe, near: shank.y))
    }
}
