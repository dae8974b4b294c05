// SPDX-License-Identifier: Apache-2.0

package import Ultrasound

/// A picture of 8-bit red, green and blue, to draw on: `pixels[3 * (row * width + column) + channel]`.
package struct ColourImage: Sendable, Hashable {
    package let width: Int
    package let height: Int
    package var pixels: [UInt8]

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
