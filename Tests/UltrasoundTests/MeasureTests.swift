// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

/// Speckle on a computer: the amplitude of complex Gaussian noise, smoothed by the point spread, compressed to 60 dB.
enum Speckle {
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        mutating func normal() -> Double {
            let a = Double(next() >> 11) / Double(1 << 53) + 1e-300
            let b = Double(next() >> 11) / Double(1 << 53)
            return (-2 * log(a)).squareRoot() * cos(2 * .pi * b)
        }
    }

    static func picture(_ width: Int, _ height: Int, seed: UInt64, decibels: (Int, Int) -> Double) -> GreyImage {
        var random = Random(state: seed)
        func field() -> [Double] {
            // Scatterers have their strength before the beam blurs them.
            var noise = (0..<width * height).map { random.normal() * pow(10, decibels($0 % width, $0 / width) / 20) }
            // Three box passes each way are near enough to a Gaussian.
            for reach in [1, 1, 2] {
                noise = (0..<width * height).map { place in
                    let (row, column) = (place / width, place % width)
                    return (-reach...reach).reduce(0) { $0 + noise[row * width + (column + $1 + width) % width] }
                }
            }
            return (0..<width * height).map { place in
                let (row, column) = (place / width, place % width)
                return (-1...1).reduce(0) { $0 + noise[(row + $1 + height) % height * width + column] }
            }
        }
        let (real, imaginary) = (field(), field())
        // What the blurs make of noise of unit strength: the squares of their weights add up to 301 across and 3 down.
        let scale = (301.0 * 3).squareRoot()
        var image = GreyImage(width: width, height: height, filledWith: 0)
        for place in real.indices {
            let amplitude = (real[place] * real[place] + imaginary[place] * imaginary[place]).squareRoot() / scale
            let level = 20 * log10(amplitude + 1e-6)
            image.pixels[place] = UInt8(max(0, min(255, 255 * (level + 60) / 60)))
        }
        return image
    }
}

@Suite("Still measures")
struct MeasureTests {
    @Test("Lengths respect pixels that are not square, and are never millimetres without calibration")
    func lengths() {
        let points = [PicturePoint(x: 0, y: 0), PicturePoint(x: 3, y: 4), PicturePoint(x: 3, y: 10)]
        #expect(PictureLength(along: points, spacing: nil) == PictureLength(pixels: 11, millimetres: nil))
        let millimetres = PictureLength(along: points, spacing: PixelSpacing(x: 2, y: 0.5)).millimetres ?? 0
        #expect(abs(millimetres - ((36.0 + 4).squareRoot() + 3)) < 1e-12)
    }

    @Test("An area is the same from either side and anywhere", arguments: [false, true], [0.0, 1000])
    func areas(reversed: Bool, shift: Double) {
        let outline = (0..<720).map { index in
            let angle = Double(index) * .pi / 360
            return PicturePoint(x: shift + 50 * cos(angle), y: 30 * sin(angle) - shift)
        }
        let area = PictureArea(inside: reversed ? outline.reversed() : outline, spacing: PixelSpacing(x: 0.1, y: 0.2))
        #expect(abs(area.squarePixels - .pi * 1500) < 1)
        #expect(abs((area.squareMillimetres ?? 0) - .pi * 30) < 0.02)
        #expect(PictureArea(inside: [], spacing: nil).squarePixels == 0)
    }

    @Test("M-mode shows what lies on the line, column by column")
    func mMode() throws {
        let frames = (0..<7).map { time in
            var image = GreyImage(width: 30, height: 20, filledWith: 0)
            for row in 0..<20 { for column in 0..<30 { image[column, row] = UInt8(4 * column + 3 * row + 10 * time) } }
            return image
        }
        let loop = try CineLoop(frames: frames, frameRate: 10)
        let line = [PicturePoint(x: 2, y: 3), PicturePoint(x: 2, y: 13), PicturePoint(x: 14, y: 13)]
        let mMode = try AnatomicalMMode(of: loop, along: line)
        #expect(mMode.image.width == 7 && mMode.image.height == 23)
        #expect(mMode.positions.first == line[0] && mMode.positions.last == line[2])
        for (row, place) in mMode.positions.enumerated() {
            for time in 0..<7 {
                #expect(abs(Double(mMode.image[time, row]) - (4 * place.x + 3 * place.y + 10 * Double(time))) <= 0.51)
            }
        }
        #expect(throws: MModeError.noLength) { try AnatomicalMMode(of: loop, along: [line[0], line[0]]) }
        #expect(throws: MModeError.tooFewPoints) { try AnatomicalMMode(of: loop, along: [line[0]]) }
        let outside = try AnatomicalMMode(of: loop, along: [PicturePoint(x: -10, y: 5), PicturePoint(x: -2, y: 5)])
        #expect(outside.image.pixels.allSatisfy { $0 == 0 })
    }

    @Test("A haematoma's outline grows from a seed to within 5 % of its area", arguments: 1...6, [0.35, 0.7, 1.0])
    func haematoma(seed: Int, size: Double) throws {
        let (a, b) = (110 * size, 62 * size)
        func isInside(_ column: Int, _ row: Int) -> Bool {
            let (x, y) = ((Double(column) - 210) / a, (Double(row) - 150) / b)
            return x * x + y * y < 1 + 0.15 * sin(5 * atan2(y, x))
        }
        let image = Speckle.picture(400, 300, seed: UInt64(seed)) { isInside($0, $1) ? -42 : -24 }
        let truth = (0..<300).reduce(0) { sum, row in sum + (0..<400).reduce(0) { $0 + (isInside($1, row) ? 1 : 0) } }
        let outline = try HaematomaOutline(in: image, seed: PicturePoint(x: 210 - a / 3, y: 150 + b / 4))
        let area = PictureArea(inside: outline.points, spacing: nil).squarePixels
        #expect(abs(area / Double(truth) - 1) < 0.05, "\(area) of \(truth)")
        #expect(outline.insideGrey < outline.outsideGrey)
    }

    @Test("Where nothing stands out no outline is made up")
    func noHaematoma() {
        let flat = GreyImage(width: 100, height: 100, filledWith: 90)
        #expect(throws: OutlineError.nothingStandsOut) {
            try HaematomaOutline(in: flat, seed: PicturePoint(x: 50, y: 50))
        }
        #expect(throws: OutlineError.seedOutsideThePicture) {
            try HaematomaOutline(in: flat, seed: PicturePoint(x: 100, y: 5))
        }
        let tiny = GreyImage(width: 1, height: 1, filledWith: 1)
        #expect(throws: OutlineError.nothingStandsOut) {
            try HaematomaOutline(in: tiny, seed: PicturePoint(x: 0, y: 0))
        }
        let even = Speckle.picture(300, 200, seed: 3) { _, _ in -24 }
        #expect(throws: OutlineError.nothingStandsOut) {
            try HaematomaOutline(in: even, seed: PicturePoint(x: 150, y: 100))
        }
    }

    /// Two bright bands, oblique bright stripes between, flat texture outside.
    static func muscle(top: Double, bottom: Double, tilt: Double, mirrored: Bool, seed: UInt64) -> GreyImage {
        let image = Speckle.picture(420, 360, seed: seed) { column, row in
            let x = Double(mirrored ? 419 - column : column)
            let (above, below) = (top, bottom + tilt * (x - 209.5))
            let y = Double(row)
            if y < above, y > above - 9 { return -6 }
            if y > below, y < below + 11 { return -6 }
            if y > above, y < below {
                return (x * sin(.pi / 9) + y * cos(.pi / 9)).truncatingRemainder(dividingBy: 17) < 4 ? -14 : -30
            }
            return y.truncatingRemainder(dividingBy: 15) < 4 ? -18 : -30
        }
        return image
    }

    @Test("A muscle's borders are found where they are, mirrored or not", arguments: [false, true], [0.0, 0.08])
    func borders(mirrored: Bool, tilt: Double) throws {
        let image = Self.muscle(top: 70, bottom: 250, tilt: tilt, mirrored: mirrored, seed: 4)
        let borders = try #require(MuscleBorders(in: image))
        #expect(abs(borders.thickness(spacing: nil).pixels - 180) < 5)
        #expect(borders.fasciclesRiseToTheRight == !mirrored)
        #expect(abs(abs(borders.deep.slope) - tilt) < 0.04)
        let spacing = PixelSpacing(x: 0.1, y: 0.1)
        let fascicles = try #require(FascicleGeometry(in: image, between: borders, spacing: spacing))
        #expect(abs(fascicles.angleDegrees - 20) < 2.5)
        if tilt == 0 { #expect(abs((fascicles.length.millimetres ?? 0) - 18 / sin(.pi / 9)) < 6) }
    }

    @Test("A picture without texture has no borders", arguments: [0, 90, 255])
    func noBorders(value: Int) {
        #expect(MuscleBorders(in: GreyImage(width: 400, height: 300, filledWith: UInt8(value))) == nil)
        #expect(MuscleBorders(in: GreyImage(width: 1, height: 1, filledWith: UInt8(value))) == nil)
    }

    @Test("Grey inside an outline")
    func echo() throws {
        var image = GreyImage(width: 50, height: 50, filledWith: 10)
        for row in 10..<20 { for column in 20..<40 { image[column, row] = column < 30 ? 100 : 120 } }
        let box = [(19.5, 9.5), (39.5, 9.5), (39.5, 19.5), (19.5, 19.5)].map { PicturePoint(x: $0.0, y: $0.1) }
        let echo = try #require(EchoIntensity(of: image, inside: box))
        #expect(echo.pixelCount == 200 && abs(echo.mean - 110) < 1e-9 && abs(echo.standardDeviation - 10) < 1e-9)
        #expect(EchoIntensity(of: image, inside: [box[0], box[1]]) == nil)
    }

    @Test(
        "The phases of a contraction are found, opening or closing, shifted or scaled", arguments: [1.0, -3], [0.0, 40])
    func phases(factor: Double, offset: Double) throws {
        var random = Speckle.Random(state: 9)
        let times = (0..<120).map { Double($0) / 30 }
        let signal = (0..<120).map { frame -> Double in
            let x = max(0, min(1, Double(frame - 20) / 20)) - max(0, min(1, Double(frame - 70) / 30))
            return offset + factor * (10 * x + 0.05 * random.normal())
        }
        let phases = try #require(ContractionPhases(of: signal, times: times))
        #expect(abs(phases.onsetFrame - 24) <= 2)
        #expect((38...72).contains(phases.peakFrame))
        #expect(abs(phases.returnFrame - 94) <= 2)
        #expect(!phases.endsContracted)
        #expect(phases.frame(at: 1) == phases.peakFrame && phases.frame(at: 0) == phases.onsetFrame)
        for frame in stride(from: 0, to: 120, by: 7) { #expect(phases.frame(at: phases.phase(at: frame)) == frame) }
        let still = (0..<120).map { _ in offset + random.normal() }
        #expect(ContractionPhases(of: still, times: times) == nil)
        #expect(ContractionPhases(of: [Double](repeating: 3, count: 120), times: times) == nil)
        // What is furthest from rest in the first frame was not seen to begin.
        let letsGo = times.map { offset + factor * max(0, 1 - $0 / 2) }
        #expect(ContractionPhases(of: letsGo, times: times) == nil)
    }

    @Test("Ten percent less is within the limits of healthy sides for the rectus femoris, not for the quadriceps")
    func sides() {
        #expect(SideDifference(affected: 90, other: 100, muscle: .rectusFemoris)?.exceedsHealthyLimit == false)
        #expect(SideDifference(affected: 90, other: 100, muscle: .quadriceps)?.exceedsHealthyLimit == true)
        #expect(SideDifference(affected: 90, other: 100, muscle: .other)?.exceedsHealthyLimit == nil)
        #expect(SideDifference(affected: 90, other: 0, muscle: .quadriceps) == nil)
        #expect(!ThicknessChange.isChange(2.9) && ThicknessChange.isChange(-3))
    }

    @Test("A worksheet says in which published range each field lies, and decides nothing")
    func worksheet() {
        let sheet = GradingWorksheet(
            sectionPercent: 8, lengthMillimetres: 60, restGapMillimetres: 1, peakGapMillimetres: 25)
        #expect(sheet.fieldsByClass(in: .peetrons) == ["cross-section": "2"])
        #expect(
            sheet.fieldsByClass(in: .britishAthletics) == ["cross-section": "1", "length": "2", "gap at peak": "2"])
        #expect(sheet.fieldsByClass(in: .munich).isEmpty && sheet.decision.isEmpty)
        #expect(GradingWorksheet().fieldsByClass(in: .britishAthletics).isEmpty)
        #expect(GradingSystem.chan.classes.count == 12)
    }
}
