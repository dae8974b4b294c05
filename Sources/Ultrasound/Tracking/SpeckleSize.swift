// SPDX-License-Identifier: Apache-2.0

/// How large the grain of a picture is.
enum SpeckleSize {
    /// The distance along x and y, in pixels, at which grey values differ by half of what they differ by far apart.
    ///
    /// From the variogram of a raster over the picture; structures longer than 24 pixels count as far apart.
    static func halfDistance(_ image: GreyImage) -> (x: Double, y: Double) {
        (along(image, dx: 1, dy: 0), along(image, dx: 0, dy: 1))
    }

    /// How often to halve frames before tracking, so that a window of 32 pixels holds enough grains.
    static func halvings(_ image: GreyImage) -> Int {
        let size = halfDistance(image)
        var count = 0
        var grain = min(size.x / 2, size.y)
        while grain > 2.4, count < 2, min(image.width, image.height) >> (count + 1) >= 192 {
            grain /= 2
            count += 1
        }
        return count
    }

    private static func along(_ image: GreyImage, dx: Int, dy: Int) -> Double {
        let far = 24
        guard image.width > 3 * far, image.height > 3 * far else { return 1 }
        var sums = [Double](repeating: 0, count: far + 1), count = 0.0
        for row in stride(from: 0, to: image.height - far * dy, by: 5) {
            for column in stride(from: 0, to: image.width - far * dx, by: 5) {
                let at = row * image.width + column
                let here = Int(image.pixels[at])
                // What is black or white through and through says nothing about grain.
                if here < 8 || here > 250 { continue }
                count += 1
                for lag in 1...far {
                    let difference = here - Int(image.pixels[at + lag * (dx + dy * image.width)])
                    sums[lag] += Double(difference * difference)
                }
            }
        }
        guard count > 500 else { return 1 }
        let sill = sums[(far / 2)...far].reduce(0, +) / Double(far - far / 2 + 1)
        guard sill > 0 else { return 1 }
        for lag in 1...far where sums[lag] >= sill / 2 {
            let before = sums[lag - 1]
            return Double(lag - 1) + (sill / 2 - before) / max(sums[lag] - before, 1e-9)
        }
        return Double(far)
    }
}
