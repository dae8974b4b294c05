// SPDX-License-Identifier: Apache-2.0

/// A place in a picture, in pixels: origin at the centre of the top-left pixel, x to the right, y down.
public struct PicturePoint: Hashable, Sendable, Codable {
    /// Pixels to the right of the centre of the first column.
    public var x: Double
    /// Pixels below the centre of the first row.
    public var y: Double

    /// A place by its column and row.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// A length in a picture: always in pixels, in millimetres only where the picture is calibrated.
public struct PictureLength: Hashable, Sendable, Codable {
    /// The length as the picture's pixels count it.
    public let pixels: Double
    /// Nothing without calibration; never guessed.
    public let millimetres: Double?

    /// A length that was measured otherwise.
    public init(pixels: Double, millimetres: Double?) {
        self.pixels = pixels
        self.millimetres = millimetres
    }
}

extension PictureLength {
    /// The length of a line through points, one straight piece after another.
    ///
    ///     let gap = PictureLength(along: [stump, otherStump], spacing: loop.millimetresPerPixel)
    ///
    /// Pixels that are not square are respected: millimetres are computed per axis, then combined.
    public init(along points: [PicturePoint], spacing: PixelSpacing?) {
        func length(_ x: Double, _ y: Double) -> Double {
            zip(points, points.dropFirst()).reduce(0) { sum, pair in
                let across = (pair.1.x - pair.0.x) * x
                let down = (pair.1.y - pair.0.y) * y
                return sum + (across * across + down * down).squareRoot()
            }
        }
        pixels = length(1, 1)
        millimetres = spacing.map { length($0.x, $0.y) }
    }
}

/// An area in a picture.
public struct PictureArea: Hashable, Sendable, Codable {
    /// The area in pixels.
    public let squarePixels: Double
    /// Nothing without calibration.
    public let squareMillimetres: Double?

    /// An area of so many pixels.
    public init(squarePixels: Double, spacing: PixelSpacing?) {
        self.squarePixels = squarePixels
        squareMillimetres = spacing.map { squarePixels * $0.x * $0.y }
    }

    /// The area inside a closed outline, by the shoelace formula. Where the outline crosses itself, parts cancel out.
    public init(inside outline: [PicturePoint], spacing: PixelSpacing?) {
        var twice = 0.0
        for (index, point) in outline.enumerated() {
            let next = outline[(index + 1) % outline.count]
            twice += point.x * next.y - next.x * point.y
        }
        self.init(squarePixels: abs(twice) / 2, spacing: spacing)
    }
}
