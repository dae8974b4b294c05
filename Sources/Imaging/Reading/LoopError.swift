// SPDX-License-Identifier: Apache-2.0

/// Why a loop can't be read or a picture can't be written: what, where, and what a person can do about it.
package struct LoopError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        /// There is nothing under this name, or it may not be read.
        case unreadable
        /// A folder without a frame, a file without a byte.
        case empty
        /// Not a kind of file that is read here.
        case format
        /// The kind is known, the bytes are broken or end too early.
        case damaged
        /// Frames of one loop have different sizes.
        case sizeDiffers
        /// Larger than a limit: bytes, pixels, frames.
        case tooLarge
        /// Reading took longer than the limit.
        case tooSlow
        /// ffmpeg is not installed.
        case toolMissing
        /// A result can't be written.
        case unwritable
    }

    package let reason: Reason
    /// Sentences for a person, without the name of the loop: what is wrong and what to do.
    package let description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// The same, said of one file of a folder.
    func at(_ name: String) -> LoopError { LoopError(reason, "\(name): \(description)") }
}
