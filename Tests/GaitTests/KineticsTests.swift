// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gait

/// Moments and powers against those that Vicon Plug-in Gait stored, on steps with one foot whole on one plate.
@Suite("Joint moments and powers against the vendor's", .enabled(if: SharedRecordings.arePresent))
struct KineticsTests {
    @Test("Moments within 0.05 N·m/kg, powers within 0.1 W/kg", arguments: SharedRecordings.trials)
    func vendor(trial: String) throws {
        let analysis = try AngleTests.analysis(trial) { $0 }
        let kinetics = try #require(analysis.document.kinetics)
        let reference = try Reference(trial, file: "kinetics.csv")
        for (letter, own) in [("L", kinetics.left), ("R", kinetics.right)] {
            guard let own else { continue }
            let joints = [("Hip", own.hip), ("Knee", own.knee), ("Ankle", own.ankle)]
            for (name, joint) in joints {
                let moments = [
                    ("x", joint.flexionMoment), ("y", joint.adductionMoment), ("z", joint.rotationMoment),
                ]
                for (axis, values) in moments {
                    let expected = reference["\(letter)\(name)Moment_\(axis)"].map { $0.map { $0 / 1000 } }
                    let error = Self.stanceError(values, expected, own)
                    #expect(error <= 0.05, "\(trial) \(letter) \(name) moment \(axis): \(error) N·m/kg")
                }
                let power = Self.stanceError(joint.power, reference["\(letter)\(name)Power_z"], own)
                #expect(power <= 0.1, "\(trial) \(letter) \(name) power: \(power) W/kg")
            }
        }
    }

    @Test("A walk turned in the laboratory has the same moments")
    func turned() throws {
        let straight = try #require(try AngleTests.analysis("adult_pig") { $0 }.document.kinetics?.left)
        let turned = try #require(
            try AngleTests.analysis("adult_pig") { recording in
                var recording = recording.turned(quarters: 1)
                recording.forcePlates = recording.forcePlates.map { plate in
                    var plate = plate
                    plate.corners = plate.corners.map { Vector3(-$0.y, $0.x, $0.z) }
                    return plate
                }
                return recording
            }.document.kinetics?.left)
        let error = AngleTests.rootMeanSquare(turned.hip.flexionMoment, straight.hip.flexionMoment)
        #expect(error < 1e-4)
    }

    /// Over the frames in which the foot bears weight.
    private static func stanceError(_ values: [Double?], _ expected: [Double?], _ own: JointKinetics) -> Double {
        let standing = own.groundReaction.vertical.map { ($0 ?? 0) > 0.2 }
        let masked = zip(values, standing).map { $1 ? $0 : nil }
        return AngleTests.rootMeanSquare(masked, expected)
    }
}

@Suite struct ForcePlateTests {
    /// The same push on a plate, written as each type of plate would, pushes the same.
    @Test("Plates of types 1 to 4 give the same force and moment", arguments: 1...4)
    func types(type: Int) throws {
        let corners = [Vector3(500, 400, 0), Vector3(500, 0, 0), Vector3(0, 0, 0), Vector3(0, 400, 0)]
        // In the plate's axes (z down): what the floor's push is there.
        let force = Vector3(30, -20, -700)
        let place = Vector3(60, -40, 0)
        let moment = place.cross(force) + Vector3(0, 0, 900)
        let depth = 40.0
        let (a, b) = (120.0, 200.0)
        let channels: [Double]
        let origin: Vector3
        switch type {
        case 1:
            (channels, origin) = ([force.x, force.y, force.z, place.x, place.y, 900], .zero)
        case 3:
            // About the sensors' plane, shared among four corners by the four sums that are known.
            let below = moment - Vector3(0, 0, depth).cross(force)
            let (m, n) = (below.x / b, below.y / a)
            let fz = force.z
            let shear = below.z / b
            channels = [
                (force.x - shear) / 2, (force.x + shear) / 2, force.y / 2, force.y / 2, (fz + m - n) / 4,
                (fz + m + n) / 4, (fz - m + n) / 4, (fz - m - n) / 4,
            ]
            origin = Vector3(a, b, depth)
        default:
            let below = moment - Vector3(0, 0, depth).cross(force)
            let values = [force.x, force.y, force.z, below.x, below.y, below.z]
            channels = type == 4 ? values.map { $0 / 2 } : values
            origin = Vector3(0, 0, -depth)
        }
        var recording = Recording(
            format: .c3d, pointRate: 100, firstFrame: 1, frameCount: 5, pointLabels: [], coordinates: [])
        recording.analogSamplesPerFrame = 4
        recording.analogLabels = channels.indices.map { "c\($0)" }
        recording.analog = (0..<20).flatMap { _ in channels.map { Float($0) } }
        let plate = ForcePlate(
            type: type, corners: corners, channels: Array(channels.indices),
            calibration: type == 4 ? (0..<36).map { $0 % 7 == 0 ? 2.0 : 0 } : [], origin: origin)
        let wrench = try #require(plate.wrenches(in: recording).first)
        #expect(abs(wrench.force.z - 700) < 0.01, "a standing foot is pushed up")
        // The push's line meets the floor where the foot is.
        let x = -wrench.moment.y / wrench.force.z
        let y = wrench.moment.x / wrench.force.z
        let axisX = (corners[0] + corners[3] - corners[1] - corners[2]).direction
        let axisY = (corners[0] + corners[1] - corners[2] - corners[3]).direction
        let known = Vector3(250, 200, 0) + axisX * place.x + axisY * place.y
        #expect(abs(x - known.x) < 0.1 && abs(y - known.y) < 0.1, "type \(type): \(x), \(y) instead of \(known)")
    }
}
