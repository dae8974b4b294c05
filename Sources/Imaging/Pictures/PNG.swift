// SPDX-License-Identifier: Apache-2.0

import CZlib
package import Ultrasound

/// PNG to grey and back. Inflating, deflating and checksums are zlib's; what is left is the layout of the file.
package enum PNG {
    /// A decoded picture, and whether it holds pixels that are not grey.
    struct Decoded {
        let image: GreyImage
        let hasColour: Bool
    }

    /// The grey picture in a PNG of any bit depth and colour type. 8-bit grey is exact; 16 bits are rounded to 8;
    /// colour becomes luminance (ITU-R BT.601), which leaves equal red, green and blue as they are.
    package static func decode(_ bytes: [UInt8], limits: LoopLimits) throws(LoopError) -> GreyImage {
        try decodeNotingColour(bytes, limits: limits).image
    }

    static func decodeNotingColour(_ bytes: [UInt8], limits: LoopLimits) throws(LoopError) -> Decoded {
        guard PNGHeader.recognises(bytes) else { throw LoopError(.format, "This is not a PNG picture.") }
        let header = try PNGHeader(bytes)
        try limits.check(width: header.width, height: header.height)
        let chunks = try chunks(bytes)
        guard !chunks.compressed.isEmpty else { throw PNGHeader.broken }
        let expected = header.passes.reduce(0) { $0 + (1 + header.rowBytes($1.width)) * $1.height }
        var raw = try inflate(chunks.compressed, to: expected)
        var painter = try PNGPainter(header: header, palette: chunks.palette, transparency: chunks.transparency)
        var start = 0
        for pass in header.passes {
            let rowBytes = header.rowBytes(pass.width)
            try unfilter(
                &raw, from: start, rows: pass.height, rowBytes: rowBytes, distance: header.filterDistance)
            for row in 0..<pass.height {
                try painter.paint(
                    raw, at: start + row * (rowBytes + 1) + 1, pixels: pass.width, column: pass.x, step: pass.stepX,
                    row: pass.y + row * pass.stepY)
            }
            start += pass.height * (rowBytes + 1)
        }
        guard let image = GreyImage(width: header.width, height: header.height, pixels: painter.pixels) else {
            throw PNGHeader.broken
        }
        return Decoded(image: image, hasColour: painter.hasColour)
    }

    /// A PNG of this picture, 8-bit grey.
    package static func encode(_ image: GreyImage) throws(LoopError) -> [UInt8] {
        try encode(image.pixels, width: image.width, height: image.height, channels: 1)
    }

    /// A PNG of this picture, 8-bit red, green and blue.
    package static func encode(_ image: ColourImage) throws(LoopError) -> [UInt8] {
        try encode(image.pixels, width: image.width, height: image.height, channels: 3)
    }

    private static func encode(
        _ pixels: [UInt8], width: Int, height: Int, channels: Int
    ) throws(LoopError) -> [UInt8] {
        let rowBytes = width * channels
        var raw: [UInt8] = []
        raw.reserveCapacity((rowBytes + 1) * height)
        for row in 0..<height {
            // Filter 2, the difference to the row above: cheap, and fair to smooth pictures.
            let start = row * rowBytes
            raw.append(row == 0 ? 0 : 2)
            if row == 0 {
                raw.append(contentsOf: pixels[0..<rowBytes])
            } else {
                for index in start..<start + rowBytes { raw.append(pixels[index] &- pixels[index - rowBytes]) }
            }
        }
        var bytes = PNGHeader.signature
        append("IHDR", bigEndian(width) + bigEndian(height) + [8, channels == 1 ? 0 : 2, 0, 0, 0], to: &bytes)
        append("IDAT", try deflate(raw), to: &bytes)
        append("IEND", [], to: &bytes)
        return bytes
    }

    // MARK: - Chunks

    private struct Chunks {
        var compressed: [UInt8] = []
        var palette: [UInt8] = []
        var transparency: [UInt8]?
    }

    private static func chunks(_ bytes: [UInt8]) throws(LoopError) -> Chunks {
        var found = Chunks()
        var position = 8
        while true {
            guard position + 12 <= bytes.count else {
                throw LoopError(.damaged, "This PNG picture ends too early. Export it again.")
            }
            let length = PNGHeader.number(bytes, at: position)
            guard length <= bytes.count - position - 12 else {
                throw LoopError(.damaged, "This PNG picture ends too early. Export it again.")
            }
            let body = position + 8
            let kind = String(decoding: bytes[position + 4..<body], as: UTF8.self)
            guard checksum(bytes, position + 4..<body + length) == PNGHeader.number(bytes, at: body + length) else {
                throw PNGHeader.broken
            }
            switch kind {
            case "IDAT": found.compressed.append(contentsOf: bytes[body..<body + length])
            case "PLTE": found.palette = Array(bytes[body..<body + length])
            case "tRNS": found.transparency = Array(bytes[body..<body + length])
            case "IEND": return found
            default: break
            }
            position = body + length + 4
        }
    }

    private static func append(_ kind: String, _ body: [UInt8], to bytes: inout [UInt8]) {
        bytes += bigEndian(body.count)
        let start = bytes.count
        bytes += kind.utf8
        bytes += body
        bytes += bigEndian(checksum(bytes, start..<bytes.count))
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    // MARK: - zlib

    private static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        bytes[range].withUnsafeBufferPointer { Int(crc32(0, $0.baseAddress, uInt($0.count))) }
    }

    private static func inflate(_ compressed: [UInt8], to count: Int) throws(LoopError) -> [UInt8] {
        var length = uLongf(count)
        var code = Z_OK
        let raw = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            code = compressed.withUnsafeBufferPointer {
                uncompress(buffer.baseAddress, &length, $0.baseAddress, uLong($0.count))
            }
            // Only what zlib has written counts as there.
            used = code == Z_OK ? Int(length) : 0
        }
        guard code == Z_OK, raw.count == count else { throw PNGHeader.broken }
        return raw
    }

    private static func deflate(_ raw: [UInt8]) throws(LoopError) -> [UInt8] {
        let bound = compressBound(uLong(raw.count))
        var length = bound
        var code = Z_OK
        let compressed = [UInt8](unsafeUninitializedCapacity: Int(bound)) { buffer, used in
            code = raw.withUnsafeBufferPointer {
                compress2(buffer.baseAddress, &length, $0.baseAddress, uLong($0.count), 6)
            }
            used = code == Z_OK ? Int(length) : 0
        }
        guard code == Z_OK else { throw LoopError(.unwritable, "There is not enough memory to write the picture.") }
        return compressed
    }

    // MARK: - Filters

    /// Undoes the filters of one pass in place; row n begins with its filter byte at `start + n * (rowBytes + 1)`.
    private static func unfilter(
        _ raw: inout [UInt8], from start: Int, rows: Int, rowBytes: Int, distance: Int
    ) throws(LoopError) {
        let stride = rowBytes + 1
        for row in 0..<rows {
            let first = start + row * stride + 1
            let end = first + rowBytes
            let isTop = row == 0
            switch raw[first - 1] {
            case 0: break
            case 1:
                var at = first + distance
                while at < end {
                    raw[at] &+= raw[at - distance]
                    at += 1
                }
            case 2:
                guard !isTop else { break }
                for at in first..<end { raw[at] &+= raw[at - stride] }
            case 3:
                for at in first..<end {
                    let left = at - first >= distance ? Int(raw[at - distance]) : 0
                    let up = isTop ? 0 : Int(raw[at - stride])
                    raw[at] &+= UInt8(truncatingIfNeeded: (left + up) >> 1)
                }
            case 4:
                for at in first..<end {
                    let hasLeft = at - first >= distance
                    let left = hasLeft ? Int(raw[at - distance]) : 0
                    let up = isTop ? 0 : Int(raw[at - stride])
                    let corner = hasLeft && !isTop ? Int(raw[at - stride - distance]) : 0
                    let toLeft = abs(up - corner)
                    let toUp = abs(left - corner)
                    let toCorner = abs(left + up - 2 * corner)
                    let best = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
                    raw[at] &+= UInt8(truncatingIfNeeded: best)
                }
            default: throw PNGHeader.broken
            }
        }
    }
}
