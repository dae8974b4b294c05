// SPDX-License-Identifier: Apache-2.0

/// How much of a machine reading one loop may take. What is larger is refused with the limit in the message.
package struct LoopLimits: Sendable, Hashable {
    /// Bytes of a file.
    package var fileBytes: Int
    /// Pixels of a frame.
    package var framePixels: Int
    package var frames: Int
    /// Bytes of all decoded frames together.
    package var decodedBytes: Int
    /// Seconds for the whole reading.
    package var seconds: Double

    package init(fileBytes: Int, framePixels: Int, frames: Int, decodedBytes: Int, seconds: Double) {
        self.fileBytes = fileBytes
        self.framePixels = framePixels
        self.frames = frames
        self.decodedBytes = decodedBytes
        self.seconds = seconds
    }

    /// For the command: its user owns the machine.
    package static let command = LoopLimits(
        fileBytes: 4 << 30, framePixels: 8192 * 8192, frames: 20_000, decodedBytes: 2 << 30, seconds: 300)
    /// For the clinic: what others have sent.
    package static let clinic = LoopLimits(
        fileBytes: 512 << 20, framePixels: 4096 * 4096, frames: 3_000, decodedBytes: 768 << 20, seconds: 120)

    func check(width: Int, height: Int) throws(LoopError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0 else { throw LoopError(.damaged, "The picture has no size.") }
        guard !overflow, pixels <= framePixels else {
            throw LoopError(
                .tooLarge,
                "The picture is \(width) × \(height) pixels; at most \(framePixels) are read. Crop or reduce it.")
        }
    }

    func check(frames count: Int, width: Int, height: Int) throws(LoopError) {
        guard count <= frames else {
            throw LoopError(
                .tooLarge, "The loop has more than \(frames) frames. Cut it to the part that matters.")
        }
        guard count * width * height <= decodedBytes else {
            throw LoopError(
                .tooLarge,
                "The loop's frames are more than \(decodedBytes >> 20) MB of grey. Cut it to the part that matters.")
        }
    }
}
