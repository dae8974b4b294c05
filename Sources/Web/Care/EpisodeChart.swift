// SPDX-License-Identifier: Apache-2.0

import Care
import Content
import Foundation
import Recovery

/// Scores, visits, pictures and what comes next on one time axis, as SVG with the same as a table.
struct EpisodeChart: Sendable {
    struct Curve: Sendable {
        var kind: String
        var path: String
    }

    struct Dot: Sendable {
        var kind: String
        var x: String
        var y: String
        var label: String
    }

    struct Mark: Sendable {
        var x: String
        var label: String
        /// One letter on the axis: V, N, U, G
        var letter: String
    }

    struct Tick: Sendable {
        var x: String
        var label: String
    }

    struct Line: Sendable {
        var date: String
        var what: String
        var value: String
    }

    let text: String
    let curves: [Curve]
    let dots: [Dot]
    let marks: [Mark]
    let ticks: [Tick]
    /// Where pain is thirty in a hundred lower than at the start; nil where the baseline is too low to tell.
    let target: String?
    let next: Tick?
    let rows: [Line]
    let hasRows: Bool

    private static let left = 30.0, right = 790.0, top = 14.0, bottom = 206.0

    init(_ episode: Episode, entries: [EpisodeEntry], today: Day) {
        let start = min(episode.onset, entries.first?.day ?? episode.onset)
        let checks = (episode.kind == .muscle ? [7, 14, 21, 28, 42, 84] : [14, 28, 42, 84]).map {
            episode.onset.adding($0)
        }
        let nextCheck = episode.isOpen ? checks.first { $0 > today } : nil
        let end = max(nextCheck ?? today, max(today, entries.last?.day ?? today), start.adding(14))
        func x(_ day: Day) -> Double {
            Self.left + (Self.right - Self.left) * Double(day - start) / Double(max(1, end - start))
        }
        func y(_ value: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * min(10, max(0, value)) / 10 }
        func text(_ value: Double) -> String { String(format: "%.1f", value) }

        var curves: [Curve] = []
        var dots: [Dot] = []
        var marks: [Mark] = []
        var rows: [Line] = []
        var baseline: Double?
        for measure in [Measure.nrs, .psfs] {
            let scores = entries.compactMap { entry -> (Day, Double)? in
                guard case .fact(.score(measure, let value)) = entry.content else { return nil }
                return (entry.day, value)
            }
            if measure == .nrs { baseline = scores.first?.1 }
            guard !scores.isEmpty else { continue }
            let points = scores.map { "\(text(x($0.0))) \(text(y($0.1)))" }
            curves.append(Curve(kind: measure.name, path: "M" + points.joined(separator: "L")))
            dots += scores.map {
                Dot(
                    kind: "dot-\(measure.name)", x: text(x($0.0)), y: text(y($0.1)),
                    label: "\(CareWords.date($0.0)): \(CareWords.name(of: measure)) \(CareWords.plain($0.1))")
            }
        }
        for entry in entries {
            let words = CareWords.words(entry)
            let letter: String? =
                switch entry.content {
                case .fact(.visit(.acupuncture)): "N"
                case .fact(.visit): "V"
                case .fact(.imaging): "U"
                case .gaitReport: "G"
                default: nil
                }
            if let letter {
                marks.append(
                    Mark(
                        x: text(x(entry.day)), label: "\(CareWords.date(entry.day)): \(words.title)", letter: letter))
            }
            switch entry.content {
            case .fact(.score), .fact(.visit), .fact(.imaging), .gaitReport:
                rows.append(Line(date: CareWords.date(entry.day), what: words.title, value: words.detail))
            default: break
            }
        }
        self.curves = curves
        self.dots = dots
        self.marks = marks
        self.rows = rows
        hasRows = !rows.isEmpty
        // 30 % of the baseline, evaluable from 4 on (domain notes 4.2; Farrar 2001, Ostelo 2008).
        target = baseline.flatMap { $0 >= 4 ? text(y($0 * 0.7)) : nil }
        next = nextCheck.map { Tick(x: text(x($0)), label: CareWords.date($0)) }
        let span = max(1, end - start)
        let step = span <= 35 ? 7 : span <= 120 ? 28 : max(28, span / 5)
        ticks = stride(from: 0, through: span, by: step).map {
            Tick(x: text(x(start.adding($0))), label: step == 7 || span <= 120 ? "\($0 / 7) wk" : "\($0 / 30) mo")
        }
        let last = rows.last.map { "\($0.what) \($0.value) on \($0.date)" }
        self.text =
            "Course since \(CareWords.date(start)): \(dots.count) scores, \(marks.count) visits and pictures"
            + (last.map { "; last: \($0)" } ?? "")
            + (nextCheck.map { "; next check \(CareWords.date($0))" } ?? "")
    }
}
