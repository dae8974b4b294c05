// SPDX-License-Identifier: Apache-2.0

/// One curve of the report: both legs' mean strides and, where there is one, the norm's band.
public struct ReportCurve: Hashable, Sendable, Codable {
    /// Names the curve for programs: "kneeFlexion", "ankleMoment".
    public var key: String
    /// The part of the body: "Pelvis", "Hip", "Knee", "Ankle and foot", "Forces".
    public var group: String
    /// "Knee flexion"
    public var title: String
    /// What upwards means.
    public var direction: String
    /// "°", "N·m/kg", "W/kg", "N/kg".
    public var unit: String
    /// Decimals that mean something.
    public var digits: Int
    /// The left leg's strides; nil without one.
    public var left: Leg?
    /// The right leg's strides; nil without one.
    public var right: Leg?
    /// The norm's mean and deviation.
    public var norm: NormativeSet.Curve?
    /// When the left foot leaves the floor, in per cent of its stride.
    public var leftFootOff: Double?
    /// When the right foot leaves the floor, in per cent of its stride.
    public var rightFootOff: Double?

    /// One leg's mean over its strides, at 51 points, to a ten-thousandth of the unit.
    public struct Leg: Hashable, Sendable, Codable {
        /// 51 means.
        public var mean: [Double]
        /// 51 standard deviations between strides (n − 1); empty for one stride.
        public var deviation: [Double]
        /// How many strides.
        public var strideCount: Int

        init?(_ curves: StrideCurves?) {
            guard let curves else { return nil }
            func short(_ values: [Double]) -> [Double] { values.map { ($0 * 10_000).rounded() / 10_000 } }
            mean = short(curves.mean)
            deviation = short(curves.deviation)
            strideCount = curves.strides.count
        }
    }

    private struct Angle {
        var key: String
        var group: String
        var title: String
        var direction: String
        var variable: GaitVariable?
        var path: @Sendable (JointAngles) -> [Double?]

        init(
            _ key: String, _ group: String, _ title: String, _ direction: String, _ variable: GaitVariable?,
            _ path: @escaping @Sendable (JointAngles) -> [Double?]
        ) {
            (self.key, self.group, self.title, self.direction) = (key, group, title, direction)
            (self.variable, self.path) = (variable, path)
        }
    }

    private struct Load {
        var key: String
        var title: String
        var direction: String
        var unit: String
        var path: @Sendable (JointKinetics) -> [Double?]

        init(
            _ key: String, _ title: String, _ direction: String, _ unit: String,
            _ path: @escaping @Sendable (JointKinetics) -> [Double?]
        ) {
            (self.key, self.title, self.direction, self.unit, self.path) = (key, title, direction, unit, path)
        }
    }

    /// The curves of one analysis.
    static func all(_ analysis: GaitAnalysis) -> [ReportCurve] {
        all([analysis], figures: analysis.figures, norm: analysis.norm)
    }

    /// The curves of a visit's walks, from the pelvis down; those without a stride are left out.
    static func all(_ analyses: [GaitAnalysis], figures: Spatiotemporal, norm: NormativeSet) -> [ReportCurve] {
        let off = (figures.left.footOffPercent?.mean, figures.right.footOffPercent?.mean)
        let angles = angleItems.map { item in
            func pooled(_ side: Side) -> StrideCurves? {
                StrideCurves(
                    pooling: analyses.compactMap { analysis in
                        analysis.document.angles.flatMap {
                            analysis.strideCurves(item.path(side == .left ? $0.left : $0.right), side: side)
                        }
                    })
            }
            return ReportCurve(
                key: item.key, group: item.group, title: item.title, direction: item.direction, unit: "°", digits: 1,
                left: Leg(pooled(.left)), right: Leg(pooled(.right)), norm: item.variable.flatMap { norm.curves[$0] },
                leftFootOff: off.0, rightFootOff: off.1)
        }
        let loads = loadItems.map { item in
            func pooled(_ side: Side) -> StrideCurves? {
                StrideCurves(
                    pooling: analyses.compactMap { analysis in
                        let kinetics = analysis.document.kinetics
                        return (side == .left ? kinetics?.left : kinetics?.right).flatMap {
                            analysis.strideCurves(item.path($0), side: side)
                        }
                    })
            }
            return ReportCurve(
                key: item.key, group: "Forces", title: item.title, direction: item.direction, unit: item.unit,
                digits: 2, left: Leg(pooled(.left)), right: Leg(pooled(.right)), norm: nil, leftFootOff: off.0,
                rightFootOff: off.1)
        }
        return (angles + loads).filter { $0.left != nil || $0.right != nil }
    }

    private static var angleItems: [Angle] {
        [
            Angle("pelvicTilt", "Pelvis", "Pelvic tilt", "forward", .pelvicTilt) { $0.pelvis.tilt },
            Angle("pelvicObliquity", "Pelvis", "Pelvic obliquity", "this side up", .pelvicObliquity) {
                $0.pelvis.obliquity
            },
            Angle("pelvicRotation", "Pelvis", "Pelvic rotation", "this side forward", .pelvicRotation) {
                $0.pelvis.rotation
            },
            Angle("hipFlexion", "Hip", "Hip flexion", "bent", .hipFlexion) { $0.hip.flexion },
            Angle("hipAdduction", "Hip", "Hip adduction", "towards the middle", .hipAdduction) { $0.hip.adduction },
            Angle("hipRotation", "Hip", "Hip rotation", "inwards", .hipRotation) { $0.hip.rotation },
            Angle("kneeFlexion", "Knee", "Knee flexion", "bent", .kneeFlexion) { $0.knee.flexion },
            Angle("kneeVarus", "Knee", "Knee varus", "bow leg", nil) { $0.knee.varus },
            Angle("kneeRotation", "Knee", "Knee rotation", "inwards", nil) { $0.knee.rotation },
            Angle("ankleDorsiflexion", "Ankle and foot", "Ankle dorsiflexion", "toes up", .ankleDorsiflexion) {
                $0.ankle.dorsiflexion
            },
            Angle("footProgression", "Ankle and foot", "Foot progression", "inwards", .footProgression) {
                $0.foot.progression
            },
        ]
    }

    private static var loadItems: [Load] {
        [
            Load("groundReactionVertical", "Push of the floor upwards", "upwards", "N/kg") {
                $0.groundReaction.vertical
            },
            Load("groundReactionForward", "Push of the floor forwards", "forwards", "N/kg") {
                $0.groundReaction.forward
            },
            Load("hipMoment", "Hip moment", "extensors work", "N·m/kg") { $0.hip.flexionMoment },
            Load("hipAdductionMoment", "Hip moment sideways", "abductors work", "N·m/kg") { $0.hip.adductionMoment },
            Load("kneeMoment", "Knee moment", "extensors work", "N·m/kg") { $0.knee.flexionMoment },
            Load("kneeAdductionMoment", "Knee moment sideways", "towards bow leg", "N·m/kg") {
                $0.knee.adductionMoment
            },
            Load("ankleMoment", "Ankle moment", "calf works", "N·m/kg") { $0.ankle.flexionMoment },
            Load("hipPower", "Hip power", "generated", "W/kg") { $0.hip.power },
            Load("kneePower", "Knee power", "generated", "W/kg") { $0.knee.power },
            Load("anklePower", "Ankle power", "generated", "W/kg") { $0.ankle.power },
        ]
    }

    /// The curve in a sentence, for those who do not see it.
    public var sentence: String {
        func range(_ name: String, _ curve: Leg?) -> String? {
            guard let mean = curve?.mean, let least = mean.min(), let most = mean.max() else { return nil }
            let at = 2 * (mean.firstIndex(of: most) ?? 0)
            return "\(name) from \(number(least)) to \(number(most)) \(unit), highest at \(at) % of the stride"
        }
        let parts = [range("left", left), range("right", right)].compactMap { $0 }
        let band = norm.flatMap { norm -> String? in
            guard let least = norm.mean.min(), let most = norm.mean.max() else { return nil }
            return "; norm from \(number(least)) to \(number(most)) \(unit)"
        }
        return "\(title), \(direction) positive: \(parts.joined(separator: "; "))\(band ?? "")."
    }

    /// A value with the decimals that mean something and a true minus sign.
    public func number(_ value: Double) -> String { decimal(value, digits) }
}

/// A number with fixed decimals and a true minus sign.
func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "–" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (abs(value) * scale).rounded()
    guard rounded < 1e15 else { return "–" }
    let whole = Int(rounded)
    let text: String
    if digits == 0 {
        text = "\(whole)"
    } else {
        let power = Int(scale)
        let fraction = "\(whole % power)"
        text = "\(whole / power)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
    return value < 0 && whole != 0 ? "−" + text : text
}
