// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The result of following points, as `fascia.ultrasound/1` JSON.
///
/// Positions are pixels with the origin at the centre of the top-left pixel, x to the right and y down, one pair for each frame.
/// `confidence` is the probability that a position is within one pixel of the truth, 0 where the point is lost (outside the picture, in a
/// shadow, out of the plane); `errorPixels95` the distance that holds in 95 of 100 cases, null where it is lost.
public struct TrackDocument: Encodable, Sendable {
    /// The recording.
    public struct Loop: Encodable, Sendable {
        /// The name under which it was read.
        public let file: String
        public let frameCount: Int, width: Int, height: Int
        /// Frames per second, on average; nothing for a single frame.
        public let frameRate: Double?
        /// Nothing without calibration.
        public let millimetresPerPixel: Spacing?

        /// Millimetres per pixel along x and y.
        public struct Spacing: Encodable, Sendable {
            public let x: Double, y: Double
        }

        init(_ loop: CineLoop, file: String) {
            self.file = file
            frameCount = loop.frames.count
            width = loop.width
            height = loop.height
            frameRate = loop.frameRate.map { rounded($0, 6) }
            millimetresPerPixel = loop.millimetresPerPixel.map { Spacing(x: $0.x, y: $0.y) }
        }

        private enum Key: CodingKey { case file, frameCount, width, height, frameRate, millimetresPerPixel }

        /// Writes null where there is nothing.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(file, forKey: .file)
            try container.encode(frameCount, forKey: .frameCount)
            try container.encode(width, forKey: .width)
            try container.encode(height, forKey: .height)
            try container.encode(frameRate, forKey: .frameRate)
            try container.encode(millimetresPerPixel, forKey: .millimetresPerPixel)
        }
    }

    /// One followed point.
    public struct Point: Encodable, Sendable {
        /// What the caller named the point.
        public let name: String
        /// Column and row in each frame, in pixels: shape frames × 2.
        public let positions: [[Double]]
        /// From 0 (lost) to 1, one for each frame.
        public let confidence: [Double]
        /// In 95 of 100 cases the point is not farther off than this, in pixels, one for each frame; nothing where it is lost.
        public let errorPixels95: [Double?]

        /// A track under a name.
        public init(name: String, track: PointTrack) {
            self.name = name
            positions = track.positions.map { [rounded($0.x, 4), rounded($0.y, 4)] }
            confidence = track.confidence.map { rounded($0, 4) }
            errorPixels95 = track.errorPixels95.map { $0.isFinite ? rounded($0, 4) : nil }
        }
    }

    /// How far two points are apart.
    public struct Distance: Encodable, Sendable {
        let between: [String]
        let separation: Separation

        private enum Key: CodingKey {
            case between, axis, restFrame, restMillimetres, maximumMillimetres, maximumFrame, maximumSeconds
            case openingMillimetres, perFrameMillimetres, error95Millimetres
            case restPixels, maximumPixels, openingPixels, perFramePixels, error95Pixels, isKnown
        }

        /// Writes null for millimetres without calibration.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            let errors = separation.error95.map { $0.isFinite ? rounded($0, 4) : nil }
            let isCalibrated = separation.perFrameMillimetres != nil
            try container.encode(between, forKey: .between)
            try container.encode([rounded(separation.axis.x, 5), rounded(separation.axis.y, 5)], forKey: .axis)
            try container.encode(separation.restFrame, forKey: .restFrame)
            try container.encode(separation.restMillimetres.map { rounded($0, 4) }, forKey: .restMillimetres)
            try container.encode(separation.maximumMillimetres.map { rounded($0, 4) }, forKey: .maximumMillimetres)
            try container.encode(separation.maximumFrame, forKey: .maximumFrame)
            try container.encode(rounded(separation.maximumSeconds, 5), forKey: .maximumSeconds)
            try container.encode(separation.openingMillimetres.map { rounded($0, 4) }, forKey: .openingMillimetres)
            try container.encode(
                separation.perFrameMillimetres.map { $0.map { rounded($0, 4) } }, forKey: .perFrameMillimetres)
            try container.encode(isCalibrated ? errors : nil, forKey: .error95Millimetres)
            try container.encode(rounded(separation.restPixels, 4), forKey: .restPixels)
            try container.encode(rounded(separation.maximumPixels, 4), forKey: .maximumPixels)
            try container.encode(rounded(separation.openingPixels, 4), forKey: .openingPixels)
            try container.encode(separation.perFramePixels.map { rounded($0, 4) }, forKey: .perFramePixels)
            try container.encode(isCalibrated ? nil : errors, forKey: .error95Pixels)
            try container.encode(
                separation.perFramePixels.indices.map { separation.isKnown(frame: $0) }, forKey: .isKnown)
        }
    }

    /// A motion field, which is in a file of its own (``FieldDocument``).
    public struct Field: Encodable, Sendable {
        public let spacingPixels: Int, columns: Int, rows: Int
        /// Where the file is.
        public let framesFile: String

        /// A field that was written to a file.
        public init(_ field: MotionField, framesFile: String) {
            spacingPixels = field.spacingPixels
            columns = field.columns
            rows = field.rows
            self.framesFile = framesFile
        }
    }

    let loop: Loop
    let points: [Point]
    let separation: Distance?
    let field: Field?
    let warnings: [LoopNote]

    /// - Parameters:
    ///   - file: the name to give for the loop.
    ///   - tracks: points with their names.
    ///   - separation: the names of the two points that it is between, and what was measured.
    ///   - notes: what reading the loop had to say.
    public init(
        loop: CineLoop, file: String, tracks: [(name: String, track: PointTrack)],
        separation: (first: String, second: String, measured: Separation)? = nil, field: Field? = nil,
        notes: [LoopNote] = []
    ) {
        self.loop = Loop(loop, file: file)
        points = tracks.map { Point(name: $0.name, track: $0.track) }
        self.separation = separation.map {
            Distance(between: [$0.first, $0.second], separation: $0.measured)
        }
        self.field = field
        var warnings = notes + LoopNote.about(loop)
        for (name, track) in tracks where !track.lostFrames.isEmpty {
            let ranges = Self.ranges(track.lostFrames)
            warnings.append(
                LoopNote(
                    code: "lost", message: "Point \(name) is lost in frames \(ranges): its positions there are a guess."
                ))
        }
        self.warnings = warnings
    }

    private enum Key: CodingKey { case schema, loop, points, separation, field, warnings }

    /// Writes null where there is nothing.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("fascia.ultrasound/1", forKey: .schema)
        try container.encode(loop, forKey: .loop)
        try container.encode(points, forKey: .points)
        try container.encode(separation, forKey: .separation)
        try container.encode(field, forKey: .field)
        try container.encode(warnings, forKey: .warnings)
    }

    static func ranges(_ frames: [Int]) -> String {
        var parts: [String] = []
        var start: Int?
        for (index, frame) in frames.enumerated() {
            if start == nil { start = frame }
            let goesOn = index + 1 < frames.count && frames[index + 1] == frame + 1
            if !goesOn, let first = start {
                parts.append(first == frame ? "\(frame)" : "\(first)–\(frame)")
                start = nil
            }
        }
        return parts.joined(separator: ", ")
    }
}

/// A number with so many places after the point: more would be digits that nobody measured.
func rounded(_ value: Double, _ places: Int) -> Double {
    guard value.isFinite else { return 0 }
    let scale = pow(10, Double(places))
    return (value * scale).rounded() / scale
}
