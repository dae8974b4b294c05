// SPDX-License-Identifier: Apache-2.0

/// Whether a loop was recorded as interlaced video: odd and even rows of one picture from different moments.
///
/// How much neighbouring rows differ, against rows two apart, depends on the machine and stays within two in a hundred through a loop of
/// whole pictures; where fields of two moments are woven, it rises by a third while tissue moves and falls when it rests.
enum Interlacing {
    /// The difference of neighbouring rows rises by so much between the stillest and the fastest frames.
    private static let rise = 1.2

    static func isSeen(in loop: CineLoop) -> Bool {
        guard loop.width >= 16, loop.height >= 32 else { return false }
        let every = max(loop.frames.count / 24, 1)
        let combs = stride(from: 0, to: loop.frames.count, by: every).compactMap { comb(loop.frames[$0]) }.sorted()
        // A single frame may be broken in other ways.
        return combs.count >= 6 && combs[combs.count - 2] > rise * combs[1]
    }

    /// The difference of neighbouring rows over that of rows two apart; nothing where there is hardly any.
    private static func comb(_ image: GreyImage) -> Double? {
        let width = image.width
        var next = 0, second = 0, between = 0, count = 0
        unsafe image.pixels.withUnsafeBufferPointer { pixels in
            for row in stride(from: 0, to: image.height - 3, by: 2) {
                for column in stride(from: row % 4 == 0 ? 0 : 2, to: width, by: 4) {
                    let at = row * width + column
                    let a = unsafe Int(pixels[at]), b = unsafe Int(pixels[at + width])
                    let c = unsafe Int(pixels[at + 2 * width]), d = unsafe Int(pixels[at + 3 * width])
                    next += abs(a - b)
                    second += abs(a - c)
                    between += abs(b - d)
                    count += 1
                }
            }
        }
        let apart = second + between
        guard apart > 4 * count, count > 0 else { return nil }
        return 2 * Double(next) / Double(apart)
    }
}
