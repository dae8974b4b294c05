// SPDX-License-Identifier: Apache-2.0

import Foundation
import Imaging

/// A separation over time as SVG paths in a box of 1000 × 300, which the page stretches, and as a table.
struct LoopCurve: Sendable {
    struct TableRow: Sendable {
        let time: String
        let value: String
        /// "7", or nothing.
        let pain: String
    }

    static let width = 1000.0
    static let height = 300.0

    /// The lines, broken where a mark is lost.
    let path: String
    /// The band in which it lies in 95 of 100 cases.
    let band: String
    /// The unit with the highest and lowest value of the axis: "14 mm".
    let top: String
    let bottom: String
    /// "0 s" and "3.0 s".
    let start: String
    let end: String
    /// What the curve shows, in words.
    let text: String
    let unit: String
    /// Where it hurts: a bar from below for each mark, a tenth of the height for each step of the scale.
    let pain: String
    /// About twenty moments, and those at which it hurts.
    let rows: [TableRow]
    /// Where the greatest separation is, for the first cursor.
    let cursor: String

    init(_ result: LoopMeasure.Result, times: [Double], pain marks: [LoopPain] = []) {
        unit = result.unit.rawValue
        let known = result.perFrame.indices.filter { result.perFrame[$0] != nil && $0 < times.count }
        let values = known.compactMap { result.perFrame[$0] }
        let errors = known.map { result.error95[$0] ?? 0 }
        var low = zip(values, errors).map { $0 - $1 }.min() ?? 0
        var high = zip(values, errors).map { $0 + $1 }.max() ?? 1
        if high - low < 0.5 { (low, high) = ((low + high) / 2 - 0.5, (low + high) / 2 + 0.5) }
        let (first, last) = (times.first ?? 0, max(times.last ?? 1, (times.first ?? 0) + 1e-9))
        func x(_ frame: Int) -> String { Self.number((times[frame] - first) / (last - first) * Self.width) }
        func y(_ value: Double) -> String { Self.number((high - value) / (high - low) * Self.height) }
        var path = ""
        var runs: [[Int]] = []
        var before = -2
        for frame in known {
            if frame != before + 1 { runs.append([]) }
            runs[runs.count - 1].append(frame)
            before = frame
        }
        var band = ""
        for run in runs {
            func points(_ frames: [Int], _ value: (Int) -> Double) -> String {
                frames.map { "\(x($0)) \(y(value($0)))" }.joined(separator: " L")
            }
            path += "M" + points(run) { result.perFrame[$0] ?? 0 } + (run.count == 1 ? " h2" : "")
            let above = points(run) { (result.perFrame[$0] ?? 0) + (result.error95[$0] ?? 0) }
            let below = points(run.reversed()) { (result.perFrame[$0] ?? 0) - (result.error95[$0] ?? 0) }
            band += "M\(above) L\(below) Z"
        }
        self.path = path
        self.band = band
        top = "\(Self.number(high)) \(unit)"
        bottom = "\(Self.number(low)) \(unit)"
        start = "0 s"
        end = "\(Self.number(last - first)) s"
        cursor = result.maximumFrame < times.count ? x(result.maximumFrame) : "0"
        text =
            "The separation is \(Self.number(result.rest)) \(unit) in frame \(result.restFrame) and \(Self.number(result.maximum)) \(unit) "
            + "at most, in frame \(result.maximumFrame)."
        let step = max(1, result.perFrame.count / 20)
        let hurting = Dictionary(marks.map { ($0.frame, $0.value) }, uniquingKeysWith: max)
        pain = marks.filter { times.indices.contains($0.frame) }
            .map { "M\(x($0.frame)) 300V\(Self.number(Self.height * (1 - Double($0.value) / 10)))" }.joined()
        rows = (0..<min(result.perFrame.count, times.count)).filter { $0 % step == 0 || hurting[$0] != nil }.map {
            frame in
            TableRow(
                time: String(format: "%.2f s", times[frame] - first),
                value: result.perFrame[frame].map { "\(String(format: "%.1f", $0)) \(result.unit.rawValue)" } ?? "lost",
                pain: hurting[frame].map(String.init) ?? "")
        }
    }

    private static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
