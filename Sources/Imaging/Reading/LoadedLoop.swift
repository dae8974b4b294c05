// SPDX-License-Identifier: Apache-2.0

package import DICOM
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
    /// The container or kind of frames: "png", "pgm", "mov", "avi", "matroska", "dicom".
    package let format: String
    package let warnings: [LoopWarning]
    /// The parts of the picture that have a scale of their own; nothing where the loop's scale holds everywhere.
    package var regions: UltrasoundRegions?

    /// The scale of a length between two places of the picture.
    package func spacing(from one: PicturePoint, to other: PicturePoint) -> PixelSpacing? {
        guard let regions else { return loop.millimetresPerPixel }
        return regions.spacing(from: (one.x, one.y), to: (other.x, other.y))
    }

    /// The same loop for measuring at these places: without a scale, and with a warning, where they do not lie together
    /// in a region that has one.
    package func measuring(_ places: [PicturePoint]) -> LoadedLoop {
        guard loop.millimetresPerPixel != nil, let first = places.first,
            !places.allSatisfy({ spacing(from: first, to: $0) == loop.millimetresPerPixel }),
            let bare = try? CineLoop(frames: loop.frames, times: loop.times)
        else { return self }
        return LoadedLoop(
            loop: bare, format: format,
            warnings: warnings + [
                LoopWarning(
                    code: "outsideRegion",
                    message:
                        "The places do not lie together in a region of the picture that has a scale: lengths are pixels."
                )
            ])
    }
}
