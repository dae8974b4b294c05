// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A curve of the report as SVG and as a table. The left leg is a solid line, the right one a dashed one: apart by colour
/// for every kind of colour vision, and by the dashes on paper. An earlier visit's means are thin dotted lines.
///
/// Colours and widths are the page's: the shapes have the classes `grid`, `norm`, `spread`, `earlier`, `off`, `cursor`,
/// `left` and `right`.
public struct CurveChart: Sendable {
    /// What is drawn.
    public let curve: ReportCurve
    /// The same curve of an earlier visit.
    public let earlier: ReportCurve?
    /// Unique on the page: the title's id.
    public let identifier: String

    /// A chart of a curve.
    public init(curve: ReportCurve, identifier: String, earlier: ReportCurve? = nil) {
        self.curve = curve
        self.identifier = identifier
        self.earlier = earlier
    }

    private let width = 300.0
    private let height = 190.0
    private let margin = (left: 38.0, right: 12.0, top: 10.0, bottom: 26.0)

    /// The whole figure: chart, caption, table behind a disclosure.
    var html: String {
        """
        <figure class="curve"><figcaption>\(curve.title) <span>(\(curve.unit), \(curve.direction) +)</span></figcaption>
        \(svg())
        <details><summary>Values</summary>\(table)</details></figure>

        """
    }

    /// The drawing; `sentence` is its text alternative, `curve.sentence` unless another language's is given.
    public func svg(sentence: String? = nil) -> String {
        let (low, high) = range
        func x(_ percent: Double) -> Double { margin.left + percent / 100 * (width - margin.left - margin.right) }
        func y(_ value: Double) -> Double {
            height - margin.bottom - (value - low) / (high - low) * (height - margin.top - margin.bottom)
        }
        func at(_ index: Int, _ value: Double) -> String {
            "\(decimalPlain(x(2 * Double(index)))),\(decimalPlain(y(value)))"
        }
        func line(_ values: [Double]) -> String {
            values.enumerated().map { at($0.offset, $0.element) }.joined(separator: " ")
        }
        func band(_ mean: [Double], _ deviation: [Double], _ style: String) -> String {
            guard mean.count == deviation.count, !mean.isEmpty else { return "" }
            let upper = zip(mean, deviation).map { $0 + $1 }
            let lower = zip(mean, deviation).map { $0 - $1 }
            let back = lower.enumerated().reversed().map { at($0.offset, $0.element) }.joined(separator: " ")
            return "<polygon class=\"\(style)\" points=\"\(line(upper)) \(back)\"/>"
        }
        var parts: [String] = []
        for tick in ticks {
            parts.append(
                """
                <line class="grid" x1="\(decimalPlain(x(0)))" x2="\(decimalPlain(x(100)))" \
                y1="\(decimalPlain(y(tick)))" y2="\(decimalPlain(y(tick)))"/>\
                <text x="\(decimalPlain(margin.left - 4))" y="\(decimalPlain(y(tick) + 3))" \
                text-anchor="end">\(decimal(tick, tick == tick.rounded() ? 0 : 1))</text>
                """)
        }
        for percent in [0.0, 25, 50, 75, 100] {
            parts.append(
                "<text x=\"\(decimalPlain(x(percent)))\" y=\"\(decimalPlain(height - 10))\" text-anchor=\"middle\">"
                    + "\(decimal(percent, 0))</text>")
        }
        if let norm = curve.norm { parts.append(band(norm.mean, norm.deviation, "norm")) }
        for (style, own) in [("left", earlier?.left), ("right", earlier?.right)] {
            guard let own else { continue }
            parts.append("<polyline class=\"\(style) earlier\" points=\"\(line(own.mean))\"/>")
        }
        for (style, own, off) in [
            ("left", curve.left, curve.leftFootOff), ("right", curve.right, curve.rightFootOff),
        ] {
            guard let own else { continue }
            parts.append(band(own.mean, own.deviation, "\(style) spread"))
            parts.append("<polyline class=\"\(style)\" points=\"\(line(own.mean))\"/>")
            if let off, off > 0, off < 100 {
                let place = decimalPlain(x(off))
                parts.append(
                    "<line class=\"\(style) off\" x1=\"\(place)\" x2=\"\(place)\" "
                        + "y1=\"\(decimalPlain(margin.top))\" y2=\"\(decimalPlain(height - margin.bottom))\"/>")
            }
        }
        for style in ["left", "right"] {
            parts.append(
                "<line class=\"\(style) cursor\" x1=\"0\" x2=\"0\" y1=\"\(decimalPlain(margin.top))\" "
                    + "y2=\"\(decimalPlain(height - margin.bottom))\"/>")
        }
        return """
            <svg viewBox="0 0 \(decimalPlain(width)) \(decimalPlain(height))" role="img" aria-labelledby="\(identifier)" \
            data-from="\(decimalPlain(x(0)))" data-to="\(decimalPlain(x(100)))">\
            <title id="\(identifier)">\(escaped(sentence ?? curve.sentence))</title>\(parts.joined())</svg>
            """
    }

    /// One column of the curve's table.
    public struct Column: Sendable, Hashable {
        /// "Left", "± SD", "Right", "Norm", "Left before", "Right before".
        public var name: String
        /// 51 values.
        public var values: [Double]
    }

    /// The curve's table: what there is of left, right, norm and the earlier visit.
    public var columns: [Column] {
        let columns: [(String, [Double])] = [
            ("Left", curve.left?.mean ?? []), ("± SD", curve.left?.deviation ?? []), ("Right", curve.right?.mean ?? []),
            ("± SD", curve.right?.deviation ?? []), ("Norm", curve.norm?.mean ?? []),
            ("± SD", curve.norm?.deviation ?? []), ("Left before", earlier?.left?.mean ?? []),
            ("Right before", earlier?.right?.mean ?? []),
        ]
        return columns.filter { !$0.1.isEmpty }.map { Column(name: $0.0, values: $0.1) }
    }

    /// The points of the table: every tenth per cent of the stride.
    public static var tablePoints: [Int] { Array(stride(from: 0, to: NormativeSet.pointCount, by: 5)) }

    private var table: String {
        let columns = columns
        let head = columns.map { "<th scope=\"col\">\($0.name)</th>" }.joined()
        let rows = Self.tablePoints.map { point in
            "<tr><th scope=\"row\">\(2 * point) %</th>"
                + columns.map {
                    "<td>\(point < $0.values.count ? curve.number($0.values[point]) : "–")</td>"
                }.joined() + "</tr>"
        }
        return """
            <table><caption>\(curve.title), \(curve.unit)</caption><thead><tr><th scope="col">Stride</th>\(head)</tr>\
            </thead><tbody>\(rows.joined())</tbody></table>
            """
    }

    private var range: (Double, Double) {
        var values =
            (curve.left?.mean ?? []) + (curve.right?.mean ?? []) + (earlier?.left?.mean ?? [])
            + (earlier?.right?.mean ?? [])
        if let norm = curve.norm {
            values += norm.mean
            values += zip(norm.mean, norm.deviation).flatMap { [$0 + $1, $0 - $1] }
        }
        let low = values.min() ?? 0
        let high = values.max() ?? 1
        let room = max(0.05 * (high - low), curve.unit == "°" ? 2 : 0.1)
        return (low - room, high + room)
    }

    private var ticks: [Double] {
        let (low, high) = range
        let rough = (high - low) / 5
        guard rough > 1e-6, rough < 1e9 else { return [] }
        let power = pow(10, log10(rough).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? 10 * power
        return stride(from: (low / step).rounded(.up) * step, through: high, by: step).map { $0 == 0 ? 0 : $0 }
    }

    /// For SVG's own numbers: one decimal, an ASCII minus.
    private func decimalPlain(_ value: Double) -> String {
        decimal(value, 1).replacing("−", with: "-")
    }
}
