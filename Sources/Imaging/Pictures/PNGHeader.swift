// SPDX-License-Identifier: Apache-2.0

/// What the first chunk of a PNG says.
struct PNGHeader {
    enum Colour: Int {
        case grey = 0
        case trueColour = 2
        case palette = 3
        case greyAlpha = 4
        case trueColourAlpha = 6
    }

    static let signature: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]

    let width: Int
    let height: Int
    let bitDepth: Int
    let colour: Colour
    let isInterlaced: Bool

    static func recognises(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

    init(_ bytes: [UInt8]) throws(LoopError) {
        guard bytes.count >= 33, Self.recognises(bytes), Array(bytes[12..<16]) == Array("IHDR".utf8),
            Self.number(bytes, at: 8) == 13
        else { throw PNGHeader.broken }
        width = Self.number(bytes, at: 16)
        height = Self.number(bytes, at: 20)
        bitDepth = Int(bytes[24])
        let depths: [Int]
        switch Int(bytes[25]) {
        case 0: (colour, depths) = (.grey, [1, 2, 4, 8, 16])
        case 2: (colour, depths) = (.trueColour, [8, 16])
        case 3: (colour, depths) = (.palette, [1, 2, 4, 8])
        case 4: (colour, depths) = (.greyAlpha, [8, 16])
        case 6: (colour, depths) = (.trueColourAlpha, [8, 16])
        default: throw PNGHeader.broken
        }
        isInterlaced = bytes[28] == 1
        guard width > 0, height > 0, width < 1 << 31, height < 1 << 31, depths.contains(bitDepth), bytes[26] == 0,
            bytes[27] == 0, bytes[28] <= 1
        else { throw PNGHeader.broken }
    }

    static let broken = LoopError(.damaged, "This PNG picture is damaged. Export it again.")

    /// Samples of a pixel.
    var channels: Int {
        switch colour {
        case .grey, .palette: 1
        case .greyAlpha: 2
        case .trueColour: 3
        case .trueColourAlpha: 4
        }
    }

    /// Bytes of a row of this many pixels, without its filter byte.
    func rowBytes(_ pixels: Int) -> Int { (pixels * channels * bitDepth + 7) / 8 }

    /// The bytes that a filter looks back.
    var filterDistance: Int { max(1, channels * bitDepth / 8) }

    /// The pictures in a file one after another: the whole, or the seven of Adam7. Each with its first pixel and steps.
    var passes: [(x: Int, y: Int, stepX: Int, stepY: Int, width: Int, height: Int)] {
        let steps: [(Int, Int, Int, Int)] =
            isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)]
        return steps.compactMap { x, y, stepX, stepY in
            let columns = (width - x + stepX - 1) / stepX
            let rows = (height - y + stepY - 1) / stepY
            return columns > 0 && rows > 0 ? (x, y, stepX, stepY, columns, rows) : nil
        }
    }

    static func number(_ bytes: [UInt8], at position: Int) -> Int {
        Int(bytes[position]) << 24 | Int(bytes[position + 1]) << 16 | Int(bytes[position + 2]) << 8
            | Int(bytes[position + 3])
    }
}
