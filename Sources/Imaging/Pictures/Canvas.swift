// SPDX-License-Identifier: Apache-2.0

package import Ultrasound

/// A colour to draw with.
package struct InkColour: Sendable, Hashable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Told apart also by people who see few colours (after Okabe and Ito).
    package static let series = [
        InkColour(240, 228, 66), InkColour(86, 180, 233), InkColour(0, 158, 115), InkColour(230, 159, 0),
        InkColour(204, 121, 167), InkColour(213, 94, 0),
    ]
}

extension ColourImage {
    /// Mixes a colour into a pixel; what lies outside the picture is left out.
    package mutating func dot(_ column: Int, _ row: Int, _ ink: InkColour, opacity: Double = 1) {
        guard column >= 0, row >= 0, column < width, row < height else { return }
        let at = 3 * (row * width + column)
        for (channel, value) in [ink.red, ink.green, ink.blue].enumerated() {
            let mixed = Double(pixels[at + channel]) * (1 - opacity) + Double(value) * opacity
            pixels[at + channel] = UInt8(mixed.rounded())
        }
    }

    /// A straight line, one pixel wide.
    package mutating func line(_ from: PicturePoint, _ to: PicturePoint, _ ink: InkColour, opacity: Double = 1) {
        guard [from.x, from.y, to.x, to.y].allSatisfy({ $0.isFinite && abs($0) < 100_000 }) else { return }
        let steps = max(1, Int(max(abs(to.x - from.x), abs(to.y - from.y)).rounded(.up)))
        for step in 0...steps {
            let part = Double(step) / Double(steps)
            dot(
                Int((from.x + (to.x - from.x) * part).rounded()), Int((from.y + (to.y - from.y) * part).rounded()), ink,
                opacity: opacity)
        }
    }

    /// A cross with an open middle, so that the marked place stays visible; broken where the point is lost.
    package mutating func cross(at point: PicturePoint, _ ink: InkColour, isLost: Bool = false) {
        guard point.x.isFinite, point.y.isFinite, abs(point.x) < 100_000, abs(point.y) < 100_000 else { return }
        let (column, row) = (Int(point.x.rounded()), Int(point.y.rounded()))
        for offset in 3...9 where !isLost || offset % 2 == 0 {
            for (dx, dy) in [(offset, 0), (-offset, 0), (0, offset), (0, -offset)] {
                // A dark rim keeps it visible on white.
                dot(column + dx + (dy == 0 ? 0 : 1), row + dy + (dx == 0 ? 0 : 1), InkColour(0, 0, 0), opacity: 0.6)
                dot(column + dx, row + dy, ink)
            }
        }
    }

    /// Digits, a few letters and signs, five pixels wide, on a dark ground.
    package mutating func text(_ text: String, column: Int, row: Int, _ ink: InkColour, scale: Int = 2) {
        let glyphs = text.map { Self.glyphs[$0] ?? Self.glyphs[" "] ?? [] }
        let width = glyphs.count * 6 * scale
        for y in -scale..<8 * scale {
            for x in -scale..<width { dot(column + x, row + y, InkColour(0, 0, 0), opacity: 0.65) }
        }
        for (index, glyph) in glyphs.enumerated() {
            for (line, bits) in glyph.enumerated() {
                for bit in 0..<5 where bits >> (4 - bit) & 1 == 1 {
                    for y in 0..<scale {
                        for x in 0..<scale {
                            dot(column + (index * 6 + bit) * scale + x, row + line * scale + y, ink)
                        }
                    }
                }
            }
        }
    }

    /// Seven rows of five bits each.
    private static let glyphs: [Character: [UInt8]] = [
        " ": [0, 0, 0, 0, 0, 0, 0], ".": [0, 0, 0, 0, 0, 12, 12], "-": [0, 0, 0, 31, 0, 0, 0],
        "+": [0, 4, 4, 31, 4, 4, 0], "?": [14, 17, 1, 2, 4, 0, 4], "/": [1, 1, 2, 4, 8, 16, 16],
        "0": [14, 17, 19, 21, 25, 17, 14], "1": [4, 12, 4, 4, 4, 4, 14], "2": [14, 17, 1, 2, 4, 8, 31],
        "3": [31, 2, 4, 2, 1, 17, 14], "4": [2, 6, 10, 18, 31, 2, 2], "5": [31, 16, 30, 1, 1, 17, 14],
        "6": [6, 8, 16, 30, 17, 17, 14], "7": [31, 1, 2, 4, 8, 8, 8], "8": [14, 17, 17, 14, 17, 17, 14],
        "9": [14, 17, 17, 15, 1, 2, 12], "m": [0, 0, 26, 21, 21, 21, 21], "p": [0, 0, 30, 17, 30, 16, 16],
        "x": [0, 0, 17, 10, 4, 10, 17],
    ]
}
