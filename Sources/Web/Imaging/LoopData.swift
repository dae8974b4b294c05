// SPDX-License-Identifier: Apache-2.0

import Clinic
import Foundation
import HTTPTypes
import Hummingbird
import Imaging
import NIOCore
import Storage
import Ultrasound

/// What the viewer asks for beside the frames themselves.
struct LoopData: Encodable {
    struct Measure: Encodable {
        let id: String
        let unit: String
        let restFrame: Int
        let perFrame: [Double?]
        let error95: [Double?]
        let first: [[Double]]
        let second: [[Double]]
    }
    struct Pain: Encodable {
        let frame: Int
        let value: Int
    }
    struct Annotation: Encodable {
        let kind: String
        let frame: Int
        let points: [[Double]]
        let label: String
        let value: String
        let text: String
    }

    let times: [Double]
    let ends: [Int64]
    let width: Int
    let height: Int
    /// Where all frames are, in one file.
    let frames: String
    /// Millimetres of a pixel, x and y; nothing without a scale.
    let spacing: [Double]?
    let measure: Measure?
    let pain: [Pain]
    let annotations: [Annotation]

    init(_ view: Clinic.LoopView, frames: VisitLoop.Frames) {
        times = frames.times
        ends = frames.streamEnds()
        width = frames.width
        height = frames.height
        self.frames = "/desk/loops/\(view.loop.id)/frames"
        spacing = view.calibration.map { [$0.spacing.x, $0.spacing.y] }
        let shown = view.measures.first { $0.result != nil }
        measure = shown.flatMap { measure in
            measure.result.map {
                .init(
                    id: measure.id.description, unit: $0.unit.rawValue, restFrame: $0.restFrame, perFrame: $0.perFrame,
                    error95: $0.error95, first: $0.first, second: $0.second)
            }
        }
        pain = view.pain.map { Pain(frame: $0.frame, value: $0.value) }
        annotations = view.annotations.map { annotation in
            let content = annotation.content
            return Annotation(
                kind: content.kind.rawValue, frame: content.frame, points: content.points.map { [$0.x, $0.y] },
                label: LoopWords.meaning(content.meaning.rawValue), value: content.value?.text ?? "", text: content.text
            )
        }
    }
}

/// What `clip.js` plays.
struct ClipData: Encodable {
    let times: [Double]
    let ends: [Int64]
    let width: Int
    let height: Int
    let frames: String

    init(_ frames: VisitLoop.Frames, range: ClosedRange<Int>? = nil, url: String) {
        let range = range ?? 0...(frames.count - 1)
        let first = frames.times[range.lowerBound]
        times = frames.times[range].map { $0 - first }
        ends = frames.streamEnds(range)
        width = frames.width
        height = frames.height
        self.frames = url
    }
}

extension Response {
    /// A loop's frames, one PNG after another, a piece at a time. They never change; they may stay in this reader's own browser
    /// for a while.
    static func packed(
        _ frames: VisitLoop.Frames, range: ClosedRange<Int>? = nil, isPublic: Bool = false, in files: any Files
    ) -> Response {
        let count = frames.streamEnds(range).last ?? 0
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/octet-stream",
                .cacheControl: "\(isPublic ? "public" : "private"), max-age=600, immutable",
            ],
            body: ResponseBody(contentLength: Int(count)) { writer in
                for try await piece in frames.stream(in: files, frames: range) {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            })
    }
}

extension Request {
    /// A script asks, and waits for an answer that is no page.
    var wantsJSON: Bool { headers[.accept]?.hasPrefix("application/json") ?? false }
}
