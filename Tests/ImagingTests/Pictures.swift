// SPDX-License-Identifier: Apache-2.0

import CZlib
import Foundation
import Ultrasound

@testable import Imaging

/// Pictures of pseudo-random grey, and an independent writer of PNG in every kind.
enum Pictures {
    /// The same numbers for the same seed, on every machine.
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    static func noise(_ width: Int, _ height: Int, seed: UInt64) -> GreyImage {
        var random = Random(state: seed)
        var image = GreyImage(width: width, height: height, filledWith: 0)
        for index in image.pixels.indices { image.pixels[index] = UInt8.random(in: 0...255, using: &random) }
        return image
    }

    /// A PNG file of samples (row by row, `channels` a pixel), each row filtered by the next of the five filters,
    /// straight or interlaced. Written from the PNG specification, sharing nothing with the decoder.
    static func png(
        width: Int, height: Int, bitDepth: Int, colourType: Int, channels: Int, samples: [Int],
        interlaced: Bool = false, palette: [UInt8]? = nil, transparency: [UInt8]? = nil
    ) -> [UInt8] {
        let adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        var raw: [UInt8] = []
        for (x0, y0, dx, dy) in interlaced ? adam7 : [(0, 0, 1, 1)] {
            let columns = stride(from: x0, to: width, by: dx).map(\.self)
            var above: [UInt8] = []
            for (line, y) in stride(from: y0, to: height, by: dy).enumerated() where !columns.isEmpty {
                var bits: [Bool] = []
                for x in columns {
                    for channel in 0..<channels {
                        let sample = samples[(y * width + x) * channels + channel]
                        for bit in (0..<bitDepth).reversed() { bits.append(sample >> bit & 1 == 1) }
                    }
                }
                while bits.count % 8 != 0 { bits.append(false) }
                let row = stride(from: 0, to: bits.count, by: 8).map { start in
                    (0..<8).reduce(UInt8(0)) { $0 << 1 | (bits[start + $1] ? 1 : 0) }
                }
                if above.isEmpty { above = [UInt8](repeating: 0, count: row.count) }
                let distance = max(1, channels * bitDepth / 8)
                let filter = line % 5
                raw.append(UInt8(filter))
                for index in row.indices {
                    let a = index >= distance ? Int(row[index - distance]) : 0
                    let b = Int(above[index])
                    let c = index >= distance ? Int(above[index - distance]) : 0
                    let p = a + b - c
                    let paeth = [(abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)].min {
                        ($0.0, $0.1) < ($1.0, $1.1)
                    }
                    let guess = [0, a, b, (a + b) / 2, paeth?.2 ?? 0][filter]
                    raw.append(UInt8(truncatingIfNeeded: Int(row[index]) - guess))
                }
                above = row
            }
        }
        func four(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
            let all = Array(name.utf8) + body
            return four(body.count) + all + four(Int(crc32(0, all, uInt(all.count))))
        }
        var length = compressBound(uLong(raw.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        compress(&packed, &length, raw, uLong(raw.count))
        packed.removeLast(packed.count - Int(length))
        let half = packed.count / 2
        return [137, 80, 78, 71, 13, 10, 26, 10]
            + chunk(
                "IHDR", four(width) + four(height) + [UInt8(bitDepth), UInt8(colourType), 0, 0, interlaced ? 1 : 0])
            + (palette.map { chunk("PLTE", $0) } ?? []) + (transparency.map { chunk("tRNS", $0) } ?? [])
            + chunk("IDAT", Array(packed[..<half])) + chunk("IDAT", Array(packed[half...])) + chunk("IEND", [])
    }
}

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "imaging-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}
