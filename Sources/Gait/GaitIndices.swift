// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How far a walk is from a norm: Gait Variable Scores, Gait Profile Score (Baker 2009), and a deviation index from it.
///
/// A variable's score is the root mean square, over the 51 points, of the difference between the mean curve of all
/// strides and the norm's mean. A side's profile score is the root mean square of its nine; the overall one that of
/// fifteen, the pelvis counted once, from the left. `gdiFromGps` is 100 − 10·z of the logarithm of the score
/// among the norm's own people (after Rozumalski & Schwartz 2011); the original GDI's control matrix is not published
/// under a licence, so this is not that index.
public struct GaitIndices: Hashable, Sendable, Codable {
    /// Numbers of both sides and, for the profile score, of the whole.
    public struct Scores: Hashable, Sendable, Codable {
        /// Degrees.
        public var left: Double?
        /// Degrees.
        public var right: Double?
        /// Degrees.
        public var overall: Double?
    }

    /// A figure of both sides.
    public struct Pair: Hashable, Sendable, Codable {
        /// The left side's.
        public var left: Double?
        /// The right side's.
        public var right: Double?
    }

    /// The variables' scores of both sides, degrees.
    public struct Variables: Hashable, Sendable, Codable {
        /// By `GaitVariable.rawValue`.
        public var left: [String: Double]
        /// By `GaitVariable.rawValue`.
        public var right: [String: Double]
    }

    /// What the walk was compared with.
    public struct Norm: Hashable, Sendable, Codable {
        /// Where it is from.
        public var source: String
        /// How many people.
        public var n: Int?
        /// Their ages.
        public var ages: String?
    }

    /// The Gait Profile Score.
    public var gps: Scores
    /// The Gait Variable Scores (the Movement Analysis Profile).
    public var gvs: Variables
    /// 100 is the mean of the norm, 10 a standard deviation.
    public var gdiFromGps: Pair
    /// What the walk was compared with.
    public var norm: Norm

    /// The standard deviation of ln GPS where a normative file gives none: that of the twelve children.
    static let usualLogDeviation = 0.246

    init(curves: [Side: [GaitVariable: StrideCurves]], norm set: NormativeSet) {
        var scores: [Side: [GaitVariable: Double]] = [:]
        for side in Side.allCases {
            for (variable, curve) in curves[side] ?? [:] {
                guard let mean = set.curves[variable]?.mean, mean.count == curve.mean.count else { continue }
                scores[side, default: [:]][variable] = Self.rootMeanSquare(zip(curve.mean, mean).map { $0 - $1 })
            }
        }
        func profile(_ side: Side) -> Double? {
            guard let own = scores[side], own.count == GaitVariable.allCases.count else { return nil }
            return Self.rootMeanSquare(GaitVariable.allCases.compactMap { own[$0] })
        }
        let left = profile(.left)
        let right = profile(.right)
        var overall: Double?
        if left != nil, right != nil, let lefts = scores[.left], let rights = scores[.right] {
            overall = Self.rootMeanSquare(
                GaitVariable.allCases.compactMap { lefts[$0] }
                    + GaitVariable.allCases.compactMap { $0.isOfPelvis ? nil : rights[$0] })
        }
        gps = Scores(left: left, right: right, overall: overall)
        func named(_ side: Side) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: (scores[side] ?? [:]).map { ($0.key.rawValue, $0.value) })
        }
        gvs = Variables(left: named(.left), right: named(.right))
        let mean = set.logGPSMean ?? Self.expectedLogMean(set)
        let deviation = set.logGPSDeviation ?? Self.usualLogDeviation
        func index(_ score: Double?) -> Double? {
            guard let score, score > 0, let mean, deviation > 0 else { return nil }
            return 100 - 10 * (log(score) - mean) / deviation
        }
        gdiFromGps = Pair(left: index(left), right: index(right))
        norm = Norm(source: set.source, n: set.count, ages: set.ages)
    }

    /// What one of the norm's own people scores in the middle, from their standard deviations.
    private static func expectedLogMean(_ set: NormativeSet) -> Double? {
        let deviations = GaitVariable.allCases.compactMap { set.curves[$0]?.deviation }.filter { !$0.isEmpty }
        guard deviations.count == GaitVariable.allCases.count else { return nil }
        let all = rootMeanSquare(deviations.map { rootMeanSquare($0) })
        return all > 0 ? log(all) : nil
    }

    private static func rootMeanSquare(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        return (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
}

extension GaitIndices.Scores {
    private enum CodingKeys: String, CodingKey { case left, right, overall }

    /// Writes every key; a missing number as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(left, forKey: .left)
        try container.encode(right, forKey: .right)
        try container.encode(overall, forKey: .overall)
    }
}

extension GaitIndices.Pair {
    private enum CodingKeys: String, CodingKey { case left, right }

    /// Writes both keys; a missing number as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(left, forKey: .left)
        try container.encode(right, forKey: .right)
    }
}

extension GaitIndices.Norm {
    private enum CodingKeys: String, CodingKey { case source, n, ages }

    /// Writes every key; what is unknown as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(source, forKey: .source)
        try container.encode(n, forKey: .n)
        try container.encode(ages, forKey: .ages)
    }
}
