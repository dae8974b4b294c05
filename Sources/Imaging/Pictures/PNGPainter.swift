// SPDX-License-Identifier: Apache-2.0

/// Turns a PNG's samples into grey pixels.
struct PNGPainter {
    private let header: PNGHeader
    /// Grey of each palette entry.
    private var paletteGrey: [UInt8] = []
    private var paletteHasColour: [Bool] = []
    private var paletteIsOpaque: [Bool] = []
    /// The one sample value (grey) or three (colour) that means "transparent".
    private let transparent: [Int]?

    private(set) var pixels: [UInt8]
    private var colouredPixels = 0

    /// More than a few coloured marks: one pixel in a hundred.
    var hasColour: Bool { colouredPixels * 100 > pixels.count }

    init(header: PNGHeader, palette: [UInt8], transparency: [UInt8]?) throws(LoopError) {
        self.header = header
        pixels = [UInt8](repeating: 0, count: header.width * header.height)
        switch header.colour {
        case .palette:
            guard !palette.isEmpty, palette.count % 3 == 0, palette.count <= 768 else { throw PNGHeader.broken }
            for index in 0..<palette.count / 3 {
                let (red, green, blue) = (palette[3 * index], palette[3 * index + 1], palette[3 * index + 2])
                paletteGrey.append(luminance(red, green, blue))
                paletteHasColour.append(isColoured(red, green, blue))
                paletteIsOpaque.append((transparency.map { index < $0.count ? $0[index] : 255 } ?? 255) == 255)
            }
            transparent = nil
        case .grey, .trueColour:
            guard let transparency else {
                transparent = nil
                break
            }
            let samples = header.channels
            guard transparency.count == 2 * samples else { throw PNGHeader.broken }
            transparent = (0..<samples).map { Int(transparency[2 * $0]) << 8 | Int(transparency[2 * $0 + 1]) }
        case .greyAlpha, .trueColourAlpha:
            transparent = nil
        }
    }

    /// Paints one row of a pass: its samples begin at `start`, its pixels at `column`, `step` apart.
    mutating func paint(
        _ raw: [UInt8], at start: Int, pixels count: Int, column: Int, step: Int, row: Int
    ) throws(LoopError) {
        let line = row * header.width + column
        if header.colour == .grey, header.bitDepth == 8, transparent == nil {
            for index in 0..<count { pixels[line + index * step] = raw[start + index] }
            return
        }
        for index in 0..<count { pixels[line + index * step] = try grey(raw, at: start, index) }
    }

    private mutating func grey(_ raw: [UInt8], at start: Int, _ index: Int) throws(LoopError) -> UInt8 {
        let channels = header.channels
        switch header.colour {
        case .grey:
            let value = sample(raw, at: start, index)
            if let transparent, value == transparent[0] { throw seeThrough }
            return eightBits(value)
        case .palette:
            let entry = sample(raw, at: start, index)
            guard entry < paletteGrey.count else { throw PNGHeader.broken }
            guard paletteIsOpaque[entry] else { throw seeThrough }
            if paletteHasColour[entry] { colouredPixels += 1 }
            return paletteGrey[entry]
        case .greyAlpha:
            guard sample(raw, at: start, 2 * index + 1) == largest else { throw seeThrough }
            return eightBits(sample(raw, at: start, 2 * index))
        case .trueColour, .trueColourAlpha:
            let first = channels * index
            let red = sample(raw, at: start, first)
            let green = sample(raw, at: start, first + 1)
            let blue = sample(raw, at: start, first + 2)
            if channels == 4, sample(raw, at: start, first + 3) != largest { throw seeThrough }
            if let transparent, [red, green, blue] == transparent { throw seeThrough }
            let (r, g, b) = (eightBits(red), eightBits(green), eightBits(blue))
            if isColoured(r, g, b) { colouredPixels += 1 }
            return luminance(r, g, b)
        }
    }

    private var largest: Int { 1 << header.bitDepth - 1 }

    /// A pixel that is not opaque has no one grey value.
    private var seeThrough: LoopError {
        LoopError(.format, "Parts of the picture are transparent, so that its grey is not certain. Export it without.")
    }

    private func eightBits(_ value: Int) -> UInt8 {
        switch header.bitDepth {
        case 8: UInt8(truncatingIfNeeded: value)
        case 16: UInt8((value * 255 + 32767) / 65535)
        default: UInt8(value * 255 / largest)
        }
    }

    /// Sample `index` of a row, whatever its number of bits.
    private func sample(_ raw: [UInt8], at start: Int, _ index: Int) -> Int {
        switch header.bitDepth {
        case 8: return Int(raw[start + index])
        case 16: return Int(raw[start + 2 * index]) << 8 | Int(raw[start + 2 * index + 1])
        default:
            let bit = index * header.bitDepth
            return Int(raw[start + bit >> 3]) >> (8 - header.bitDepth - bit & 7) & largest
        }
    }
}

/// ITU-R BT.601 luma in 16-bit fixed point, rounded; the same number for equal red, green and blue.
func luminance(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (Int(red) * 19595 + Int(green) * 38470 + Int(blue) * 7471 + 32768) >> 16)
}

/// More than the tint that compression leaves on grey.
func isColoured(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Bool {
    Int(max(red, green, blue)) - Int(min(red, green, blue)) > 24
}
