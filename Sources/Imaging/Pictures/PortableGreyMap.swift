// SPDX-License-Identifier: Apache-2.0

package import Ultrasound

/// PGM, the plainest picture file: P5 (bytes, or two bytes where the maximum is above 255) and P2 (digits).
package enum PortableGreyMap {
    /// Whether bytes begin like a PGM.
    static func recognises(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 3 && bytes[0] == UInt8(ascii: "P") && [UInt8(ascii: "2"), UInt8(ascii: "5")].contains(bytes[1])
            && (isSpace(bytes[2]) || bytes[2] == UInt8(ascii: "#"))
    }

    /// The picture's bytes as P5.
    package static func encode(_ image: GreyImage) -> [UInt8] {
        Array("P5\n\(image.width) \(image.height)\n255\n".utf8) + image.pixels
    }

    /// Width and height, after a look at the header alone.
    static func size(_ bytes: [UInt8]) throws(LoopError) -> (width: Int, height: Int) {
        var cursor = Cursor(bytes: bytes)
        let header = try cursor.header()
        return (header.width, header.height)
    }

    /// The picture. Grey values are exact where the maximum is 255, else scaled and rounded.
    package static func decode(_ bytes: [UInt8], limits: LoopLimits) throws(LoopError) -> GreyImage {
        guard recognises(bytes) else { throw LoopError(.format, "This is not a PGM picture.") }
        var cursor = Cursor(bytes: bytes)
        let header = try cursor.header()
        try limits.check(width: header.width, height: header.height)
        let count = header.width * header.height
        var pixels: [UInt8]
        if header.isText {
            pixels = []
            pixels.reserveCapacity(min(count, bytes.count))
            for _ in 0..<count { pixels.append(try scale(try cursor.number(), maximum: header.maximum)) }
        } else if header.maximum == 255 {
            guard bytes.count - cursor.position >= count else { throw tooShort }
            pixels = Array(bytes[cursor.position..<cursor.position + count])
        } else {
            let wide = header.maximum > 255
            guard bytes.count - cursor.position >= (wide ? 2 * count : count) else { throw tooShort }
            pixels = []
            pixels.reserveCapacity(count)
            for index in 0..<count {
                let at = cursor.position + (wide ? 2 * index : index)
                let value = wide ? Int(bytes[at]) << 8 | Int(bytes[at + 1]) : Int(bytes[at])
                pixels.append(try scale(value, maximum: header.maximum))
            }
        }
        guard let image = GreyImage(width: header.width, height: header.height, pixels: pixels) else { throw tooShort }
        return image
    }

    private static let tooShort = LoopError(.damaged, "The picture ends too early. Export it again.")
    private static let badHeader = LoopError(.damaged, "The header of this PGM picture is broken. Export it again.")

    private static func scale(_ value: Int, maximum: Int) throws(LoopError) -> UInt8 {
        guard value <= maximum else {
            throw LoopError(.damaged, "A grey value is above the maximum that the header names. Export it again.")
        }
        return UInt8((value * 510 + maximum) / (2 * maximum))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private struct Cursor {
        let bytes: [UInt8]
        var position = 0

        /// Reads the header; the position is then at the first sample.
        mutating func header() throws(LoopError) -> (isText: Bool, width: Int, height: Int, maximum: Int) {
            position = 2
            let isText = bytes[1] == UInt8(ascii: "2")
            let width = try number()
            let height = try number()
            let maximum = try number()
            guard width > 0, height > 0, (1...65535).contains(maximum) else { throw badHeader }
            if !isText {
                guard position < bytes.count, isSpace(bytes[position]) else { throw badHeader }
                position += 1
            }
            return (isText, width, height, maximum)
        }

        /// The next decimal number, after spaces and comments.
        mutating func number() throws(LoopError) -> Int {
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "#") {
                    while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
                } else if isSpace(bytes[position]) {
                    position += 1
                } else {
                    break
                }
            }
            guard position < bytes.count else { throw tooShort }
            var value = 0
            let first = position
            while position < bytes.count, (48...57).contains(bytes[position]) {
                value = value * 10 + Int(bytes[position] - 48)
                guard value < 1_000_000_000 else { throw badHeader }
                position += 1
            }
            guard position > first else { throw badHeader }
            return value
        }
    }
}
