// SPDX-License-Identifier: Apache-2.0

/// One frame prepared for matching: the smoothed picture in full, half and quarter size …, each with its gradients.
final class FramePyramid {
    /// A picture and how it changes along x and y.
    final class Level {
        let picture: Plane, alongX: Plane, alongY: Plane

        init(width: Int, height: Int) {
            picture = Plane(width: width, height: height)
            alongX = Plane(width: width, height: height)
            alongY = Plane(width: width, height: height)
        }
    }

    let levels: [Level]
    private let scratch: Plane

    init(width: Int, height: Int, levels count: Int) {
        var made: [Level] = []
        var w = width, h = height
        for _ in 0..<count {
            made.append(Level(width: w, height: h))
            (w, h) = ((w + 1) / 2, (h + 1) / 2)
        }
        levels = made
        scratch = Plane(width: width, height: height)
    }

    /// Takes a frame in: grey values through a table, smoothed a little, then halved level by level.
    func load(_ image: GreyImage, table: [Float]) {
        let base = levels[0].picture
        let width = image.width, height = image.height
        unsafe image.pixels.withUnsafeBufferPointer { pixels in
            unsafe table.withUnsafeBufferPointer { table in
                for row in 0..<height {
                    let line = unsafe scratch.origin + row * scratch.stride
                    for column in 0..<width {
                        unsafe line[column] = table[Int(pixels[row * width + column])]
                    }
                }
            }
        }
        scratch.extend()
        Self.smooth(scratch, into: base)
        base.extend()
        for index in 1..<max(levels.count, 1) where index < levels.count {
            Self.halve(levels[index - 1].picture, into: levels[index].picture)
            levels[index].picture.extend()
        }
        for level in levels { Self.differentiate(level) }
    }

    nonisolated(unsafe) static var blur: Float = 0.25

    /// A small binomial blur, which takes noise off and the error of linear interpolation with it.
    private static func smooth(_ source: Plane, into target: Plane) {
        let side = blur, centre = 1 - 2 * side
        for row in 0..<source.height {
            let line = unsafe source.origin + row * source.stride
            let out = unsafe target.origin + row * target.stride
            let stride = source.stride
            var column = 0
            while column < source.width {
                let at = unsafe line + column
                let left = unsafe side * (at[-1 - stride] + at[-1 + stride]) + centre * at[-1]
                let middle = unsafe side * (at[-stride] + at[stride]) + centre * at[0]
                let right = unsafe side * (at[1 - stride] + at[1 + stride]) + centre * at[1]
                unsafe out[column] = side * (left + right) + centre * middle
                column += 1
            }
        }
    }

    private static func halve(_ source: Plane, into target: Plane) {
        for row in 0..<target.height {
            let line = unsafe source.origin + 2 * row * source.stride
            let out = unsafe target.origin + row * target.stride
            let stride = source.stride
            var column = 0
            while column < target.width {
                let at = unsafe line + 2 * column
                let left = unsafe 0.25 * (at[-1 - stride] + at[-1 + stride]) + 0.5 * at[-1]
                let middle = unsafe 0.25 * (at[-stride] + at[stride]) + 0.5 * at[0]
                let right = unsafe 0.25 * (at[1 - stride] + at[1 + stride]) + 0.5 * at[1]
                unsafe out[column] = 0.25 * (left + right) + 0.5 * middle
                column += 1
            }
        }
    }

    private static func differentiate(_ level: Level) {
        let picture = level.picture, stride = picture.stride, border = Plane.border - 1
        for row in -border..<(picture.height + border) {
            let line = unsafe picture.origin + row * stride - border
            let x = unsafe level.alongX.origin + row * stride - border
            let y = unsafe level.alongY.origin + row * stride - border
            var column = 0
            let count = picture.width + 2 * border
            while column < count {
                unsafe x[column] = 0.5 * (line[column + 1] - line[column - 1])
                unsafe y[column] = 0.5 * (line[column + stride] - line[column - stride])
                column += 1
            }
        }
    }
}
