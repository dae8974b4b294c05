// SPDX-License-Identifier: Apache-2.0

import Testing
import Ultrasound

@testable import Imaging

@Suite("PNG")
struct PNGTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let colourType: Int
        let bitDepth: Int
        let channels: Int
        let interlaced: Bool
        var testDescription: String { "type \(colourType), \(bitDepth) bits\(interlaced ? ", interlaced" : "")" }
    }

    static let kinds = [
        (0, [1, 2, 4, 8, 16], 1), (2, [8, 16], 3), (3, [1, 2, 4, 8], 1), (4, [8, 16], 2), (6, [8, 16], 4),
    ].flatMap { type, depths, channels in
        depths.flatMap { depth in
            [false, true].map { Kind(colourType: type, bitDepth: depth, channels: channels, interlaced: $0) }
        }
    }

    @Test("Every kind of PNG becomes the grey that its samples say", arguments: kinds, [1, 2, 3, 5, 8, 9, 17, 33])
    func everyKind(kind: Kind, size: Int) throws {
        let (width, height) = (size, size % 7 + 1)
        let largest = 1 << kind.bitDepth - 1
        var random = Pictures.Random(state: UInt64(size * 100 + kind.bitDepth))
        var samples: [Int] = []
        var want: [UInt8] = []
        let palette = (0...min(largest, 255)).flatMap { _ in
            (0..<3).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        func eight(_ value: Int) -> Int { Int((Double(value) * 255 / Double(largest)).rounded()) }
        func luma(_ r: Int, _ g: Int, _ b: Int) -> UInt8 {
            UInt8((Double(r) * 0.299 + Double(g) * 0.587 + Double(b) * 0.114).rounded())
        }
        for _ in 0..<width * height {
            let pixel = (0..<kind.channels).map { _ in Int.random(in: 0...largest, using: &random) }
            var stored = pixel
            if kind.colourType >= 4 { stored[kind.channels - 1] = largest }
            samples += stored
            switch kind.colourType {
            case 0, 4: want.append(UInt8(eight(pixel[0])))
            case 3:
                want.append(
                    luma(Int(palette[3 * pixel[0]]), Int(palette[3 * pixel[0] + 1]), Int(palette[3 * pixel[0] + 2])))
            default: want.append(luma(eight(pixel[0]), eight(pixel[1]), eight(pixel[2])))
            }
        }
        let file = Pictures.png(
            width: width, height: height, bitDepth: kind.bitDepth, colourType: kind.colourType, channels: kind.channels,
            samples: samples, interlaced: kind.interlaced, palette: kind.colourType == 3 ? palette : nil)
        let got = try PNG.decode(file, limits: .clinic)
        #expect(got.width == width && got.height == height)
        // Fixed point and floating point may round a tie of colours differently; grey is exact.
        let tolerance = [0, 4].contains(kind.colourType) ? 0 : 1
        #expect(zip(got.pixels, want).allSatisfy { abs(Int($0) - Int($1)) <= tolerance })
    }

    @Test("Equal red, green and blue are that grey", arguments: 0...255)
    func greyStaysGrey(value: Int) {
        #expect(luminance(UInt8(value), UInt8(value), UInt8(value)) == UInt8(value))
    }

    @Test("What is written is read again", arguments: [(1, 1), (7, 3), (64, 65)])
    func roundTrip(width: Int, height: Int) throws {
        let image = Pictures.noise(width, height, seed: 3)
        #expect(try PNG.decode(try PNG.encode(image), limits: .clinic) == image)
        #expect(try PNG.decode(try PNG.encode(ColourImage(image)), limits: .clinic) == image)
        #expect(try PortableGreyMap.decode(PortableGreyMap.encode(image), limits: .clinic) == image)
    }

    @Test("A picture with transparent parts has no certain grey and is refused", arguments: [0, 2, 3, 4, 6])
    func transparent(type: Int) {
        let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][type] ?? 1
        let file = Pictures.png(
            width: 2, height: 1, bitDepth: 8, colourType: type, channels: channels,
            samples: [Int](repeating: 0, count: 2 * channels), palette: type == 3 ? [0, 0, 0] : nil,
            transparency: type == 3 ? [0] : type < 3 ? [UInt8](repeating: 0, count: 2 * channels) : nil)
        #expect(throws: LoopError.self) { try PNG.decode(file, limits: .clinic) }
    }

    @Test("Cut anywhere or with any byte changed, a PNG is refused, never misread")
    func damage() throws {
        let image = Pictures.noise(9, 6, seed: 5)
        let whole = try PNG.encode(image)
        for length in 0..<whole.count {
            #expect(throws: LoopError.self, "cut at \(length)") {
                try PNG.decode(Array(whole[..<length]), limits: .clinic)
            }
        }
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 0x55
            #expect(throws: LoopError.self, "changed at \(index)") { try PNG.decode(changed, limits: .clinic) }
        }
    }

    @Test("A picture that claims more pixels than the limit, or holds more bytes than it claims, is refused")
    func bombs() {
        let huge = Pictures.png(
            width: 100_000, height: 1, bitDepth: 8, colourType: 0, channels: 1,
            samples: [Int](repeating: 0, count: 100_000))
        var limits = LoopLimits.clinic
        limits.framePixels = 99_999
        #expect(throws: LoopError.self) { try PNG.decode(huge, limits: limits) }
        var more = huge
        more.replaceSubrange(16..<20, with: [0, 0, 0, 9])
        #expect(throws: LoopError.self) { try PNG.decode(more, limits: .clinic) }
    }
}
