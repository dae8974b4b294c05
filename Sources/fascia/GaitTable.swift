// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gait

/// The figures of a walk as text for a terminal.
struct GaitTable {
    let text: String

    init(_ analysis: GaitAnalysis) {
        let document = analysis.document
        let figures = analysis.figures
        var lines = [
            "\(document.trial.file): \(document.trial.frameCount) frames at \(Self.number(document.trial.pointRate)) Hz, "
                + "from frame \(document.trial.firstFrame)",
            "",
            "Cadence  \(Self.cell(figures.cadence, digits: 1)) steps/min",
            "Speed    \(Self.cell(figures.speed, digits: 3)) m/s",
            "",
            Self.row("", "left", "right", "symmetry"),
        ]
        for (name, digits, figure) in Self.rows {
            let symmetry = figures.symmetryIndexPercent(figure)
            lines.append(
                Self.row(
                    name, Self.cell(figures.left[keyPath: figure], digits: digits),
                    Self.cell(figures.right[keyPath: figure], digits: digits),
                    symmetry.map { String(format: "%+.1f %%", $0) } ?? "–"))
        }
        lines += ["", "Mean ± standard deviation (strides). Symmetry: (left − right) / mean.", ""]
        for event in document.events {
            let kind = event.kind == .footStrike ? "foot strike" : "foot off"
            lines.append(
                String(format: "%9.3f s  ", event.timeSeconds)
                    + "\(Self.padded(event.side.rawValue, 7))\(Self.padded(kind, 13))\(event.source.rawValue)")
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static var rows: [(String, Int, KeyPath<Spatiotemporal.Feet, Figure?>)] {
        [
            ("Stride length, m", 3, \.strideLength), ("Step length, m", 3, \.stepLength),
            ("Step width, m", 3, \.stepWidth), ("Stride time, s", 3, \.strideTime), ("Step time, s", 3, \.stepTime),
            ("Stance, s", 3, \.stanceTime), ("Swing, s", 3, \.swingTime), ("Foot off, %", 1, \.footOffPercent),
            ("Single support, s", 3, \.singleSupport), ("Double support, s", 3, \.doubleSupport),
        ]
    }

    private static func row(_ name: String, _ left: String, _ right: String, _ symmetry: String) -> String {
        padded(name, 20) + padded(left, 22) + padded(right, 22) + symmetry
    }

    private static func cell(_ figure: Figure?, digits: Int) -> String {
        guard let figure else { return "–" }
        let mean = String(format: "%.\(digits)f", figure.mean)
        let spread = figure.standardDeviation.map { String(format: " ± %.\(digits)f", $0) } ?? ""
        return "\(mean)\(spread) (\(figure.count))"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(format: "%.2f", value)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
