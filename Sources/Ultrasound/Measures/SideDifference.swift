// SPDX-License-Identifier: Apache-2.0

/// The muscles for which limits of healthy asymmetry are published.
public enum ComparedMuscle: String, CaseIterable, Hashable, Sendable, Codable {
    case quadriceps, hamstrings, vasti, rectusFemoris, other

    /// How far two healthy sides differ, in 95 of 100 people, in percent; nothing where we know of no limit.
    ///
    /// Volumes of 21 people (J Orthop Res 2018, 36:963); for the vasti the wider of the limits given (11–13 %).
    public var healthyLimitPercent: Double? {
        switch self {
        case .quadriceps: 8.8
        case .hamstrings: 11.4
        case .vasti: 13
        case .rectusFemoris: 21.4
        case .other: nil
        }
    }
}

/// One side against the other: same muscle, site, posture, device and preset.
public struct SideDifference: Hashable, Sendable, Codable {
    /// The affected side against the other, in percent of the other; negative is smaller.
    public let percent: Double
    /// How far healthy sides differ in 95 of 100 people; nothing where no limit is known.
    public let limitPercent: Double?

    /// - Parameters:
    ///   - affected, other: the same measure of both sides (thickness, area, volume), positive.
    public init?(affected: Double, other: Double, muscle: ComparedMuscle) {
        guard affected.isFinite, other.isFinite, affected >= 0, other > 0 else { return nil }
        percent = (affected - other) / other * 100
        limitPercent = muscle.healthyLimitPercent
    }

    /// Whether the difference is more than healthy sides show; nothing where no limit is known. Ten percent is within it
    /// for the rectus femoris alone.
    public var exceedsHealthyLimit: Bool? { limitPercent.map { abs(percent) > $0 } }
}

/// A change of thickness between two days or two examiners.
public enum ThicknessChange {
    /// Below this a change is not one: the smallest that repeated measures tell apart across days and raters (PMC8480904
    /// and the reliability study named in `docs/measures.md`).
    public static let smallestMillimetres = 3.0

    /// Whether a difference of thickness in millimetres is more than measuring again would give.
    public static func isChange(_ millimetres: Double) -> Bool { abs(millimetres) >= smallestMillimetres }
}
