// SPDX-License-Identifier: Apache-2.0

/// One picture of 8-bit grey: `pixels[row * width + column]`, row 0 on top, 0 black, 255 white.
///
/// Positions in pixels have their origin at the centre of the top-left pixel, x to the right, y down.
public struct GreyImage: Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `width * height` grey values, row by row.
    public var pixels: [UInt8]

    /// A picture of these pixels, or nothing when their number is not `width * height`.
    public init?(width: Int, height: Int, pixels: [UInt8]) {
        guard width > 0, height > 0 else { return nil }
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels.count == count else { return nil }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one grey value.
    public init(width: Int, height: Int, filledWith value: UInt8) {
        self.width = max(width, 1)
        self.height = max(height, 1)
        self.pixels = [UInt8](repeating: value, count: self.width * self.height)
    }

    /// The grey value at a column and a row inside the picture.
    public subscript(column: Int, row: Int) -> UInt8 {
        get { pixels[row * width + column] }
        set { pixels[row * width + column] = newValue }
    }
}
