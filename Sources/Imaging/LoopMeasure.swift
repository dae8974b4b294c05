// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage
package import Ultrasound

/// A separation that was asked for, its result once there is one, and who accepted it.
package struct LoopMeasure: Sendable {
    package typealias ID = Identifier<LoopMeasure>

    /// What was marked, and the calibration at that moment.
    package struct Request: Sendable, Hashable, Codable {
        package let frame: Int
        package let first: PicturePoint
        package let second: PicturePoint
        /// Nothing for a loop without calibration: the result is in pixels.
        package let millimetresPerPixelX: Double?
        package let millimetresPerPixelY: Double?

        package var spacing: PixelSpacing? {
            guard let millimetresPerPixelX, let millimetresPerPixelY else { return nil }
            return PixelSpacing(x: millimetresPerPixelX, y: millimetresPerPixelY)
        }

        /// Checks marks against the loop.
        package init(
            frame: Int, first: PicturePoint, second: PicturePoint, in frames: VisitLoop.Frames, spacing: PixelSpacing?
        ) throws(ImagingError) {
            guard (0..<frames.count).contains(frame) else { throw .noSuchFrame }
            for point in [first, second] {
                guard (0...Double(frames.width - 1)).contains(point.x),
                    (0...Double(frames.height - 1)).contains(point.y)
                else { throw .marksMissing }
            }
            guard PictureLength(along: [first, second], spacing: nil).pixels >= 2 else { throw .marksTooNear }
            self.frame = frame
            self.first = first
            self.second = second
            millimetresPerPixelX = spacing?.x
            millimetresPerPixelY = spacing?.y
        }
    }

    /// The separation in every frame. All lengths are in `unit`.
    package struct Result: Sendable, Hashable, Codable {
        package enum Unit: String, Sendable, Codable {
            case millimetres = "mm"
            case pixels = "px"
        }

        package let unit: Unit
        package let restFrame: Int
        package let maximumFrame: Int
        package let rest: Double
        package let maximum: Double
        package var opening: Double { maximum - rest }
        /// Nothing in frames where a mark is lost.
        package let perFrame: [Double?]
        /// In 95 of 100 cases the separation is not farther off.
        package let error95: [Double?]
        /// The marks' places in each frame, x and y.
        package let first: [[Double]]
        package let second: [[Double]]
        /// Frames of onset, peak and return, where the motion shows a contraction.
        package let contraction: [Int]?
    }

    /// Changes with every change of the method that can change a number.
    package static let methodVersion = "separation/1"

    package let id: ID
    package let loop: VisitLoop.ID
    package let request: Request
    package let askedAt: Date
    package let askedBy: String
    package let method: String?
    /// Why there is no result.
    package let failure: String?
    package let result: Result?
    package let acceptedAt: Date?
    package let acceptedBy: String?

    package var isWaiting: Bool { result == nil && failure == nil }

    /// From `loop_measure` with result and acceptance.
    init(_ row: Row) throws {
        id = try row.get("id")
        loop = try row.get("loop")
        request = try JSONText.value(Request.self, try row.get("request"))
        askedAt = try row.get("asked_at")
        askedBy = try row.get("asked_by")
        method = try row.get("method_version")
        failure = try row.get("failure")
        let result: String? = try row.get("result")
        self.result = try result.map { try JSONText.value(Result.self, $0) }
        acceptedAt = try row.get("accepted_at")
        acceptedBy = try row.get("accepted_by")
    }

    /// Measures. Pure: the same loop and marks give the same result.
    static func measure(_ request: Request, in loop: CineLoop) -> Swift.Result<Result, LoopError> {
        var tracker = PointTracker()
        tracker.restFrame = request.frame
        let tracks: [PointTrack]
        do {
            tracks = try tracker.track([request.first, request.second], in: loop)
        } catch {
            return .failure(
                LoopError(.format, "The marks can't be followed in this loop. Set them inside the picture."))
        }
        let separation = Separation(between: tracks[0], and: tracks[1], in: loop, restFrame: request.frame)
        func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
        let values = separation.perFrameMillimetres ?? separation.perFramePixels
        let known = values.indices.map { separation.isKnown(frame: $0) }
        func places(_ track: PointTrack) -> [[Double]] { track.positions.map { [rounded($0.x), rounded($0.y)] } }
        let phases = ContractionPhases(of: values.indices.map { known[$0] ? values[$0] : .nan }, times: loop.times)
        return .success(
            Result(
                unit: separation.perFrameMillimetres == nil ? .pixels : .millimetres, restFrame: separation.restFrame,
                maximumFrame: separation.maximumFrame, rest: rounded(values[separation.restFrame]),
                maximum: rounded(values[separation.maximumFrame]),
                perFrame: values.indices.map { known[$0] ? rounded(values[$0]) : nil },
                error95: values.indices.map { known[$0] ? rounded(separation.error95[$0]) : nil },
                first: places(tracks[0]), second: places(tracks[1]),
                contraction: phases.map { [$0.onsetFrame, $0.peakFrame, $0.returnFrame] }))
    }
}
