// SPDX-License-Identifier: Apache-2.0

import Ultrasound

/// Puts the PGM or PPM pictures together that ffmpeg writes one after another, however the pipe cuts them.
struct FilmFrames {
    private(set) var frames: [GreyImage] = []
    private(set) var hasColour = false

    private let limits: LoopLimits
    private var header: [UInt8] = []
    private var width = 0
    private var height = 0
    private var channels = 1
    /// Bytes of the picture that is coming in.
    private var samples: [UInt8] = []
    private var isInPicture = false

    init(limits: LoopLimits) { self.limits = limits }

    /// Whether the last picture has come to its end.
    var isWhole: Bool { !isInPicture && header.isEmpty }

    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(LoopError) {
        var position = 0
        while position < bytes.count {
            if !isInPicture {
                header.append(bytes[position])
                position += 1
                if bytes[position - 1] == 10 { try readHeader() }
                continue
            }
            let needed = width * height * channels - samples.count
            let taken = min(needed, bytes.count - position)
            samples.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[position..<position + taken]))
            position += taken
            if taken == needed { try finishPicture() }
        }
    }

    /// "P5\n640 480\n255\n", with P6 for colour.
    private mutating func readHeader() throws(LoopError) {
        let fields = header.split { $0 == 10 || $0 == 32 }
        guard fields.count == 4 else {
            guard header.count < 64 else { throw Self.broken }
            return
        }
        let numbers = fields[1...].compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3, numbers[2] == 255 else { throw Self.broken }
        channels = fields[0].last == UInt8(ascii: "6") ? 3 : 1
        try limits.check(width: numbers[0], height: numbers[1])
        if let first = frames.first, first.width != numbers[0] || first.height != numbers[1] {
            throw Self.sizeChanged
        }
        (width, height) = (numbers[0], numbers[1])
        try limits.check(frames: frames.count + 1, width: width, height: height)
        header.removeAll(keepingCapacity: true)
        samples = []
        samples.reserveCapacity(width * height * channels)
        isInPicture = true
    }

    private mutating func finishPicture() throws(LoopError) {
        var grey = samples
        samples = []
        if channels == 3 {
            let colour = grey
            grey = [UInt8](repeating: 0, count: width * height)
            var colouredPixels = 0
            for index in grey.indices {
                let (red, green, blue) = (colour[3 * index], colour[3 * index + 1], colour[3 * index + 2])
                grey[index] = luminance(red, green, blue)
                if isColoured(red, green, blue) { colouredPixels += 1 }
            }
            // A few coloured marks are not worth a warning.
            if colouredPixels * 100 > grey.count { hasColour = true }
        }
        guard let image = GreyImage(width: width, height: height, pixels: grey) else { throw Self.broken }
        frames.append(image)
        isInPicture = false
    }

    static let sizeChanged = LoopError(
        .sizeDiffers, "The pictures of this film change their size. Export it with one size.")
    private static let broken = LoopError(.damaged, "The film could not be decoded. Export it again.")
}
