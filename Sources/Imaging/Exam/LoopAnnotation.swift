// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage
package import Ultrasound

/// A distance, an area, an angle or a word that somebody put into a frame, with the scale of that moment.
package struct LoopAnnotation: Sendable {
    package typealias ID = Identifier<LoopAnnotation>

    package enum Kind: String, Sendable, Codable, CaseIterable {
        case distance, area, angle, note
    }

    /// What a distance or an area is of.
    package enum Meaning: String, Sendable, Codable, CaseIterable {
        case thickness, tearLength, haematomaLength, haematomaArea, crossSection, tornSection, pennation, other
    }

    package struct Content: Sendable, Hashable, Codable {
        package let kind: Kind
        package let meaning: Meaning
        package let frame: Int
        package let points: [PicturePoint]
        package let text: String
        package let millimetresPerPixelX: Double?
        package let millimetresPerPixelY: Double?

        var spacing: PixelSpacing? {
            guard let millimetresPerPixelX, let millimetresPerPixelY else { return nil }
            return PixelSpacing(x: millimetresPerPixelX, y: millimetresPerPixelY)
        }

        /// Checks what was drawn against the loop.
        package init(
            kind: Kind, meaning: Meaning, frame: Int, points: [PicturePoint], text: String,
            in frames: VisitLoop.Frames, spacing: PixelSpacing?
        ) throws(ImagingError) {
            guard (0..<frames.count).contains(frame) else { throw .noSuchFrame }
            let wanted =
                switch kind {
                case .distance: 2...2
                case .angle: 3...3
                case .area: 3...400
                case .note: 1...1
                }
            guard wanted.contains(points.count) else { throw .marksMissing }
            for point in points {
                guard (-0.5...Double(frames.width) - 0.5).contains(point.x),
                    (-0.5...Double(frames.height) - 0.5).contains(point.y)
                else { throw .marksMissing }
            }
            for (one, next) in zip(points, points.dropFirst()) where kind != .area {
                guard PictureLength(along: [one, next], spacing: nil).pixels >= 1 else { throw .marksTooNear }
            }
            guard text.count <= 200, kind != .note || !text.isEmpty else { throw .emptyNote }
            self.kind = kind
            self.meaning = meaning
            self.frame = frame
            self.points = points
            self.text = text
            millimetresPerPixelX = spacing?.x
            millimetresPerPixelY = spacing?.y
        }

        /// What was measured; nothing for a note.
        package var value: MeasuredValue? {
            switch kind {
            case .note: return nil
            case .distance:
                let length = PictureLength(along: points, spacing: spacing)
                return length.millimetres.map { MeasuredValue($0, .millimetres) }
                    ?? MeasuredValue(length.pixels, .pixels)
            case .area:
                let area = PictureArea(inside: points, spacing: spacing)
                return area.squareMillimetres.map { MeasuredValue($0, .squareMillimetres) }
                    ?? MeasuredValue(area.squarePixels, .squarePixels)
            case .angle:
                // At the middle one of three points, in the tissue: pixels that are not square are respected.
                let scale = (x: spacing?.x ?? 1, y: spacing?.y ?? 1)
                func direction(_ point: PicturePoint) -> Double {
                    atan2((point.y - points[1].y) * scale.y, (point.x - points[1].x) * scale.x)
                }
                let turn = abs(direction(points[0]) - direction(points[2])) * 180 / .pi
                return MeasuredValue(turn > 180 ? 360 - turn : turn, .degrees)
            }
        }
    }

    package let id: ID
    package let loop: VisitLoop.ID
    package let content: Content
    package let madeAt: Date
    package let madeBy: String
    package let acceptedAt: Date?
    package let acceptedBy: String?

    /// From `loop_annotation` with its acceptance.
    init(_ row: Row) throws {
        id = try row.get("id")
        loop = try row.get("loop")
        content = try JSONText.value(Content.self, try row.get("content"))
        madeAt = try row.get("made_at")
        madeBy = try row.get("made_by")
        acceptedAt = try row.get("accepted_at")
        acceptedBy = try row.get("accepted_by")
    }
}

/// A number with its unit; pixels where there was no scale, and never anything else then.
package struct MeasuredValue: Sendable, Hashable, Codable {
    package enum Unit: String, Sendable, Codable {
        case millimetres = "mm"
        case squareMillimetres = "mm²"
        case pixels = "px"
        case squarePixels = "px²"
        case degrees = "°"
    }

    package let value: Double
    package let unit: Unit

    package init(_ value: Double, _ unit: Unit) {
        self.value = value
        self.unit = unit
    }

    package var isCalibrated: Bool { unit != .pixels && unit != .squarePixels }

    /// "12.3 mm". Tenths are about what speckle allows; more digits would be noise.
    package var text: String {
        switch unit {
        case .squareMillimetres, .squarePixels: String(format: "%.0f", value) + " " + unit.rawValue
        case .degrees: String(format: "%.0f", value) + "°"
        case .millimetres, .pixels: String(format: "%.1f", value) + " " + unit.rawValue
        }
    }
}
