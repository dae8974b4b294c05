// SPDX-License-Identifier: Apache-2.0

package import Ultrasound

/// A picture of 8-bit red, green and blue, to draw on: `pixels[3 * (row * width + column) + channel]`.
package struct ColourImage: Sendable, Hashable {
    package let width: Int
    package let height: Int
    package var pixels: [UInt8]

    /// A picture of these pixels, or nothing when their number is not `3 * width * height`.
    package init?(width: Int, height: Int, pixels: [UInt8]) {
        guard width > 0, height > 0, pixels.count == 3 * width * height else { return nil }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// The grey picture in three channels.
    package init(_ grey: GreyImage) {
        width = grey.width
        height = grey.height
        pixels = []
        pixels.reserveCapacity(grey.pixels.count * 3)
        for value in grey.pixels {
            pixels.append(value)
            pixels.append(value)
            pixels.append(value)
        }
    }
}
