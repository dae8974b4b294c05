// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One frame prepared for matching: grey values made comparable, smoothed a little, in full, half, quarter … size.
///
/// Grey values are stretched by a gentle exponential first. Log compression makes the dark gaps between speckles as loud as the
/// speckles, and they are what noise changes most; undoing about a third of the compression lowers the error of a single step by a
/// quarter to a third (measured on the simulated muscle), and does nothing to what the picture shows.
final class FramePyramid: @unchecked Sendable {
    // Filled by one thread before others read it; the tracker keeps these apart with a barrier per frame.
    let levels: [Plane]
    private let scratch: Plane
    private let halvings: Int
    private let reduced: [Plane]

    static let levelCount = 4

    /// - Parameter halvings: how often the frame is halved before it is used, for pictures with coarse speckle.
    init(width: Int, height: Int, halvings: Int = 0) {
        var w = width, h = height
        var before: [Plane] = []
        for _ in 0..<halvings {
            before.append(Plane(width: w, height: h))
            (w, h) = ((w + 1) / 2, (h + 1) / 2)
        }
        reduced = before
        self.halvings = halvings
        scratch = Plane(width: w, height: h)
        var made: [Plane] = []
        for level in 0..<Self.levelCount where level == 0 || min(w, h) >= 16 {
            made.append(Plane(width: w, height: h))
            (w, h) = ((w + 1) / 2, (h + 1) / 2)
        }
        levels = made
    }

    /// The stretch of grey values: exp(0.01 · grey), scaled to keep a middle grey's contrast.
    static let stretch: [Float] = (0..<256).map { Float(exp(Double($0 - 128) * 0.01) / 0.01) }

    /// Takes a frame in.
    func load(_ image: GreyImage) {
        let first = reduced.first ?? scratch
        let width = image.width, height = image.height
        unsafe image.pixels.withUnsafeBufferPointer { pixels in
            unsafe Self.stretch.withUnsafeBufferPointer { table in
                for row in 0..<height {
                    let line = unsafe first.origin + row * first.stride
                    let from = row * width
                    for column in 0..<width {
                        unsafe line[column] = table[Int(pixels[from + column])]
                    }
                }
            }
        }
        first.extend()
        for index in 0..<halvings {
            let next = index + 1 < halvings ? reduced[index + 1] : scratch
            Self.halve(reduced[index], into: next)
            next.extend()
        }
        Self.smooth(scratch, into: levels[0])
        levels[0].extend()
        for index in 1..<levels.count {
            Self.halve(levels[index - 1], into: levels[index])
            levels[index].extend()
        }
    }

    /// A small binomial blur, which takes noise off, and the error of linear interpolation with it.
    private static func smooth(_ source: Plane, into target: Plane) {
        let side: Float = 0.15, centre = 1 - 2 * side
        let stride = source.stride
        for row in 0..<source.height {
            let line = unsafe source.origin + row * stride
            let out = unsafe target.origin + row * target.stride
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
        let stride = source.stride
        for row in 0..<target.height {
            let line = unsafe source.origin + 2 * row * stride
            let out = unsafe target.origin + row * target.stride
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
}
