// SPDX-License-Identifier: Apache-2.0

/// A number that is read off a curve, of both legs and of the norm: what a clinician would look for first.
///
///     for figure in KeyFigure.all(visit.curves) { print(figure.name, figure.left ?? .nan, figure.normMean ?? .nan) }
public struct KeyFigure: Hashable, Sendable, Codable {
    /// "Greatest knee flexion in swing"
    public var name: String
    /// The curve that it is read off.
    public var key: String
    /// "°"
    public var unit: String
    /// The left leg's.
    public var left: Double?
    /// The right leg's.
    public var right: Double?
    /// Read off the norm's mean curve in the same way.
    public var normMean: Double?
    /// The norm's standard deviation at that point of the stride (of a mean or range: the mean one).
    public var normDeviation: Double?

    private enum Rule: Sendable {
        case at(Int)
        case greatest(ClosedRange<Int>)
        case least(ClosedRange<Int>)
        case mean(ClosedRange<Int>)
        case range
    }

    private static let rules: [(String, String, Rule)] = [
        ("Mean pelvic tilt", "pelvicTilt", .mean(0...50)),
        ("Range of pelvic obliquity", "pelvicObliquity", .range),
        ("Range of pelvic rotation", "pelvicRotation", .range),
        ("Hip flexion at foot strike", "hipFlexion", .at(0)),
        ("Least hip flexion in stance", "hipFlexion", .least(10...32)),
        ("Greatest hip adduction in stance", "hipAdduction", .greatest(0...30)),
        ("Mean hip rotation in stance", "hipRotation", .mean(0...30)),
        ("Knee flexion at foot strike", "kneeFlexion", .at(0)),
        ("Knee flexion while loading", "kneeFlexion", .greatest(0...12)),
        ("Least knee flexion in stance", "kneeFlexion", .least(10...28)),
        ("Greatest knee flexion in swing", "kneeFlexion", .greatest(28...48)),
        ("Ankle dorsiflexion at foot strike", "ankleDorsiflexion", .at(0)),
        ("Greatest ankle dorsiflexion in stance", "ankleDorsiflexion", .greatest(5...30)),
        ("Least ankle dorsiflexion at push-off", "ankleDorsiflexion", .least(25...38)),
        ("Mean foot progression in stance", "footProgression", .mean(5...28)),
    ]

    /// The names of all key figures, in the order in which they are printed.
    public static var names: [String] { rules.map(\.0) }

    /// The key figures that the curves allow, from the pelvis down.
    public static func all(_ curves: [ReportCurve]) -> [KeyFigure] {
        rules.compactMap { name, key, rule in
            guard let curve = curves.first(where: { $0.key == key }) else { return nil }
            let left = curve.left.flatMap { read(rule, $0.mean)?.value }
            let right = curve.right.flatMap { read(rule, $0.mean)?.value }
            guard left != nil || right != nil else { return nil }
            let norm = curve.norm.flatMap { read(rule, $0.mean) }
            var deviation: Double?
            if let norm, let own = curve.norm?.deviation, !own.isEmpty {
                deviation = norm.point.map { $0 < own.count ? own[$0] : .nan } ?? own.finiteMean
            }
            return KeyFigure(
                name: name, key: key, unit: curve.unit, left: left, right: right, normMean: norm?.value,
                normDeviation: deviation)
        }
    }

    /// The value, and the point of the stride (of 51) where it is, if it is at one.
    private static func read(_ rule: Rule, _ values: [Double]) -> (value: Double, point: Int?)? {
        guard values.count == NormativeSet.pointCount else { return nil }
        switch rule {
        case .at(let point): return (values[point], point)
        case .mean(let points): return values[points].map { $0 }.finiteMean.map { ($0, nil) }
        case .range:
            guard let least = values.min(), let most = values.max() else { return nil }
            return (most - least, nil)
        case .greatest(let points):
            return points.max { values[$0] < values[$1] }.map { (values[$0], $0) }
        case .least(let points):
            return points.min { values[$0] < values[$1] }.map { (values[$0], $0) }
        }
    }
}
