// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What is true of a ``SimulatedMuscle``: which tissue is where at rest, and where it goes.
public struct SimulatedTruth: Sendable {
    /// A kind of tissue that moves as one.
    public enum Tissue: String, Hashable, Sendable, CaseIterable {
        /// Skin and fat above the upper sheath, and the sheath itself.
        case above
        /// Muscle without a tear.
        case muscle
        /// The torn end on the left.
        case leftStump
        /// The torn end on the right.
        case rightStump
        /// Blood between the ends.
        case haematoma
        /// The lower sheath and everything below.
        case below
    }

    let muscle: SimulatedMuscle
    private let phases: [Double]

    init(_ muscle: SimulatedMuscle) {
        self.muscle = muscle
        var random = SeededGenerator(seed: muscle.seed &+ 0x5EED)
        phases = (0..<8).map { _ in random.uniform(0, 2 * .pi) }
    }

    private func part(_ frame: Int) -> Double {
        Double(frame) / Double(max(muscle.frameCount, 1))
    }

    /// From 0 at rest to 1 at full contraction.
    public func activation(frame: Int) -> Double {
        muscle.contraction.activation(at: part(frame))
    }

    /// The distance between the torn ends in a frame, in millimetres; nothing for a healthy muscle.
    public func gapMillimetres(frame: Int) -> Double? {
        guard let tear = muscle.tear else { return nil }
        return tear.restMillimetres + (tear.peakMillimetres - tear.restMillimetres) * activation(frame: frame)
    }

    /// The area of blood between the ends in a frame, in square millimetres; nothing for a healthy muscle.
    public func haematomaSquareMillimetres(frame: Int) -> Double? {
        guard let gap = gapMillimetres(frame: frame) else { return nil }
        let top = musclesTop, bottom = musclesBottom
        guard bottom > top else { return nil }
        return gap * (bottom - top) * (1 + muscle.strainAcross * activation(frame: frame))
    }

    /// Depths between which there is muscle at rest, in millimetres.
    var musclesTop: Double { muscle.sheaths.map { $0.upperMillimetres + $0.thicknessMillimetres / 2 } ?? -1e3 }
    var musclesBottom: Double { muscle.sheaths.map { $0.lowerMillimetres - $0.thicknessMillimetres / 2 } ?? 1e3 }

    /// How far the face of a stump is off the straight line at a depth at rest, in millimetres.
    func faceOffset(atDepth y: Double) -> Double {
        guard let tear = muscle.tear else { return 0 }
        return tear.roughnessMillimetres
            * (0.6 * sin(2 * .pi * y / 9.0 + phases[0]) + 0.4 * sin(2 * .pi * y / 4.1 + phases[1]))
    }

    /// The tissue at a place in millimetres at rest.
    func tissue(xMillimetres x: Double, yMillimetres y: Double) -> Tissue {
        if y < musclesTop { return .above }
        if y > musclesBottom { return .below }
        guard let tear = muscle.tear else { return .muscle }
        let offset = x - tear.centreMillimetres - faceOffset(atDepth: y)
        if offset < -tear.restMillimetres / 2 { return .leftStump }
        return offset > tear.restMillimetres / 2 ? .rightStump : .haematoma
    }

    /// The tissue at a pixel at rest.
    public func tissue(atRestX x: Double, y: Double) -> Tissue {
        tissue(xMillimetres: x * muscle.millimetresPerPixelX, yMillimetres: y * muscle.millimetresPerPixelY)
    }

    /// Where the tissue that is at a pixel at rest is in a frame, in pixels.
    public func position(ofRestX x: Double, y: Double, frame: Int) -> (x: Double, y: Double) {
        let xMillimetres = x * muscle.millimetresPerPixelX
        let yMillimetres = y * muscle.millimetresPerPixelY
        let motion = Motion(self, frame: frame)
        let moved = motion.move(
            xMillimetres, yMillimetres, tissue(xMillimetres: xMillimetres, yMillimetres: yMillimetres))
        return (moved.x / muscle.millimetresPerPixelX, moved.y / muscle.millimetresPerPixelY)
    }

    /// Everything about the movement from rest to one frame, worked out once.
    struct Motion {
        private let along: Double, across: Double, cosine: Double, sine: Double
        private let slide: Double, probeX: Double, probeY: Double
        private let centreX: Double, centreY: Double, top: Double, bottom: Double
        private let opening: Double, tearCentre: Double, gapScale: Double
        private let layered: Bool
        private let truth: SimulatedTruth

        init(_ truth: SimulatedTruth, frame: Int) {
            self.truth = truth
            let muscle = truth.muscle
            let activation = truth.activation(frame: frame)
            let part = truth.part(frame)
            along = 1 + muscle.strainAlong * activation
            across = 1 + muscle.strainAcross * activation
            let angle = muscle.rotationDegrees * activation * .pi / 180
            cosine = cos(angle)
            sine = sin(angle)
            slide = muscle.slideMillimetres * activation
            func wander(_ a: Double, _ b: Double, _ first: Int) -> Double {
                let now =
                    sin(2 * .pi * a * part + truth.phases[first]) + 0.4
                    * sin(2 * .pi * b * part + truth.phases[first + 1])
                let start = sin(truth.phases[first]) + 0.4 * sin(truth.phases[first + 1])
                return now - start
            }
            probeX = muscle.probeMotionXMillimetres * wander(1, 3, 2)
            probeY = muscle.probeMotionYMillimetres * wander(1, 2, 4)
            centreX = Double(muscle.width) * muscle.millimetresPerPixelX / 2
            centreY = Double(muscle.height) * muscle.millimetresPerPixelY / 2
            layered = muscle.sheaths != nil
            top = truth.musclesTop
            bottom = truth.musclesBottom
            let rest = muscle.tear?.restMillimetres ?? 0
            let gap = truth.gapMillimetres(frame: frame) ?? 0
            opening = gap - rest
            gapScale = rest > 0 ? gap / rest : 1
            tearCentre = muscle.tear?.centreMillimetres ?? 0
        }

        func move(_ x: Double, _ y: Double, _ tissue: Tissue) -> (x: Double, y: Double) {
            guard layered else {
                let dx = (x - centreX) * along, dy = (y - centreY) * across
                var shift = 0.0
                if tissue == .leftStump { shift = -opening / 2 }
                if tissue == .rightStump { shift = opening / 2 }
                return (
                    centreX + cosine * dx - sine * dy + slide + shift + probeX,
                    centreY + sine * dx + cosine * dy + probeY
                )
            }
            switch tissue {
            case .above: return (x + probeX, y + probeY)
            case .below: return (x + probeX, y + (bottom - top) * (across - 1) + probeY)
            case .muscle, .leftStump, .rightStump, .haematoma:
                let deeper = top + (y - top) * across + probeY
                var moved = centreX + (x - centreX) * along + slide + probeX
                if tissue == .leftStump { moved -= opening / 2 }
                if tissue == .rightStump { moved += opening / 2 }
                if tissue == .haematoma { moved += (x - tearCentre - truth.faceOffset(atDepth: y)) * (gapScale - 1) }
                return (moved, deeper)
            }
        }
    }
}
