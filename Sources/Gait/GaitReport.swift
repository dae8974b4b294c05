// SPDX-License-Identifier: Apache-2.0

/// The walks of a visit as one HTML page that needs nothing else: no script, no network; it prints to a clean PDF.
///
///     let html = GaitReport(analyses, version: "1.0").html
///
/// Summary in plain words, figures of time and space, key figures against the norm, the Movement Analysis Profile, every
/// curve with the norm's band, a sentence and a table; quality notes; the methods.
public struct GaitReport: Sendable {
    /// What all walks say together.
    public var visit: VisitAnalysis
    /// The version of the program, printed in the methods.
    public var version: String

    /// A report of a visit.
    public init(_ visit: VisitAnalysis, version: String) {
        self.visit = visit
        self.version = version
    }

    /// A report of one or several walks that were analysed with the same choices.
    public init(_ analyses: [GaitAnalysis], version: String) {
        let document = analyses.first?.document
        var options = AnalysisOptions()
        if let used = document?.options {
            options = AnalysisOptions(
                markerDiameterMillimetres: used.markerDiameterMillimetres, flatFoot: used.flatFoot,
                hipCentre: used.hipCentre, pelvisOrder: used.pelvisOrder)
        }
        self.init(
            VisitAnalysis(analyses, options: options, norm: analyses.first?.norm ?? .twelveChildren), version: version)
    }

    /// The page.
    public var html: String {
        let charts = visit.curves.enumerated().map {
            CurveChart(curve: $0.element, identifier: "curve-\($0.offset)").html
        }
        let key = """
            <p class="key"><span class="left">Left: solid line</span> <span class="right">Right: dashed line</span> \
            <span class="norm">Grey band: norm ± 1 SD</span> Thin upright lines: foot off. Pale bands: ± 1 SD between \
            strides.</p>
            """
        let walks = visit.walks.map { walk in
            "<li>\(escaped(walk.file)): \(walk.leftStrides) left and \(walk.rightStrides) right strides</li>"
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Gait analysis</title><style>\(Self.style)</style></head><body><main>
            <h1>Gait analysis</h1>
            <ul>\(walks.joined())</ul>
            \(summary)
            \(figures(visit.figures))
            \(keyFigures)
            \(profile)
            \(charts.isEmpty ? "" : "<h2>Curves</h2>\(key)<div class=\"curves\">\(charts.joined())</div>")
            \(notes)
            <h2>Methods</h2><p class="methods">\(escaped(ReportMethods(visit, version: version).text))</p>
            </main></body></html>

            """
    }

    private var summary: String {
        let sentences = ReportSummary(visit).sentences
        return sentences.isEmpty ? "" : "<p>\(sentences.map { escaped($0) }.joined(separator: " "))</p>"
    }

    private var keyFigures: String {
        let rows = KeyFigure.all(visit.curves).map { figure in
            func cell(_ value: Double?) -> String { value.map { decimal($0, 1) } ?? "–" }
            let norm = figure.normMean.map { mean in
                decimal(mean, 1) + (figure.normDeviation.map { " ± \(decimal($0, 1))" } ?? "")
            }
            return """
                <tr><th scope="row">\(figure.name), \(figure.unit)</th><td>\(cell(figure.left))</td>\
                <td>\(cell(figure.right))</td><td>\(norm ?? "–")</td></tr>
                """
        }
        guard !rows.isEmpty else { return "" }
        return """
            <h2>Key figures</h2><table><thead><tr><th scope="col">Read off the mean curves</th><th scope="col">Left</th>\
            <th scope="col">Right</th><th scope="col">Norm ± SD</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            """
    }

    private func figures(_ figures: Spatiotemporal) -> String {
        func cell(_ figure: Figure?, _ digits: Int) -> String {
            guard let figure else { return "–" }
            let spread = figure.standardDeviation.map { " ± \(decimal($0, digits))" } ?? ""
            return "\(decimal(figure.mean, digits))\(spread)"
        }
        let items: [(String, Int, KeyPath<Spatiotemporal.Feet, Figure?>)] = [
            ("Stride length, m", 2, \.strideLength), ("Step length, m", 2, \.stepLength),
            ("Step width, m", 2, \.stepWidth), ("Stride time, s", 2, \.strideTime), ("Step time, s", 2, \.stepTime),
            ("Foot off, %", 1, \.footOffPercent), ("Single support, s", 2, \.singleSupport),
            ("Double support, s", 2, \.doubleSupport),
        ]
        let rows = items.map { name, digits, path in
            let symmetry = figures.symmetryIndexPercent(path).map { "\(decimal($0, 1)) %" } ?? "–"
            return """
                <tr><th scope="row">\(name)</th><td>\(cell(figures.left[keyPath: path], digits))</td>\
                <td>\(cell(figures.right[keyPath: path], digits))</td><td>\(symmetry)</td></tr>
                """
        }
        return """
            <h2>Time and space</h2><p>Speed \(cell(figures.speed, 2)) m/s, cadence \(cell(figures.cadence, 0)) steps a \
            minute.</p><table><thead><tr><th scope="col">Mean ± SD between strides</th><th scope="col">Left</th>\
            <th scope="col">Right</th><th scope="col">Symmetry (left − right)</th></tr></thead>\
            <tbody>\(rows.joined())</tbody></table>
            """
    }

    private var profile: String {
        guard let indices = visit.indices else { return "" }
        let names: [(GaitVariable, String)] = [
            (.pelvicTilt, "Pelvic tilt"), (.pelvicObliquity, "Pelvic obliquity"), (.pelvicRotation, "Pelvic rotation"),
            (.hipFlexion, "Hip flexion"), (.hipAdduction, "Hip adduction"), (.hipRotation, "Hip rotation"),
            (.kneeFlexion, "Knee flexion"), (.ankleDorsiflexion, "Ankle dorsiflexion"),
            (.footProgression, "Foot progression"),
        ]
        func bar(_ value: Double?, _ side: String) -> String {
            guard let value else { return "<td>–</td>" }
            let width = decimal(min(100, value * 4), 0)
            return """
                <td><span class="bar \(side)"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">\
                <rect width="\(width)" height="8"/></svg></span> \(decimal(value, 1))</td>
                """
        }
        func row(_ name: String, _ left: Double?, _ right: Double?) -> String {
            "<tr><th scope=\"row\">\(name)</th>\(bar(left, "left"))\(bar(right, "right"))</tr>"
        }
        let rows =
            names.map { row($0.1, indices.gvs.left[$0.0.rawValue], indices.gvs.right[$0.0.rawValue]) }
            + [row("Gait Profile Score", indices.gps.left, indices.gps.right)]
        let count = indices.norm.n.map { ", n = \($0)" } ?? ""
        let ages = indices.norm.ages.map { ", ages: \(escaped($0))" } ?? ""
        func index(_ value: Double?) -> String { value.map { decimal($0, 0) } ?? "–" }
        return """
            <h2>Distance from the norm (Movement Analysis Profile)</h2>
            <table><thead><tr><th scope="col">Degrees from the norm</th><th scope="col">Left</th><th scope="col">Right</th>\
            </tr></thead><tbody>\(rows.joined())</tbody></table>
            <p>Overall Gait Profile Score \(indices.gps.overall.map { decimal($0, 2) } ?? "–")°. GDI*, derived from the \
            score and not the original Gait Deviation Index: left \(index(indices.gdiFromGps.left)), right \
            \(index(indices.gdiFromGps.right)). A change of 1.6° in the score matters to people (Baker 2012).</p>
            <p>Norm: \(escaped(indices.norm.source))\(count)\(ages).</p>
            """
    }

    private var notes: String {
        guard !visit.notes.isEmpty else { return "" }
        let items = visit.notes.map { note in
            let files = note.files.isEmpty ? "" : " (\(note.files.joined(separator: ", ")))"
            return "<li>\(escaped(note.message + files))</li>"
        }
        return "<h2>What to keep in mind</h2><ul class=\"notes\">\(items.joined())</ul>"
    }

    private static let style = """
        :root{--left:#0072b2;--right:#b34700;--ink:#1b2430;--soft:#5b6673;--line:#d9dee4}
        body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:#fff;margin:0}
        main{max-width:60rem;margin:0 auto;padding:1.5rem}
        h1{font-size:1.9rem}h2{font-size:1.3rem;margin-top:2rem;overflow-wrap:anywhere}h3{font-size:1.1rem}
        table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--soft)}
        th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);font-weight:400}
        thead th{font-weight:600}
        .curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:1rem}
        .curve{margin:0;break-inside:avoid}figcaption{font-weight:600}figcaption span{font-weight:400;color:var(--soft)}
        svg{width:100%;height:auto;display:block}svg text{font:10px system-ui,sans-serif;fill:var(--soft)}
        .grid{stroke:var(--line)}polygon.norm{fill:#c3c9d0;opacity:.7}polygon.spread{opacity:.16;stroke:none}
        polyline{fill:none;stroke-width:2}.cursor{display:none}polyline.earlier{stroke-width:1;stroke-dasharray:1 3}polyline.left{stroke:var(--left)}
        polyline.right{stroke:var(--right);stroke-dasharray:6 3}
        polygon.left{fill:var(--left)}polygon.right{fill:var(--right)}
        line.off{stroke-width:1}line.left{stroke:var(--left)}line.right{stroke:var(--right);stroke-dasharray:4 2}
        .key span{margin-right:1rem;font-weight:600}.key .left{color:var(--left)}.key .right{color:var(--right)}
        .bar{display:inline-block;width:8rem}.bar svg{height:.6rem;display:inline-block}
        .bar.left rect{fill:var(--left)}.bar.right rect{fill:var(--right)}
        @media print{@page{margin:15mm}main{padding:0;max-width:none}details{display:none}
        section+section{break-before:page}h3{break-after:avoid}.curves{grid-template-columns:repeat(3,1fr)}
        *{print-color-adjust:exact}}
        """
}

/// Text for an HTML page.
func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;")
}
