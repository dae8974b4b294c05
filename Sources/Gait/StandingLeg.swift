// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One leg in one frame of the standing trial, with what a knee alignment device or medial markers say of its axes.
///
/// The device's three markers stand at equal distances along three perpendicular directions from a corner, which takes
/// the place of the knee marker; its plane with the hip holds the knee's centre. A medial ankle marker gives the
/// ankle's axis: the centre lies on it, half an ankle's width (and the marker's radius) from the lateral one.
struct StandingLeg {
    let leg: LowerBody.Leg
    let thighRotation: Double
    let shankRotation: Double
    let tibialTorsion: Double
    let ankleAbduction: Double

    init(
        side: Side, markers: LegMarkers.Leg, frame: Int, hip: Vector3, offsets: Calibration.Leg, hasDevice: Bool,
        usesMedialKnee: Bool, usesMedialAnkle: Bool
    ) {
        let outwards: Double = side == .left ? 1 : -1
        let thigh = markers.thigh[frame]
        let shank = markers.shank[frame]
        let ankleMarker = markers.ankle[frame]
        var kneeMarker = markers.knee.isEmpty ? .unseen : markers.knee[frame]
        var knee: Vector3
        if hasDevice {
            let device = markers.device.map { $0[frame] }
            kneeMarker = Self.corner(device, hip: hip, ankle: ankleMarker)
            knee = JointCentres.chord(
                side: side, above: hip, marker: kneeMarker, wand: device[0], distance: offsets.kneeDistance)
        } else if usesMedialKnee {
            knee = kneeMarker + (markers.medialKnee[frame] - kneeMarker).direction * offsets.kneeDistance
        } else {
            knee = JointCentres.chord(
                side: side, above: hip, marker: kneeMarker, wand: thigh, distance: offsets.kneeDistance,
                rotation: offsets.thighRotation)
        }
        let femur = Axes(z: hip - knee, near: (kneeMarker - knee) * outwards)
        var ankle: Vector3
        var torsion = offsets.tibialTorsion
        if usesMedialAnkle {
            ankle = ankleMarker + (markers.medialAnkle[frame] - ankleMarker).direction * offsets.ankleDistance
            let z = (knee - ankle).direction
            let axis = ((ankleMarker - ankle) * outwards).perpendicular(to: z)
            let kneeAxis = femur.y.perpendicular(to: z)
            torsion = outwards * atan2(axis.cross(kneeAxis).dot(z), axis.dot(kneeAxis))
        } else if hasDevice || usesMedialKnee {
            // The ankle's axis is the knee's, turned by the measured torsion.
            ankle = JointCentres.chord(
                side: side, above: knee, marker: ankleMarker, wand: ankleMarker + femur.y * (1e6 * outwards),
                distance: offsets.ankleDistance, rotation: torsion)
        } else {
            ankle = JointCentres.chord(
                side: side, above: knee, marker: ankleMarker, wand: shank, distance: offsets.ankleDistance,
                rotation: offsets.shankRotation, abduction: offsets.ankleAbduction)
        }
        leg = LowerBody.leg(
            side, hip: hip, knee: knee, ankle: ankle, kneeMarker: kneeMarker, ankleMarker: ankleMarker,
            toe: markers.toe[frame], tibialTorsion: torsion)
        tibialTorsion = torsion
        thighRotation = outwards * Self.wandAngle(centre: knee, above: hip, marker: kneeMarker, wand: thigh)
        shankRotation = outwards * Self.wandAngle(centre: ankle, above: knee, marker: ankleMarker, wand: shank)
        let z = (knee - ankle).direction
        ankleAbduction = acos(max(-1, min(1, z.dot((ankleMarker - ankle).direction)))) - .pi / 2
    }

    /// The signed angle from marker to wand, seen along the segment at its lower joint's centre.
    private static func wandAngle(centre: Vector3, above: Vector3, marker: Vector3, wand: Vector3) -> Double {
        let axis = (above - centre).direction
        let first = (marker - centre).perpendicular(to: axis)
        let second = (wand - centre).perpendicular(to: axis)
        return atan2(first.cross(second).dot(axis), first.dot(second))
    }

    /// The corner of the device: of the two that three equal perpendicular arms allow, the one nearer to the leg.
    private static func corner(_ device: [Vector3], hip: Vector3, ankle: Vector3) -> Vector3 {
        let (a, b, c) = (device[0], device[1], device[2])
        let normal = (b - a).cross(c - a).direction
        let side = ((a - b).length + (b - c).length + (c - a).length) / 3
        let height = normal * (side / 6.0.squareRoot())
        let middle = (a + b + c) * (1 / 3)
        let line = (ankle - hip).direction
        let near = (middle + height - hip).perpendicular(to: line).length
        let far = (middle - height - hip).perpendicular(to: line).length
        return near < far ? middle + height : middle - height
    }
}
