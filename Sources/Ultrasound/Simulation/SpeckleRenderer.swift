// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Draws a ``SimulatedMuscle`` frame by frame: scatterers → complex echo → envelope → logarithm → 8 bits.
///
/// Each scatterer is laid into the columns around it by a cubic B-spline, with its Gaussian in depth; one pass of a
/// Gaussian across then gives the lateral width. The carrier is a phase that turns with depth, so that only baseband is
/// ever sampled.
struct SpeckleRenderer: Sendable {
    private let muscle: SimulatedMuscle
    private let truth: SimulatedTruth
    private let echoes: SimulatedEchoes
    private let axial: [Float], axialTaps: Int
    private let lateral: [Float]
    private let scale: Float
    private static let steps = 64

    init(_ muscle: SimulatedMuscle) {
        self.muscle = muscle
        truth = SimulatedTruth(muscle)
        echoes = SimulatedEchoes(truth)
        let widthOfSigma = 2 * (2 * log(2.0)).squareRoot()
        let sigmaY = max(muscle.axialResolutionMillimetres / widthOfSigma / muscle.millimetresPerPixelY, 0.4)
        let sigmaX = max(muscle.lateralResolutionMillimetres / widthOfSigma / muscle.millimetresPerPixelX, 0.7)
        let reach = Int((3.5 * sigmaY).rounded(.up))
        axialTaps = 2 * reach + 2
        var table: [Float] = []
        for step in 0..<Self.steps {
            let fraction = (Double(step) + 0.5) / Double(Self.steps)
            for tap in 0..<axialTaps {
                let distance = Double(tap - reach) - fraction
                table.append(Float(exp(-distance * distance / (2 * sigmaY * sigmaY))))
            }
        }
        axial = table
        let rest = (max(sigmaX * sigmaX - 1.0 / 3, 0.05)).squareRoot()
        let across = Int((3.5 * rest).rounded(.up))
        lateral = (-across...across).map {
            Float(exp(-Double($0 * $0) / (2 * rest * rest)) / (rest * (2 * .pi).squareRoot()))
        }
        // The mean power of muscle's echo: density × energy of the point spread function × power of a scatterer.
        let density = muscle.scatterersPerSquareMillimetre * muscle.millimetresPerPixelX * muscle.millimetresPerPixelY
        let energy = Double.pi.squareRoot() * sigmaY / (2 * Double.pi.squareRoot() * sigmaX)
        scale = Float(1 / (2 * density * energy).squareRoot())
    }

    /// All frames, drawn by all cores.
    func frames(_ progress: @Sendable (_ done: Int, _ of: Int) -> Void) -> [GreyImage] {
        let drawn = Mutex<[Int: GreyImage]>([:])
        DispatchQueue.concurrentPerform(iterations: muscle.frameCount) { index in
            let picture = frame(index)
            let done = drawn.withLock { pictures in
                pictures[index] = picture
                return pictures.count
            }
            progress(done, muscle.frameCount)
        }
        return drawn.withLock { pictures in
            (0..<muscle.frameCount).map {
                pictures[$0] ?? GreyImage(width: muscle.width, height: muscle.height, filledWith: 0)
            }
        }
    }

    /// One frame.
    func frame(_ index: Int) -> GreyImage {
        let margin = lateral.count / 2 + 2
        let columns = muscle.width + 2 * margin
        let pad = axialTaps + 2
        let rows = muscle.height + 2 * pad
        var real = [Float](repeating: 0, count: columns * rows)
        var imaginary = real
        splat(index, &real, &imaginary, columns: columns, rows: rows, margin: margin, pad: pad)
        return picture(index, real, imaginary, rows: rows, margin: margin, pad: pad)
    }

    private func splat(
        _ index: Int, _ real: inout [Float], _ imaginary: inout [Float], columns: Int, rows: Int, margin: Int, pad: Int
    ) {
        let motion = SimulatedTruth.Motion(truth, frame: index)
        let wave = 4 * Double.pi * muscle.centreFrequencyMegahertz / 1.540
        let exchanged =
            muscle.decorrelationAtPeak * truth.activation(frame: index)
            + muscle.decorrelationByDrift * Double(index) / Double(max(muscle.frameCount - 1, 1))
        let kept = mix(exchanged)
        let gone = mix(
            muscle.outOfPlane.map { Double(index - $0.firstFrame + 1) / Double(max($0.frames, 1)) } ?? 0)
        let bloodGain: Float = {
            guard let tear = muscle.tear, let gap = truth.gapMillimetres(frame: index) else { return 1 }
            return Float((gap / max(tear.restMillimetres, tear.peakMillimetres)).squareRoot())
        }()
        let perX = 1 / muscle.millimetresPerPixelX, perY = 1 / muscle.millimetresPerPixelY
        let taps = axialTaps, reach = (axialTaps - 2) / 2
        for item in echoes.x.indices {
            let kind = echoes.tissue[item]
            let place = motion.move(Double(echoes.x[item]), Double(echoes.y[item]), kind)
            let column = place.x * perX, row = place.y * perY
            let firstColumn = Int(column.rounded(.down)) - 1 + margin
            let wholeRow = Int(row.rounded(.down))
            let firstRow = wholeRow - reach + pad
            guard firstColumn >= 0, firstColumn + 3 < columns, firstRow >= 0, firstRow + taps <= rows else { continue }
            let share = echoes.leavesPlane[item] ? gone : kept
            var re = share.0 * echoes.real[item] + share.1 * echoes.otherReal[item]
            var im = share.0 * echoes.imaginary[item] + share.1 * echoes.otherImaginary[item]
            if kind == .haematoma {
                re *= bloodGain
                im *= bloodGain
            }
            let angle = -wave * place.y
            let c = Float(cos(angle)), s = Float(sin(angle))
            (re, im) = (re * c - im * s, re * s + im * c)
            let u = Float(column - column.rounded(.down)), v = 1 - u
            let spline = SIMD4<Float>(
                v * v * v / 6, (4 - 6 * u * u + 3 * u * u * u) / 6, (4 - 6 * v * v + 3 * v * v * v) / 6, u * u * u / 6)
            let table = min(Int((row - row.rounded(.down)) * Double(Self.steps)), Self.steps - 1) * taps
            for lane in 0..<4 {
                let wr = re * spline[lane], wi = im * spline[lane]
                let start = (firstColumn + lane) * rows + firstRow
                for tap in 0..<taps {
                    let weight = axial[table + tap]
                    real[start + tap] += wr * weight
                    imaginary[start + tap] += wi * weight
                }
            }
        }
    }

    /// Shares of the first and the second strength that keep the power.
    private func mix(_ exchanged: Double) -> (Float, Float) {
        let part = min(max(exchanged, 0), 1)
        return (Float((1 - part).squareRoot()), Float(part.squareRoot()))
    }

    private func picture(
        _ index: Int, _ real: [Float], _ imaginary: [Float], rows: Int, margin: Int, pad: Int
    ) -> GreyImage {
        let width = muscle.width, height = muscle.height, half = lateral.count / 2
        var image = GreyImage(width: width, height: height, filledWith: 0)
        var random = SeededGenerator(seed: muscle.seed &* 7919 &+ UInt64(index) &+ 1)
        let noise = Self.noise(seed: muscle.seed)
        let level = Float(pow(10, muscle.noiseDecibels / 20) / 2.0.squareRoot())
        let perDecibel = 255 / muscle.dynamicRangeDecibels
        let part = Double(index) / Double(max(muscle.frameCount - 1, 1))
        let base = Float(muscle.muscleGrey + perDecibel * muscle.gainChangeDecibels * sin(.pi * part))
        let slope = Float(perDecibel * 10 / log(10.0))
        var lineReal = [Float](repeating: 0, count: height), lineImaginary = lineReal
        for column in 0..<width {
            for row in 0..<height {
                lineReal[row] = 0
                lineImaginary[row] = 0
            }
            for tap in 0..<lateral.count {
                let weight = lateral[tap] * scale
                let start = (column + margin + tap - half) * rows + pad
                for row in 0..<height {
                    lineReal[row] += weight * real[start + row]
                    lineImaginary[row] += weight * imaginary[start + row]
                }
            }
            let dark = shadowRow(column: column)
            var from = Int(random.next() % UInt64(noise.count))
            for row in 0..<height {
                let gain: Float = row >= dark.row ? dark.gain : 1
                let re = lineReal[row] * gain + level * noise[from]
                let im = lineImaginary[row] * gain + level * noise[(from + 4099) & (noise.count - 1)]
                from = (from + 1) & (noise.count - 1)
                let grey = base + slope * logf(re * re + im * im + 1e-12)
                image.pixels[row * width + column] = UInt8(min(max(grey.rounded(), 0), 255))
            }
        }
        return image
    }

    private func shadowRow(column: Int) -> (row: Int, gain: Float) {
        let x = Double(column) * muscle.millimetresPerPixelX
        guard let shadow = muscle.shadow, x >= shadow.fromMillimetres, x <= shadow.toMillimetres else {
            return (.max, 1)
        }
        return (Int(shadow.belowMillimetres / muscle.millimetresPerPixelY), Float(pow(10, -shadow.decibels / 20)))
    }

    /// A long row of normal numbers, read from a new place in every column: as good as new ones, and far quicker.
    private static func noise(seed: UInt64) -> [Float] {
        var random = SeededGenerator(seed: seed &+ 0xA015E)
        var numbers: [Float] = []
        numbers.reserveCapacity(1 << 16)
        while numbers.count < 1 << 16 {
            let pair = random.normalPair()
            numbers.append(Float(pair.0))
            numbers.append(Float(pair.1))
        }
        return numbers
    }
}

extension SimulatedMuscle {
    /// The loop that the probe sees, drawn by all cores; memory is one byte for each pixel of each frame.
    ///
    /// - Parameter progress: frames done, of how many; called on any thread.
    public func loop(progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }) -> CineLoop {
        let frames = SpeckleRenderer(self).frames(progress)
        let spacing = PixelSpacing(x: millimetresPerPixelX, y: millimetresPerPixelY)
        let rate = frameRate.isFinite && frameRate > 0 ? frameRate : 30
        if let loop = try? CineLoop(frames: frames, frameRate: rate, millimetresPerPixel: spacing) { return loop }
        return CineLoop(single: GreyImage(width: width, height: height, filledWith: 0))
    }
}
