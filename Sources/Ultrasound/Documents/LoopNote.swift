// SPDX-License-Identifier: Apache-2.0

/// Something that whoever reads a result should know.
public struct LoopNote: Hashable, Sendable, Codable {
    /// Stable, for programs: `lost`, `uncalibrated`, `oneFrame`, `interlaced` …
    public let code: String
    /// A sentence for people.
    public let message: String

    /// A note.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// What a loop as such makes worth saying.
    static func about(_ loop: CineLoop) -> [LoopNote] {
        var notes: [LoopNote] = []
        if loop.millimetresPerPixel == nil {
            notes.append(
                LoopNote(
                    code: "uncalibrated",
                    message: "The loop has no calibration: results are in pixels. Give --mm-per-pixel."))
        }
        if loop.frames.count == 1 {
            notes.append(LoopNote(code: "oneFrame", message: "The loop is a single picture: nothing can be followed."))
        }
        if Interlacing.isSeen(in: loop) {
            notes.append(
                LoopNote(
                    code: "interlaced",
                    message:
                        "Odd and even rows show different moments (interlaced video): fast motion is measured some pixels off. Export the loop without interlacing."
                ))
        }
        return notes
    }
}
