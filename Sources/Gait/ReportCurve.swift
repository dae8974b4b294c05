// SPDX-License-Identifier: Apache-2.0

/// One curve of the report: both legs' mean strides and, where there is one, the norm's band.
struct ReportCurve {
    var title: String
    /// What upwards means.
    var direction: String
    var unit: String
    var digits: Int
    var left: StrideCurves?
    var right: StrideCurves?
    var norm: NormativeSet.Curve?
    var leftFootOff: Double?
    var rightFootOff: Double?

    private typealias Angle = (
        title: String, direction: String, variable: GaitVariable?, path: (JointAngles) -> [Double?]
    )
    private typealias Load = (title: String, direction: String, unit: String, path: (JointKinetics) -> [Double?])

    /// The curves of an analysis, from the pelvis down; those without a stride are left out.
    static func all(_ analysis: GaitAnalysis) -> [ReportCurve] {
        var curves: [ReportCurve] = []
        if let angles = analysis.document.angles {
            for item in angleItems {
                curves.append(
                    ReportCurve(
                        title: item.title, direction: item.direction, unit: "°", digits: 1,
                        left: analysis.strideCurves(item.path(angles.left), side: .left),
                        right: analysis.strideCurves(item.path(angles.right), side: .right),
                        norm: item.variable.flatMap { analysis.norm.curves[$0] },
                        leftFootOff: analysis.figures.left.footOffPercent?.mean,
                        rightFootOff: analysis.figures.right.footOffPercent?.mean))
            }
        }
        if let kinetics = analysis.document.kinetics {
            for item in loadItems {
                curves.append(
                    ReportCurve(
                        title: item.title, direction: item.direction, unit: item.unit, digits: 2,
                        left: kinetics.left.flatMap { analysis.strideCurves(item.path($0), side: .left) },
                        right: kinetics.right.flatMap { analysis.strideCurves(item.path($0), side: .right) },
                        norm: nil, leftFootOff: analysis.figures.left.footOffPercent?.mean,
                        rightFootOff: analysis.figures.right.footOffPercent?.mean))
            }
        }
        return curves.filter { $0.left != nil || $0.right != nil }
    }

    private static var angleItems: [Angle] {
        [
            ("Pelvic tilt", "forward", .pelvicTilt, { $0.pelvis.tilt }),
            ("Pelvic obliquity", "this side up", .pelvicObliquity, { $0.pelvis.obliquity }),
            ("Pelvic rotation", "this side forward", .pelvicRotation, { $0.pelvis.rotation }),
            ("Hip flexion", "flexion", .hipFlexion, { $0.hip.flexion }),
            ("Hip adduction", "adduction", .hipAdduction, { $0.hip.adduction }),
            ("Hip rotation", "internal", .hipRotation, { $0.hip.rotation }),
            ("Knee flexion", "flexion", .kneeFlexion, { $0.knee.flexion }),
            ("Knee varus", "varus", nil, { $0.knee.varus }),
            ("Knee rotation", "internal", nil, { $0.knee.rotation }),
            ("Ankle dorsiflexion", "toes up", .ankleDorsiflexion, { $0.ankle.dorsiflexion }),
            ("Foot progression", "inwards", .footProgression, { $0.foot.progression }),
        ]
    }

    private static var loadItems: [Load] {
        [
            ("Vertical ground reaction", "upwards", "N/kg", { $0.groundReaction.vertical }),
            ("Hip moment", "extensors work", "N·m/kg", { $0.hip.flexionMoment }),
            ("Knee moment", "extensors work", "N·m/kg", { $0.knee.flexionMoment }),
            ("Ankle moment", "calf works", "N·m/kg", { $0.ankle.flexionMoment }),
            ("Hip power", "generated", "W/kg", { $0.hip.power }),
            ("Knee power", "generated", "W/kg", { $0.knee.power }),
            ("Ankle power", "generated", "W/kg", { $0.ankle.power }),
        ]
    }

    /// The curve in a sentence, for those who do not see it.
    var sentence: String {
        func range(_ name: String, _ curve: StrideCurves?) -> String? {
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

    func number(_ value: Double) -> String { decimal(value, digits) }
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
