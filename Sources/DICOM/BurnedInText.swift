// SPDX-License-Identifier: Apache-2.0

package import Ultrasound

/// Whether a picture may carry somebody's name in its pixels.
package enum BurnedInText: String, Sendable, Codable {
    /// The machine says so, or bright marks lie outside of the pictures of tissue.
    case found
    /// Nothing says no: no region tells where tissue ends, or the machine is silent.
    case possible
    /// The machine says no, and nothing bright lies outside of its regions.
    case none

    /// - Parameter frame: one frame in grey, of the size that the regions are in.
    package static func look(at frame: GreyImage, regions: UltrasoundRegions, annotation: String?) -> BurnedInText {
        if annotation?.uppercased() == "YES" { return .found }
        guard !regions.all.isEmpty, frame.width == regions.columns, frame.height == regions.rows else {
            return .possible
        }
        var bright = 0
        for y in 0..<frame.height {
            for x in 0..<frame.width where frame.pixels[y * frame.width + x] > 96 {
                if !regions.all.contains(where: { $0.columns.contains(x) && $0.rows.contains(y) }) { bright += 1 }
            }
        }
        // One letter of the smallest type that is read is about twenty bright pixels.
        if bright >= 20 { return .found }
        return annotation?.uppercased() == "NO" ? .none : .possible
    }
}
