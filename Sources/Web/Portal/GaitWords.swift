// SPDX-License-Identifier: Apache-2.0

import Content
import Foundation
import Gait

/// The figures of a walk in words and units that a runner understands.
enum GaitWords {
    static func figures(_ figures: Spatiotemporal) -> GaitFigures {
        var overall: [GaitFigures.Overall] = []
        if let cadence = figures.cadence {
            overall.append(
                .init(
                    name: heard("Cadence"), value: number(cadence.mean, 0), unit: heard("steps per minute"),
                    explanation: heard("How many steps you take in a minute.")))
        }
        if let speed = figures.speed {
            overall.append(
                .init(
                    name: heard("Speed"), value: number(speed.mean, 2), unit: heard("metres per second"),
                    explanation: heard("How fast you walked.")))
        }
        if let width = mean(figures.left.stepWidth, figures.right.stepWidth) {
            overall.append(
                .init(
                    name: heard("Step width"), value: number(width * 100, 0), unit: heard("centimetres"),
                    explanation: heard("How far apart your feet are, side to side.")))
        }
        var cycle: [GaitFigures.Cycle] = []
        if let left = figures.left.footOffPercent {
            cycle.append(.init(side: "left", label: heard("Left"), stancePercent: left.mean))
        }
        if let right = figures.right.footOffPercent {
            cycle.append(.init(side: "right", label: heard("Right"), stancePercent: right.mean))
        }
        let rows: [GaitFigures.Row] = [
            row(
                heard("Step length"), heard("From the other heel to this one, as it lands."), \.stepLength, figures,
                "m", 2),
            row(
                heard("Stride length"), heard("From one landing of this heel to its next."), \.strideLength, figures,
                "m", 2),
            row(heard("Step time"), heard("From the other foot's landing to this one's."), \.stepTime, figures, "s", 2),
            row(heard("Stance"), heard("How long this foot is on the ground."), \.stanceTime, figures, "s", 2),
            row(heard("Swing"), heard("How long this foot is in the air."), \.swingTime, figures, "s", 2),
            row(
                heard("Single support"), heard("How long this foot carries you alone."), \.singleSupport, figures, "s",
                2),
            row(
                heard("Double support"), heard("How long both feet are on the ground."), \.doubleSupport, figures, "s",
                2),
        ]
        let counts = [figures.left.strideTime?.count ?? 0, figures.right.strideTime?.count ?? 0]
        return GaitFigures(
            overall: overall, cycle: cycle,
            tableCaption: heard("Left and right: mean of \(counts[0]) and \(counts[1]) strides"),
            rows: rows)
    }

    /// What the moving figure shows, for who cannot see it.
    static func walkText(_ figures: Spatiotemporal) -> String {
        var text = said("A stick figure of your recorded walk.")
        if let cadence = figures.cadence {
            text += " " + said("It takes {n} steps a minute.", ["n": number(cadence.mean, 0)])
        }
        if let speed = figures.speed {
            text += " " + said("It moves at {n} metres per second.", ["n": number(speed.mean, 2)])
        }
        return text
    }

    private static func row(
        _ name: String, _ explanation: String, _ path: KeyPath<Spatiotemporal.Feet, Figure?>,
        _ figures: Spatiotemporal, _ unit: String, _ digits: Int
    ) -> GaitFigures.Row {
        func say(_ figure: Figure?) -> String {
            guard let figure else { return heard("not measured") }
            let spread = figure.standardDeviation.map { " ± \(number($0, digits))" } ?? ""
            return "\(number(figure.mean, digits))\(spread)\u{a0}\(unit)"
        }
        let left = figures.left[keyPath: path]
        let right = figures.right[keyPath: path]
        return GaitFigures.Row(
            name: name, explanation: explanation, left: say(left), right: say(right),
            symmetry: symmetry(left?.mean, right?.mean), bars: .init(left: left?.mean, right: right?.mean))
    }

    private static func symmetry(_ left: Double?, _ right: Double?) -> String {
        guard let left, let right, left + right > 0 else { return "–" }
        let percent = (left - right) / ((left + right) / 2) * 100
        guard abs(percent) >= 1 else { return heard("even") }
        return said(percent > 0 ? "left {n} % more" : "right {n} % more", ["n": number(abs(percent), 0)])
            .replacing(" %", with: "\u{a0}%")
    }

    private static func mean(_ left: Figure?, _ right: Figure?) -> Double? {
        let values = [left?.mean, right?.mean].compactMap { $0 }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
