// SPDX-License-Identifier: Apache-2.0

import Content
import Foundation
import Gait

/// A visit's analysis in the reader's language.
enum GaitVisitWords {
    static func part(
        _ visit: VisitAnalysis, earlier: VisitAnalysis? = nil, earlierOn: String = "", csvURL: String
    ) -> GaitVisitPart {
        let groups = groups(visit, earlier)
        return GaitVisitPart(
            summary: ReportSummary(visit).sentences.map(heard), profile: profile(visit), scores: scores(visit),
            norm: norm(visit), keyFigures: keyFigures(visit), groups: groups,
            hasForces: visit.curves.contains { $0.group == "Forces" },
            comparison: earlier.map { comparison(visit, $0, earlierOn) },
            notes: visit.notes.map { .init(text: heard($0.message), files: $0.files.joined(separator: ", ")) },
            walks: visit.walks.map { walk in
                said(
                    "{file}: {left} left and {right} right strides",
                    ["file": walk.file, "left": String(walk.leftStrides), "right": String(walk.rightStrides)])
            }, methods: ReportMethods(visit).sentences.map(heard), csvURL: csvURL)
    }

    // MARK: Scores

    /// The score's names, in the order in which they are printed.
    static let variables: [(GaitVariable, String)] = [
        (.pelvicTilt, "Pelvic tilt"), (.pelvicObliquity, "Pelvic obliquity"), (.pelvicRotation, "Pelvic rotation"),
        (.hipFlexion, "Hip flexion"), (.hipAdduction, "Hip adduction"), (.hipRotation, "Hip rotation"),
        (.kneeFlexion, "Knee flexion"), (.ankleDorsiflexion, "Ankle dorsiflexion"),
        (.footProgression, "Foot progression"),
    ]

    private static func profile(_ visit: VisitAnalysis) -> [GaitVisitPart.ProfileRow] {
        guard let indices = visit.indices else { return [] }
        let own = variables.map { variable, name in
            (
                name, indices.gvs.left[variable.rawValue], indices.gvs.right[variable.rawValue],
                visit.usualDistances[variable.rawValue]
            )
        }
        let all =
            own.flatMap { [$0.1, $0.2, $0.3].compactMap { $0 } }
            + [indices.gps.left, indices.gps.right].compactMap { $0 }
        let longest = max(all.max() ?? 0, 5)
        func width(_ value: Double?) -> String { "\(number((value ?? 0) / longest * 100, 1))%" }
        func row(_ name: String, _ left: Double?, _ right: Double?, _ usual: Double?, isScore: Bool)
            -> GaitVisitPart.ProfileRow
        {
            .init(
                name: heard(name), left: left.map { "\(number($0, 1))°" } ?? "–",
                right: right.map { "\(number($0, 1))°" } ?? "–", leftWidth: width(left), rightWidth: width(right),
                usual: usual.map(width), isScore: isScore)
        }
        let usual = variables.compactMap { visit.usualDistances[$0.0.rawValue] }
        let whole =
            usual.count == variables.count
            ? (usual.reduce(0) { $0 + $1 * $1 } / Double(usual.count)).squareRoot() : nil
        return own.map { row($0.0, $0.1, $0.2, $0.3, isScore: false) }
            + [row("Gait Profile Score", indices.gps.left, indices.gps.right, whole, isScore: true)]
    }

    private static func scores(_ visit: VisitAnalysis) -> String {
        guard let indices = visit.indices else { return "" }
        func say(_ value: Double?, _ digits: Int) -> String { value.map { number($0, digits) } ?? "–" }
        return said(
            "Overall Gait Profile Score {score}°. GDI*, derived from the score and not the original Gait Deviation Index: left {left}, right {right}.",
            [
                "score": say(indices.gps.overall, 2), "left": say(indices.gdiFromGps.left, 0),
                "right": say(indices.gdiFromGps.right, 0),
            ])
    }

    private static func norm(_ visit: VisitAnalysis) -> String {
        guard let norm = visit.indices?.norm else { return "" }
        return norm.source + (norm.n.map { ", n = \($0)" } ?? "")
            + (norm.ages.map { said(", ages: {ages}", ["ages": $0]) } ?? "") + "."
    }

    // MARK: Key figures

    private static func keyFigures(_ visit: VisitAnalysis) -> [GaitVisitPart.KeyRow] {
        KeyFigure.all(visit.curves).map { figure in
            func cell(_ value: Double?) -> String { value.map { number($0, 1) + figure.unit } ?? "–" }
            let norm = figure.normMean.map { mean in
                number(mean, 1) + (figure.normDeviation.map { " ± \(number($0, 1))" } ?? "") + figure.unit
            }
            return .init(
                name: heard(figure.name), left: cell(figure.left), right: cell(figure.right), norm: norm ?? "–",
                verdict: verdict(figure))
        }
    }

    /// In words which side is further than two standard deviations from the norm's mean.
    private static func verdict(_ figure: KeyFigure) -> String {
        guard let mean = figure.normMean, let deviation = figure.normDeviation, deviation > 0 else { return "–" }
        func beyond(_ value: Double?) -> Int {
            guard let value, abs(value - mean) > 2 * deviation else { return 0 }
            return value > mean ? 1 : -1
        }
        switch (beyond(figure.left), beyond(figure.right)) {
        case (0, 0): return heard("within 2 SD")
        case (1, 1): return heard("both more")
        case (-1, -1): return heard("both less")
        case (1, 0): return heard("left more")
        case (-1, 0): return heard("left less")
        case (0, 1): return heard("right more")
        case (0, -1): return heard("right less")
        case (1, _): return heard("left more, right less")
        default: return heard("left less, right more")
        }
    }

    // MARK: Curves

    private static func groups(_ visit: VisitAnalysis, _ earlier: VisitAnalysis?) -> [GaitVisitPart.Group] {
        var groups: [(name: String, curves: [GaitVisitPart.Curve])] = []
        for curve in visit.curves {
            let drawn = self.curve(curve, earlier: earlier?.curves.first { $0.key == curve.key })
            if groups.last?.name == curve.group {
                groups[groups.count - 1].curves.append(drawn)
            } else {
                groups.append((curve.group, [drawn]))
            }
        }
        return groups.map { .init(name: heard($0.name), curves: $0.curves) }
    }

    private static func curve(_ curve: ReportCurve, earlier: ReportCurve?) -> GaitVisitPart.Curve {
        let chart = CurveChart(curve: curve, identifier: "curve-\(curve.key)", earlier: earlier)
        let columns = chart.columns
        let title = heard(curve.title)
        return .init(
            title: title, unit: curve.unit, direction: heard(curve.direction),
            svg: chart.svg(sentence: sentence(curve)),
            caption: "\(title), \(curve.unit)", head: columns.map { heard($0.name) },
            rows: CurveChart.tablePoints.map { point in
                .init(
                    percent: "\(2 * point)\u{a0}%",
                    cells: columns.map { point < $0.values.count ? curve.number($0.values[point]) : "–" })
            })
    }

    /// The curve in words, for who does not see it.
    private static func sentence(_ curve: ReportCurve) -> String {
        func range(_ mean: [Double]?, _ pattern: (String, String, String) -> String) -> String? {
            guard let mean, let least = mean.min(), let most = mean.max() else { return nil }
            let at = 2 * (mean.firstIndex(of: most) ?? 0)
            return pattern("\(curve.number(least)) \(curve.unit)", "\(curve.number(most)) \(curve.unit)", "\(at)")
        }
        let left = range(curve.left?.mean) {
            said(
                "Left from {least} to {most}, highest at {at} % of the stride.", ["least": $0, "most": $1, "at": $2])
        }
        let right = range(curve.right?.mean) {
            said(
                "Right from {least} to {most}, highest at {at} % of the stride.", ["least": $0, "most": $1, "at": $2])
        }
        let norm = range(curve.norm?.mean) { least, most, _ in
            said("Norm from {least} to {most}.", ["least": least, "most": most])
        }
        return ([heard(curve.title) + "."] + [left, right, norm].compactMap { $0 }).joined(separator: " ")
    }

    // MARK: Before and after

    private static func comparison(
        _ visit: VisitAnalysis, _ earlier: VisitAnalysis, _ earlierOn: String
    ) -> GaitVisitPart.Comparison {
        typealias Row = GaitVisitPart.Comparison.Row
        func row(_ name: String, _ before: Double?, _ now: Double?, _ unit: String, _ digits: Int) -> Row {
            func say(_ value: Double?) -> String { value.map { number($0, digits) + unit } ?? "–" }
            let change = before.flatMap { before in
                now.map { ($0 - before >= 0 ? "+" : "") + number($0 - before, digits) + unit }
            }
            return Row(name: name, before: say(before), now: say(now), change: change ?? "–")
        }
        let left = heard("Left")
        let right = heard("Right")
        let (a, b) = (earlier.figures, visit.figures)
        var rows = [
            row(heard("Speed"), a.speed?.mean, b.speed?.mean, " m/s", 2),
            row(heard("Cadence"), a.cadence?.mean, b.cadence?.mean, "/min", 0),
            row("\(heard("Stride length")), \(left)", a.left.strideLength?.mean, b.left.strideLength?.mean, " m", 2),
            row("\(heard("Stride length")), \(right)", a.right.strideLength?.mean, b.right.strideLength?.mean, " m", 2),
        ]
        let (before, now) = (earlier.indices?.gps, visit.indices?.gps)
        rows += [
            row("\(heard("Gait Profile Score")), \(left)", before?.left, now?.left, "°", 1),
            row("\(heard("Gait Profile Score")), \(right)", before?.right, now?.right, "°", 1),
            row(heard("Gait Profile Score"), before?.overall, now?.overall, "°", 2),
        ]
        let known = KeyFigure.all(earlier.curves)
        for figure in KeyFigure.all(visit.curves) {
            guard let old = known.first(where: { $0.name == figure.name }) else { continue }
            rows.append(row("\(heard(figure.name)), \(left)", old.left, figure.left, figure.unit, 1))
            rows.append(row("\(heard(figure.name)), \(right)", old.right, figure.right, figure.unit, 1))
        }
        return .init(
            heading: said("Compared with the visit of {date}", ["date": earlierOn]),
            verdict: verdict(before?.overall, now?.overall), rows: rows)
    }

    /// The least change of the score that matters to people (Baker 2012), degrees.
    private static let leastChangeThatMatters = 1.6

    private static func verdict(_ before: Double?, _ now: Double?) -> String {
        guard let before, let now else { return heard("There is no score of both visits to compare.") }
        let change = number(abs(now - before), 1)
        if abs(now - before) < leastChangeThatMatters {
            return said(
                "The score changed by {change}°, less than the 1.6° that matter to people (Baker 2012).",
                ["change": change])
        }
        return now < before
            ? said("The walk is {change}° closer to the norm than before.", ["change": change])
            : said("The walk is {change}° further from the norm than before.", ["change": change])
    }

    /// Fixed decimals with a true minus sign.
    static func number(_ value: Double, _ digits: Int) -> String {
        let text = String(format: "%.\(digits)f", value)
        guard text.hasPrefix("-") else { return text }
        return text.contains { ("1"..."9").contains($0) } ? "−" + text.dropFirst() : String(text.dropFirst())
    }
}
