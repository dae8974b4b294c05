// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One foot of the simulated walker as a rod from heel to toe that rolls over both ends.
struct SimulatedFoot {
    let walker: SimulatedWalker
    /// From heel marker to toe marker.
    let lengthMillimetres = 190.0
    /// Of both markers in a flat foot.
    let markerHeightMillimetres = 40.0

    init(_ walker: SimulatedWalker) { self.walker = walker }

    private let pitchAtStrike = 18.0 * Double.pi / 180
    private let pitchAtOff = -55.0 * Double.pi / 180

    /// Heel and toe at a time, seconds from the first frame.
    func place(_ side: Side, at time: Double) -> (heel: Vector3, toe: Vector3, pitch: Double) {
        let stride = walker.strideTimeSeconds
        // Steps of one side are every second one; the right ones are even.
        let offset = side == .right ? 0 : 1
        let cycle = ((time - walker.strikeTime(ofStep: offset)) / stride).rounded(.down)
        let step = offset + 2 * Int(cycle)
        let phase = (time - walker.strikeTime(ofStep: step)) / stride
        let across = (side == .left ? 500 : -500) * walker.stepWidthMetres
        let along = walker.heelPosition(ofStep: step)
        if phase < walker.stanceFraction {
            return stance(phase / walker.stanceFraction, along: along, across: across)
        }
        let part = (phase - walker.stanceFraction) / (1 - walker.stanceFraction)
        return swing(part, along: along, across: across)
    }

    private func rod(
        heel: Vector3, pitch: Double
    ) -> (heel: Vector3, toe: Vector3, pitch: Double) {
        let toe = heel + Vector3(lengthMillimetres * cos(pitch), 0, lengthMillimetres * sin(pitch))
        return (heel, toe, pitch)
    }

    /// Heel rocker to 12 %, flat to 60 %, then up over the toe, ever faster.
    private func stance(
        _ part: Double, along: Double, across: Double
    ) -> (heel: Vector3, toe: Vector3, pitch: Double) {
        let heel = Vector3(along, across, markerHeightMillimetres)
        if part < 0.12 { return rod(heel: heel, pitch: pitchAtStrike * (1 - part / 0.12)) }
        if part < 0.6 { return rod(heel: heel, pitch: 0) }
        let rise = (part - 0.6) / 0.4
        let pitch = pitchAtOff * rise * rise
        let toe = heel + Vector3(lengthMillimetres, 0, 0)
        let lifted = toe - Vector3(lengthMillimetres * cos(pitch), 0, lengthMillimetres * sin(pitch))
        return rod(heel: lifted, pitch: pitch)
    }

    /// The heel flies on a smooth curve that leaves with the speed of the push-off and lands with 0.6 m/s.
    private func swing(
        _ part: Double, along: Double, across: Double
    ) -> (heel: Vector3, toe: Vector3, pitch: Double) {
        let from = stance(1, along: along, across: across).heel
        let target = along + 1000 * walker.strideLengthMetres
        let duration = (1 - walker.stanceFraction) * walker.strideTimeSeconds
        let leave = 900.0 * duration
        let land = 600.0 * duration
        let square = part * part
        let cube = square * part
        let x =
            (2 * cube - 3 * square + 1) * from.x + (cube - 2 * square + part) * leave
            + (3 * square - 2 * cube) * target + (cube - square) * land
        let smooth = square * (3 - 2 * part)
        let lift = 250.0 * part * (1 - part) * (1 - part)
        let height = from.z + (markerHeightMillimetres - from.z) * smooth + lift
        let pitch = pitchAtOff + (pitchAtStrike - pitchAtOff) * (1 - (1 - part) * (1 - part))
        return rod(heel: Vector3(x, across, height), pitch: pitch)
    }
}

/// The simulated walker's markers: the Plug-in Gait lower body and a few of the trunk.
struct SimulatedBody {
    let walker: SimulatedWalker
    private let foot: SimulatedFoot
    private let thigh = 420.0
    private let shank = 420.0

    init(_ walker: SimulatedWalker) {
        self.walker = walker
        foot = SimulatedFoot(walker)
    }

    var markerNames: [String] {
        let back = walker.hasSacrumMarker ? ["SACR"] : ["LPSI", "RPSI"]
        let sides = Side.allCases.flatMap { side in
            ["THI", "KNE", "TIB", "ANK", "HEE", "TOE"].map { (side == .left ? "L" : "R") + $0 }
        }
        return ["LASI", "RASI"] + back + sides + ["C7", "CLAV", "LSHO", "RSHO"]
    }

    /// All markers at a time in the order of their names, millimetres.
    func markers(at time: Double) -> [Vector3] {
        let stride = walker.strideTimeSeconds
        let phase = 2 * Double.pi * (time - walker.leadSeconds) / stride
        let forward = 1000 * walker.speedMetresPerSecond * (time - walker.leadSeconds) - 60
        // Lowest while both feet are on the floor, highest over the standing leg.
        let height = 946 - 20 * cos(2 * (phase - 0.1 * .pi))
        return markers(pelvis: Vector3(forward, 15 * sin(phase), height)) {
            foot.place($0, at: time)
        }
    }

    /// All markers of the same person standing still, both feet flat and side by side.
    func standingMarkers() -> [Vector3] {
        markers(pelvis: Vector3(40, 0, 978)) { side in
            let heel = Vector3(
                0, (side == .left ? 500 : -500) * walker.stepWidthMetres, foot.markerHeightMillimetres)
            return (heel, heel + Vector3(foot.lengthMillimetres, 0, 0), 0)
        }
    }

    private func markers(
        pelvis: Vector3, foot: (Side) -> (heel: Vector3, toe: Vector3, pitch: Double)
    ) -> [Vector3] {
        var places = [pelvis + Vector3(90, 125, 0), pelvis + Vector3(90, -125, 0)]
        places +=
            walker.hasSacrumMarker
            ? [pelvis + Vector3(-80, 0, 10)] : [pelvis + Vector3(-80, 45, 10), pelvis + Vector3(-80, -45, 10)]
        for side in Side.allCases {
            let outwards: Double = side == .left ? 1 : -1
            let hip = pelvis + Vector3(30, outwards * 85, -60)
            let (heel, toe, pitch) = foot(side)
            let ankle = heel + Vector3(45 * cos(pitch) - 45 * sin(pitch), 0, 45 * sin(pitch) + 45 * cos(pitch))
            let knee = kneeCentre(hip, ankle)
            let lateral = Vector3(0, outwards * 50, 0)
            places.append((hip + knee) * 0.5 + lateral + Vector3(0, outwards * 20, 0))
            places.append(knee + lateral)
            places.append((knee + ankle) * 0.5 + lateral)
            places.append(ankle + Vector3(0, outwards * 40, 0))
            places += [heel, toe]
        }
        let trunk = pelvis + Vector3(0, 0, 480)
        places += [trunk + Vector3(-60, 0, 40), trunk + Vector3(60, 0, -30)]
        return places + [trunk + Vector3(0, 180, 0), trunk + Vector3(0, -180, 0)]
    }

    /// Where thigh and shank meet, bent forwards; a straight leg where the ankle is out of reach.
    private func kneeCentre(_ hip: Vector3, _ ankle: Vector3) -> Vector3 {
        let leg = ankle - hip
        let reach = min(leg.length, thigh + shank)
        let along = reach / 2
        let bend = max(0, thigh * thigh - along * along).squareRoot()
        let direction = leg.unit ?? Vector3(0, 0, -1)
        let front = Vector3(-direction.z, 0, direction.x)
        return hip + direction * (leg.length / 2) + front * bend
    }
}
