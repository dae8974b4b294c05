// SPDX-License-Identifier: Apache-2.0

/// The analysis of one trial as the `fascia.gait/1` JSON that other programs read.
///
/// Every key is always there; what was not computed is `null`. No number is ever infinite or not-a-number.
public struct AnalysisDocument: Hashable, Sendable, Codable {
    /// The trial that was analysed.
    public struct Trial: Hashable, Sendable, Codable {
        /// The file's name without its folder.
        public var file: String
        /// Frames a second.
        public var pointRate: Double
        /// The number of the first frame.
        public var firstFrame: Int
        /// How many frames.
        public var frameCount: Int
    }

    /// The choices that were in force.
    public struct Options: Hashable, Sendable, Codable {
        /// Millimetres.
        public var markerDiameterMillimetres: Double
        /// Which feet stood flat in the static trial.
        public var flatFoot: AnalysisOptions.FlatFoot
        /// How the hip centre is placed.
        public var hipCentre: AnalysisOptions.HipCentre
        /// The order of the pelvis's rotations.
        public var pelvisOrder: AnalysisOptions.PelvisOrder
    }

    /// Both legs' joint angles.
    public struct Angles: Hashable, Sendable, Codable {
        /// The left leg's.
        public var left: JointAngles
        /// The right leg's.
        public var right: JointAngles
    }

    /// Both legs' moments and powers.
    public struct Kinetics: Hashable, Sendable, Codable {
        /// The left leg's; nil without a clean step.
        public var left: JointKinetics?
        /// The right leg's; nil without a clean step.
        public var right: JointKinetics?

        private enum CodingKeys: String, CodingKey { case left, right }

        /// Writes both keys; a side without a clean step as `null`.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(left, forKey: .left)
            try container.encode(right, forKey: .right)
        }
    }

    /// The means over all strides.
    public struct SpatiotemporalMeans: Hashable, Sendable, Codable {
        /// Steps a minute.
        public var cadenceStepsPerMinute: Double?
        /// Metres a second.
        public var speedMetresPerSecond: Double?
        /// The left foot's means.
        public var left: SideMeans
        /// The right foot's means.
        public var right: SideMeans
    }

    /// One foot's means over its strides.
    public struct SideMeans: Hashable, Sendable, Codable {
        /// Metres.
        public var strideLengthMetres: Double?
        /// Metres.
        public var stepLengthMetres: Double?
        /// Metres.
        public var stepWidthMetres: Double?
        /// Seconds.
        public var strideTimeSeconds: Double?
        /// Seconds.
        public var stepTimeSeconds: Double?
        /// Per cent of the stride.
        public var footOffPercent: Double?
        /// Seconds.
        public var singleSupportSeconds: Double?
        /// Seconds.
        public var doubleSupportSeconds: Double?
    }

    /// The name of this form of document.
    public static let schemaName = "fascia.gait/1"

    /// Always `schemaName`.
    public var schema: String
    /// The trial that was analysed.
    public var trial: Trial
    /// The choices that were in force.
    public var options: Options
    /// The events by time.
    public var events: [GaitEvent]
    /// Joint angles in degrees, one number a frame; nil where markers or measures are missing (a warning says which).
    public var angles: Angles?
    /// Cadence, speed, lengths and times.
    public var spatiotemporal: SpatiotemporalMeans
    /// Moments and powers; nil where no foot stepped cleanly on a force plate.
    public var kinetics: Kinetics?
    /// Distances from the norm; nil where there is no whole stride with angles.
    public var indices: GaitIndices?
    /// What a reader must know.
    public var warnings: [AnalysisWarning]
}

extension AnalysisDocument {
    private enum CodingKeys: String, CodingKey {
        case schema, trial, options, events, angles, spatiotemporal, kinetics, indices, warnings
    }

    /// Writes every key, also those that are not computed yet.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(trial, forKey: .trial)
        try container.encode(options, forKey: .options)
        try container.encode(events, forKey: .events)
        try container.encode(angles, forKey: .angles)
        try container.encode(spatiotemporal, forKey: .spatiotemporal)
        try container.encode(kinetics, forKey: .kinetics)
        try container.encode(indices, forKey: .indices)
        try container.encode(warnings, forKey: .warnings)
    }

    /// Reads a document of this version.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schema = try container.decode(String.self, forKey: .schema)
        trial = try container.decode(Trial.self, forKey: .trial)
        options = try container.decode(Options.self, forKey: .options)
        events = try container.decode([GaitEvent].self, forKey: .events)
        angles = try container.decodeIfPresent(Angles.self, forKey: .angles)
        spatiotemporal = try container.decode(SpatiotemporalMeans.self, forKey: .spatiotemporal)
        kinetics = try container.decodeIfPresent(Kinetics.self, forKey: .kinetics)
        indices = try container.decodeIfPresent(GaitIndices.self, forKey: .indices)
        warnings = try container.decode([AnalysisWarning].self, forKey: .warnings)
    }
}

extension AnalysisDocument.SpatiotemporalMeans {
    private enum CodingKeys: String, CodingKey {
        case cadenceStepsPerMinute, speedMetresPerSecond, left, right
    }

    init(_ figures: Spatiotemporal) {
        cadenceStepsPerMinute = figures.cadence?.mean
        speedMetresPerSecond = figures.speed?.mean
        left = AnalysisDocument.SideMeans(figures.left)
        right = AnalysisDocument.SideMeans(figures.right)
    }

    /// Writes every key; a missing number as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(cadenceStepsPerMinute, forKey: .cadenceStepsPerMinute)
        try container.encode(speedMetresPerSecond, forKey: .speedMetresPerSecond)
        try container.encode(left, forKey: .left)
        try container.encode(right, forKey: .right)
    }
}

extension AnalysisDocument.SideMeans {
    private enum CodingKeys: String, CodingKey {
        case strideLengthMetres, stepLengthMetres, stepWidthMetres, strideTimeSeconds, stepTimeSeconds
        case footOffPercent, singleSupportSeconds, doubleSupportSeconds
    }

    init(_ feet: Spatiotemporal.Feet) {
        strideLengthMetres = feet.strideLength?.mean
        stepLengthMetres = feet.stepLength?.mean
        stepWidthMetres = feet.stepWidth?.mean
        strideTimeSeconds = feet.strideTime?.mean
        stepTimeSeconds = feet.stepTime?.mean
        footOffPercent = feet.footOffPercent?.mean
        singleSupportSeconds = feet.singleSupport?.mean
        doubleSupportSeconds = feet.doubleSupport?.mean
    }

    /// Writes every key; a missing number as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(strideLengthMetres, forKey: .strideLengthMetres)
        try container.encode(stepLengthMetres, forKey: .stepLengthMetres)
        try container.encode(stepWidthMetres, forKey: .stepWidthMetres)
        try container.encode(strideTimeSeconds, forKey: .strideTimeSeconds)
        try container.encode(stepTimeSeconds, forKey: .stepTimeSeconds)
        try container.encode(footOffPercent, forKey: .footOffPercent)
        try container.encode(singleSupportSeconds, forKey: .singleSupportSeconds)
        try container.encode(doubleSupportSeconds, forKey: .doubleSupportSeconds)
    }
}
