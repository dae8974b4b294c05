// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage
package import Ultrasound

/// A loop that belongs to a visit, and what reading it gave.
package struct VisitLoop: Sendable, Hashable {
    package typealias ID = Identifier<VisitLoop>

    package enum State: String, Sendable, Bindable {
        /// It has not been read yet.
        case waiting
        case ready
        /// The file can't be read; `failure` says why.
        case failed
    }

    /// The frames as they can be shown and measured.
    package struct Frames: Sendable, Hashable {
        package let width: Int
        package let height: Int
        /// Seconds of each frame.
        package let times: [Double]
        /// All frames as PNG, one after another.
        package let fileKey: String
        /// Where each frame's PNG ends in that file.
        package let ends: [Int64]

        package var count: Int { times.count }

        /// The bytes of one frame's PNG.
        func range(of frame: Int) -> Range<Int64> { (frame == 0 ? 0 : ends[frame - 1])..<ends[frame] }
    }

    package let id: ID
    package let visit: String
    package let patient: Patient.ID
    package let fileName: String
    package let fileKey: String
    package let byteCount: Int64
    package let state: State
    package let receivedAt: Date
    package let failure: String?
    package let warnings: [LoopWarning]
    package let frames: Frames?

    /// From `visit_loop` with its `loop_reading`.
    init(_ row: Row) throws {
        id = try row.get("id")
        visit = try row.get("visit")
        patient = try row.get("patient")
        fileName = try row.get("file_name")
        fileKey = try row.get("file_key")
        byteCount = try row.get("byte_count")
        state = try row.get("state")
        receivedAt = try row.get("received_at")
        failure = try row.get("failure")
        let warnings: String? = try row.get("warnings")
        self.warnings = try warnings.map { try JSONText.value([LoopWarning].self, $0) } ?? []
        if let key = try row.get("frames_key", as: String?.self), let times = try row.get("times", as: String?.self),
            let ends = try row.get("frame_ends", as: String?.self)
        {
            frames = Frames(
                width: try row.get("width"), height: try row.get("height"),
                times: try JSONText.value([Double].self, times), fileKey: key,
                ends: try JSONText.value([Int64].self, ends))
        } else {
            frames = nil
        }
    }
}

/// The size of a pixel, as somebody set it for a loop.
package struct LoopCalibration: Sendable, Hashable {
    package let spacing: PixelSpacing
    /// "number", "ruler", "simulated", or what the object itself says.
    package let how: String
    package let setAt: Date
    package let setBy: String

    /// Whether it is the machine's own, from the regions of the object, and nobody's entry.
    package var isFromObject: Bool { how == VisitLoops.calibratedByObject }

    /// Pixels smaller or larger are a slip of the hand.
    package static let plausible = 0.005...2.0

    /// The spacing that makes two points of the picture so many millimetres apart.
    package static func spacing(
        from one: PicturePoint, to other: PicturePoint, millimetres: Double
    ) throws(ImagingError) -> PixelSpacing {
        let pixels = PictureLength(along: [one, other], spacing: nil).pixels
        guard pixels >= 2, millimetres.isFinite else { throw .implausibleScale }
        return try spacing(millimetresPerPixel: millimetres / pixels)
    }

    package static func spacing(millimetresPerPixel: Double) throws(ImagingError) -> PixelSpacing {
        guard plausible.contains(millimetresPerPixel),
            let spacing = PixelSpacing(x: millimetresPerPixel, y: millimetresPerPixel)
        else { throw .implausibleScale }
        return spacing
    }
}

/// Values kept as JSON in a column.
enum JSONText {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
