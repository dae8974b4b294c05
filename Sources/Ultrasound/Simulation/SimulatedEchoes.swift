// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The scatterers of a ``SimulatedMuscle`` at rest: places, complex strengths, and the strengths that they are exchanged for.
struct SimulatedEchoes: Sendable {
    private(set) var x: [Float] = [], y: [Float] = []
    private(set) var real: [Float] = [], imaginary: [Float] = []
    private(set) var otherReal: [Float] = [], otherImaginary: [Float] = []
    private(set) var tissue: [SimulatedTruth.Tissue] = []
    private(set) var leavesPlane: [Bool] = []

    init(_ truth: SimulatedTruth) {
        let muscle = truth.muscle
        let width = Double(muscle.width) * muscle.millimetresPerPixelX
        let height = Double(muscle.height) * muscle.millimetresPerPixelY
        var random = SeededGenerator(seed: muscle.seed)
        let strains = max(abs(muscle.strainAlong), abs(muscle.strainAcross)) + abs(muscle.rotationDegrees) / 57
        let marginX = 2 + strains * width + abs(muscle.slideMillimetres) + 3 * muscle.probeMotionXMillimetres
        let marginY = 2 + strains * height + 3 * muscle.probeMotionYMillimetres
        let streaks = Streaks(decibels: muscle.streaksDecibels, random: &random)
        let left = -marginX, right = width + marginX, top = -marginY, bottom = height + marginY
        let count = Int(muscle.scatterersPerSquareMillimetre * (right - left) * (bottom - top))
        reserve(count + count / 4)
        for _ in 0..<count {
            let px = random.uniform(left, right), py = random.uniform(top, bottom)
            let kind = truth.tissue(xMillimetres: px, yMillimetres: py)
            if kind == .haematoma { continue }
            var gain = streaks.gain(px, py)
            if let sheaths = muscle.sheaths {
                let nearest = min(abs(py - sheaths.upperMillimetres), abs(py - sheaths.lowerMillimetres))
                if nearest < sheaths.thicknessMillimetres / 2 { gain *= 4 }
                if kind == .below { gain *= 0.7 }
            }
            add(px, py, gain, kind, &random)
        }
        if let tear = muscle.tear { fill(tear, truth, &random) }
        if let disc = muscle.outOfPlane {
            leavesPlane = x.indices.map { index in
                let dx = Double(x[index]) - disc.xMillimetres, dy = Double(y[index]) - disc.yMillimetres
                return dx * dx + dy * dy < disc.radiusMillimetres * disc.radiusMillimetres
            }
        } else {
            leavesPlane = [Bool](repeating: false, count: x.count)
        }
    }

    /// Blood, dense enough for the gap at its widest: its scatterers stand closer at rest, and are drawn weaker there.
    private mutating func fill(_ tear: SimulatedMuscle.Tear, _ truth: SimulatedTruth, _ random: inout SeededGenerator) {
        let muscle = truth.muscle
        let bottom = min(truth.musclesBottom, Double(muscle.height) * muscle.millimetresPerPixelY + 2)
        let top = max(truth.musclesTop, -2)
        guard bottom > top, tear.restMillimetres > 0 else { return }
        let gain = pow(10, tear.haematomaDecibels / 20)
        let widest = max(tear.restMillimetres, tear.peakMillimetres)
        for _ in 0..<Int(muscle.scatterersPerSquareMillimetre * widest * (bottom - top)) {
            let py = random.uniform(top, bottom)
            let px =
                tear.centreMillimetres + truth.faceOffset(atDepth: py)
                + random.uniform(-0.5, 0.5) * tear.restMillimetres
            add(px, py, gain, .haematoma, &random)
        }
    }

    private mutating func reserve(_ count: Int) {
        x.reserveCapacity(count)
        y.reserveCapacity(count)
        real.reserveCapacity(count)
        imaginary.reserveCapacity(count)
        otherReal.reserveCapacity(count)
        otherImaginary.reserveCapacity(count)
        tissue.reserveCapacity(count)
    }

    private mutating func add(
        _ px: Double, _ py: Double, _ gain: Double, _ kind: SimulatedTruth.Tissue, _ random: inout SeededGenerator
    ) {
        x.append(Float(px))
        y.append(Float(py))
        let first = random.normalPair(), second = random.normalPair()
        real.append(Float(gain * first.0))
        imaginary.append(Float(gain * first.1))
        otherReal.append(Float(gain * second.0))
        otherImaginary.append(Float(gain * second.1))
        tissue.append(kind)
    }
}

/// Streaks along the fibres, as perimysium makes them: a sum of waves that are long along x and short in depth.
private struct Streaks {
    private let waves: [(kx: Double, ky: Double, phase: Double)]
    private let amplitude: Double

    init(decibels: Double, random: inout SeededGenerator) {
        guard decibels > 0 else {
            waves = []
            amplitude = 0
            return
        }
        waves = (0..<10).map { _ in
            let depth = random.uniform(0.8, 3.0)
            let ky = 2 * Double.pi / depth
            return (ky * random.uniform(-0.25, 0.05) + random.uniform(-0.15, 0.15), ky, random.uniform(0, 2 * .pi))
        }
        amplitude = decibels / 20 * log(10.0) / (Double(waves.count) / 2).squareRoot()
    }

    func gain(_ x: Double, _ y: Double) -> Double {
        guard amplitude > 0 else { return 1 }
        var sum = 0.0
        for wave in waves { sum += sin(wave.kx * x + wave.ky * y + wave.phase) }
        return exp(amplitude * sum)
    }
}
