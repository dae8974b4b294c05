// SPDX-License-Identifier: Apache-2.0

/// Signs in the curves that a measurement is not to be trusted.
enum QualityFlags {
    /// Healthy knees hardly move sideways in swing: more than this while they bend is a wand or knee marker out of place.
    static let largestVarusRange = 15.0
    /// From stride to stride people differ less than this at the hip and knee.
    static let largestSpread = 6.0

    static func warnings(_ angles: AnalysisDocument.Angles, curves: [Side: [GaitVariable: StrideCurves]])
        -> [AnalysisWarning]
    {
        Side.allCases.flatMap { side -> [AnalysisWarning] in
            let own = side == .left ? angles.left : angles.right
            var warnings: [AnalysisWarning] = []
            if let (range, correlation) = crossTalk(own.knee), range > largestVarusRange, abs(correlation) > 0.6 {
                warnings.append(
                    AnalysisWarning(
                        code: "kneeVarusCrossTalk",
                        message: """
                            The \(side.rawValue) knee's varus follows its flexion over \(decimal(range, 0))°: the thigh wand or \
                            the knee marker is probably turned, so hip rotation is not to be trusted.
                            """))
            }
            for variable in [GaitVariable.hipFlexion, .kneeFlexion] {
                guard let deviation = curves[side]?[variable]?.deviation.finiteMean, deviation > largestSpread else {
                    continue
                }
                warnings.append(
                    AnalysisWarning(
                        code: "strideSpread",
                        message: """
                            The \(side.rawValue) \(variable == .hipFlexion ? "hip" : "knee") flexion differs by \
                            \(decimal(deviation, 0))° from stride to stride: check the strides one by one.
                            """))
            }
            return warnings
        }
    }

    /// The range of varus, and its correlation with flexion.
    private static func crossTalk(_ knee: JointAngles.Knee) -> (range: Double, correlation: Double)? {
        var pairs: [(Double, Double)] = []
        for (flexion, varus) in zip(knee.flexion, knee.varus) {
            if let flexion, let varus { pairs.append((flexion, varus)) }
        }
        guard pairs.count > 20, let flexion = pairs.map(\.0).finiteMean, let varus = pairs.map(\.1).finiteMean else {
            return nil
        }
        var (both, first, second) = (0.0, 0.0, 0.0)
        for (a, b) in pairs {
            both += (a - flexion) * (b - varus)
            first += (a - flexion) * (a - flexion)
            second += (b - varus) * (b - varus)
        }
        guard first > 0, second > 0 else { return nil }
        let all = pairs.map(\.1)
        return ((all.max() ?? 0) - (all.min() ?? 0), both / (first * second).squareRoot())
    }
}
