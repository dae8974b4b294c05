// SPDX-License-Identifier: Apache-2.0

package import Ultrasound

/// Something about a loop that whoever measures in it should know.
package struct LoopWarning: Sendable, Hashable, Codable {
    /// Stable, for programs.
    package let code: String
    /// A sentence for people.
    package let message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// A loop as it was read.
package struct LoadedLoop: Sendable {
    /// The grey frames with their times and, if it was told, the calibration.
    package let loop: CineLoop
    /// The container or kind of frames: "png", "pgm", "mov", "avi", "matroska".
    package let format: String
    package let warnings: [LoopWarning]
}
