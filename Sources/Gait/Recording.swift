// SPDX-License-Identifier: Apache-2.0

/// One trial as a motion-capture system recorded it: marker positions, analogue signals, force plates, events.
///
/// Positions are millimetres in the laboratory's axes, whatever unit the file used. A marker that was not seen in a
/// frame has no position there.
public struct Recording: Sendable {
    /// The file formats.
    public enum Format: String, Sendable { case c3d, trc }

    /// The format it was read from.
    public var format: Format
    /// Frames of markers a second.
    public var pointRate: Double
    /// The number of the first frame; labs cut trials, so it is often not 1.
    public var firstFrame: Int
    /// How many frames.
    public var frameCount: Int
    /// The markers' names as in the file, prefixes included.
    public var pointLabels: [String]
    /// x, y, z in millimetres, point after point, frame after frame: `frameCount × pointLabels.count × 3` numbers;
    /// not-a-number where the marker was not seen.
    public var coordinates: [Float]
    /// The analogue channels' names.
    public var analogLabels: [String] = []
    /// The analogue channels' units as in the file.
    public var analogUnits: [String] = []
    /// Analogue samples in each frame.
    public var analogSamplesPerFrame = 0
    /// Analogue values in their units, channel after channel, sample after sample:
    /// `frameCount × analogSamplesPerFrame × analogLabels.count` numbers.
    public var analog: [Float] = []
    /// The force plates.
    public var forcePlates: [ForcePlate] = []
    /// The events that the file holds, as they are there.
    public var storedEvents: [StoredEvent] = []
    /// The numbers of the PROCESSING group: the subject's measures, marker diameter.
    public var subjectValues: [String: Double] = [:]
    /// The names of subjects that the file holds: often a person's. `C3D.withoutNames` takes them out.
    public var subjectNames: [String] = []
    /// What was odd in the file but could be read.
    public var warnings: [AnalysisWarning] = []

    /// A recording of markers alone.
    public init(
        format: Format, pointRate: Double, firstFrame: Int, frameCount: Int, pointLabels: [String],
        coordinates: [Float]
    ) {
        self.format = format
        self.pointRate = pointRate
        self.firstFrame = firstFrame
        self.frameCount = frameCount
        self.pointLabels = pointLabels
        self.coordinates = coordinates
    }

    /// Analogue samples a second.
    public var analogRate: Double { pointRate * Double(analogSamplesPerFrame) }

    /// When the first frame was, in seconds from frame 1.
    public var startTimeSeconds: Double { Double(firstFrame - 1) / pointRate }

    /// When the last frame was, in seconds from frame 1.
    public var endTimeSeconds: Double { Double(firstFrame - 1 + max(0, frameCount - 1)) / pointRate }

    /// Where a point was, in millimetres, or nil where it was not seen or there is no such point or frame.
    public func position(ofPoint point: Int, atFrame frame: Int) -> Vector3? {
        guard frame >= 0, frame < frameCount, point >= 0, point < pointLabels.count else { return nil }
        let index = (frame * pointLabels.count + point) * 3
        guard index + 2 < coordinates.count else { return nil }
        let x = coordinates[index]
        guard !x.isNaN else { return nil }
        return Vector3(Double(x), Double(coordinates[index + 1]), Double(coordinates[index + 2]))
    }

    /// One analogue channel, `frameCount × analogSamplesPerFrame` values; empty where there is no such channel.
    public func analogChannel(_ channel: Int) -> [Float] {
        let channelCount = analogLabels.count
        guard channel >= 0, channel < channelCount else { return [] }
        return stride(from: channel, to: analog.count, by: channelCount).map { analog[$0] }
    }
}

/// An event as a file holds it: nothing is interpreted yet.
public struct StoredEvent: Hashable, Sendable {
    /// What the file calls it ("Foot Strike", "LHS", …).
    public var label: String
    /// Whose it is ("Left", "Right", "General", "").
    public var context: String
    /// When, in seconds from frame 1.
    public var timeSeconds: Double
    /// The icon's number (in Vicon's files 1 is a strike, 2 an off), if given.
    public var icon: Int?

    /// An event from its parts.
    public init(label: String, context: String, timeSeconds: Double, icon: Int? = nil) {
        self.label = label
        self.context = context
        self.timeSeconds = timeSeconds
        self.icon = icon
    }
}

/// Something a reader of the figures must know: a stable code for programs, a sentence for people.
public struct AnalysisWarning: Hashable, Sendable, Codable {
    /// A stable name in lower camel case.
    public var code: String
    /// A sentence.
    public var message: String

    /// A warning from its parts.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
