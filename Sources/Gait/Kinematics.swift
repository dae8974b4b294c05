// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The movement of pelvis and legs through one trial: segments in each frame and the joint angles between them.
struct Kinematics {
    /// Each leg's segments in each frame.
    var legs: [Side: [LowerBody.Leg]] = [:]
    /// Each foot's axes with the static trial's offsets.
    var feet: [Side: [Axes]] = [:]
    var pelvis: [LowerBody.Pelvis] = []
    var angles: [Side: JointAngles] = [:]
    /// x along the walk: the laboratory's axis nearest to it.
    var progression = Axes.laboratory
    var calibration: Calibration

    init(_ markers: LegMarkers, _ calibration: Calibration, order: AnalysisOptions.PelvisOrder) {
        self.calibration = calibration
        pelvis = (0..<markers.frameCount).map { LowerBody.pelvis(markers, $0) }
        progression = Self.progression(pelvis)
        for side in Side.allCases {
            let own = markers[side]
            let offsets = calibration[side]
            var angles = JointAngles(frameCount: markers.frameCount)
            var legs: [LowerBody.Leg] = []
            var feet: [Axes] = []
            legs.reserveCapacity(markers.frameCount)
            feet.reserveCapacity(markers.frameCount)
            for frame in 0..<markers.frameCount {
                let leg = LowerBody.leg(side, own, frame, pelvis[frame], calibration)
                let foot = leg.markedFoot.turned(aboutY: offsets.footPlantar, thenX: offsets.footRotation)
                angles.set(
                    frame, side: side, pelvis: pelvis[frame].axes, leg: leg, foot: foot, progression: progression,
                    order: order)
                legs.append(leg)
                feet.append(foot)
            }
            self.legs[side] = legs
            self.feet[side] = feet
            self.angles[side] = angles
        }
    }

    /// How much a knee moves sideways over the trial: the variance of its varus.
    func varusSpread(_ side: Side) -> Double {
        let varus = angles[side]?.knee.varus.compactMap { $0 } ?? []
        guard let mean = varus.finiteMean else { return .infinity }
        return varus.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(varus.count)
    }

    /// Less travel than this is no walk: then the pelvis's own direction counts, millimetres.
    static let shortestTravel = 800.0

    /// The laboratory's horizontal axis nearest to the pelvis's travel; one for the whole trial, also when it turns.
    private static func progression(_ pelvis: [LowerBody.Pelvis]) -> Axes {
        guard let first = pelvis.first(where: { $0.origin.isSeen && $0.axes.x.isSeen }),
            let last = pelvis.last(where: { $0.origin.isSeen && $0.axes.x.isSeen })
        else { return .laboratory }
        let travel = (last.origin - first.origin).horizontal
        let way = travel.length >= shortestTravel ? travel : first.axes.x + last.axes.x
        let x = abs(way.x) >= abs(way.y) ? Vector3(way.x < 0 ? -1 : 1, 0, 0) : Vector3(0, way.y < 0 ? -1 : 1, 0)
        let z = Vector3(0, 0, 1)
        return Axes(x: x, y: z.cross(x), z: z)
    }
}
