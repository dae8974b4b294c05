// SPDX-License-Identifier: Apache-2.0

/// A figure over several strides.
public struct Figure: Hashable, Sendable, Codable {
    /// The mean.
    public var mean: Double
    /// The standard deviation between strides (n − 1); nil for one stride.
    public var standardDeviation: Double?
    /// Of how many strides.
    public var count: Int

    /// The figure of some values, or nil of none.
    public init?(_ values: [Double]) {
        let values = values.filter(\.isFinite)
        guard !values.isEmpty else { return nil }
        count = values.count
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        if values.count > 1 {
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            standardDeviation = (squares / Double(values.count - 1)).squareRoot()
        }
    }
}

/// The figures of time and space that every gait report opens with.
public struct Spatiotemporal: Hashable, Sendable, Codable {
    /// One foot's figures over its strides.
    public struct Feet: Hashable, Sendable, Codable {
        /// Metres.
        public var strideLength: Figure?
        /// Metres; this foot's landing ahead of the other.
        public var stepLength: Figure?
        /// Metres.
        public var stepWidth: Figure?
        /// Seconds.
        public var strideTime: Figure?
        /// Seconds; the other foot's strike to this one's.
        public var stepTime: Figure?
        /// Seconds on the floor.
        public var stanceTime: Figure?
        /// Seconds in the air.
        public var swingTime: Figure?
        /// Per cent of the stride.
        public var footOffPercent: Figure?
        /// Seconds on this foot alone.
        public var singleSupport: Figure?
        /// Seconds on both feet.
        public var doubleSupport: Figure?
        /// Steps a minute.
        public var cadence: Figure?
        /// Metres a second.
        public var speed: Figure?

        /// The figures of a foot's strides.
        public init(_ strides: [Stride]) {
            strideLength = Figure(strides.compactMap(\.strideLengthMetres))
            stepLength = Figure(strides.compactMap(\.stepLengthMetres))
            stepWidth = Figure(strides.compactMap(\.stepWidthMetres))
            strideTime = Figure(strides.map(\.strideTimeSeconds))
            stepTime = Figure(strides.compactMap(\.stepTimeSeconds))
            stanceTime = Figure(strides.compactMap(\.stanceTimeSeconds))
            swingTime = Figure(strides.compactMap(\.swingTimeSeconds))
            footOffPercent = Figure(strides.compactMap(\.footOffPercent))
            singleSupport = Figure(strides.compactMap(\.singleSupportSeconds))
            doubleSupport = Figure(strides.compactMap(\.doubleSupportSeconds))
            cadence = Figure(strides.map(\.cadenceStepsPerMinute))
            speed = Figure(strides.compactMap(\.speedMetresPerSecond))
        }
    }

    /// Steps a minute over both feet's strides.
    public var cadence: Figure?
    /// Metres a second over both feet's strides.
    public var speed: Figure?
    /// The left foot's figures.
    public var left: Feet
    /// The right foot's figures.
    public var right: Feet

    /// The figures of a trial's strides.
    public init(_ strides: [Stride]) {
        cadence = Figure(strides.map(\.cadenceStepsPerMinute))
        speed = Figure(strides.compactMap(\.speedMetresPerSecond))
        left = Feet(strides.filter { $0.side == .left })
        right = Feet(strides.filter { $0.side == .right })
    }

    /// The symmetry index of a figure in per cent: the sides' difference over their mean, positive where the left is
    /// greater (Robinson 1987); nil where a side is missing or both are zero.
    public func symmetryIndexPercent(_ figure: KeyPath<Feet, Figure?>) -> Double? {
        guard let left = left[keyPath: figure]?.mean, let right = right[keyPath: figure]?.mean else { return nil }
        let mean = (left + right) / 2
        guard abs(mean) > 1e-9 else { return nil }
        return 100 * (left - right) / mean
    }
}
