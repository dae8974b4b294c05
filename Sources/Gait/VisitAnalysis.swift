// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What all walks of a visit say together: figures, curves and scores over every stride of every walk.
///
///     let visit = VisitAnalysis(walks, standing: "static.c3d", options: options, norm: norm)
///     visit.indices?.gps.overall
///
/// Small enough to be kept and shown again without the recordings (tens of kilobytes), so that a report that a
/// clinician released stays as it was.
public struct VisitAnalysis: Hashable, Sendable, Codable {
    /// One walk, and what it gave.
    public struct Walk: Hashable, Sendable, Codable {
        /// The file's name.
        public var file: String
        /// Frames a second.
        public var pointRate: Double
        /// How many frames.
        public var frameCount: Int
        /// Whole strides of the left foot.
        public var leftStrides: Int
        /// Whole strides of the right foot.
        public var rightStrides: Int
        /// How its events are known.
        public var eventSources: [GaitEvent.Source]
        /// The feet that stepped cleanly on a force plate.
        public var plateSides: [Side]
    }

    /// What a reader must know, and of which walks.
    public struct Note: Hashable, Sendable, Codable {
        /// The warning's code.
        public var code: String
        /// The sentence.
        public var message: String
        /// The walks it was said of; empty where it is said of all.
        public var files: [String]
    }

    /// `GaitMethod.version` of the program that computed it.
    public var methodVersion: String
    /// The standing trial's name; nil without one.
    public var standing: String?
    /// The walks in order.
    public var walks: [Walk]
    /// The choices that were in force.
    public var options: AnalysisOptions
    /// The marker diameter that was used, in millimetres.
    public var markerDiameterMillimetres: Double
    /// Whether nobody gave the diameter, so that 14 mm was assumed.
    public var assumesMarkerDiameter: Bool
    /// The person's measures; nil where there are no angles.
    public var measures: SubjectMeasures?
    /// Time and space over all strides.
    public var figures: Spatiotemporal
    /// The curves over all strides.
    public var curves: [ReportCurve]
    /// Distances from the norm.
    public var indices: GaitIndices?
    /// How far one of the norm's own people usually is from its mean, by `GaitVariable.rawValue`, in degrees: the root mean
    /// square of the standard deviation. Empty where the norm has none.
    public var usualDistances: [String: Double]
    /// What a reader must know.
    public var notes: [Note]

    /// The figures of several walks of one person on one day.
    ///
    /// - Parameters:
    ///   - analyses: the walks, each analysed with the same standing trial, options and norm.
    ///   - standing: the standing trial's file name.
    ///   - options: the choices.
    ///   - norm: what the walks are compared with.
    public init(
        _ analyses: [GaitAnalysis], standing: String? = nil, options: AnalysisOptions,
        norm: NormativeSet = .twelveChildren
    ) {
        methodVersion = GaitMethod.version
        self.standing = standing
        self.options = options
        walks = analyses.map(Self.walk)
        markerDiameterMillimetres =
            analyses.first?.document.options.markerDiameterMillimetres ?? options.markerDiameterMillimetres
            ?? GaitAnalysis.assumedMarkerDiameterMillimetres
        assumesMarkerDiameter = analyses.contains { analysis in
            analysis.document.warnings.contains { $0.code == "markerDiameterAssumed" }
        }
        measures = analyses.lazy.compactMap(\.measures).first
        let figures = Spatiotemporal(analyses.flatMap(\.strides))
        self.figures = figures
        curves = ReportCurve.all(analyses, figures: figures, norm: norm)
        let pooled = Self.pooled(analyses)
        indices = pooled.isEmpty ? nil : GaitIndices(curves: pooled, norm: norm)
        usualDistances = [:]
        for variable in GaitVariable.allCases {
            let deviation = norm.curves[variable]?.deviation ?? []
            guard !deviation.isEmpty else { continue }
            usualDistances[variable.rawValue] =
                (deviation.reduce(0) { $0 + $1 * $1 } / Double(deviation.count)).squareRoot()
        }
        notes = Self.notes(analyses)
    }

    private static func walk(_ analysis: GaitAnalysis) -> Walk {
        let document = analysis.document
        let kinetics = document.kinetics
        return Walk(
            file: document.trial.file, pointRate: document.trial.pointRate, frameCount: document.trial.frameCount,
            leftStrides: analysis.strides.count { $0.side == .left },
            rightStrides: analysis.strides.count { $0.side == .right },
            eventSources: GaitEvent.Source.allCases.filter { source in document.events.contains { $0.source == source }
            },
            plateSides: Side.allCases.filter { ($0 == .left ? kinetics?.left : kinetics?.right) != nil })
    }

    private static func pooled(_ analyses: [GaitAnalysis]) -> [Side: [GaitVariable: StrideCurves]] {
        var pooled: [Side: [GaitVariable: StrideCurves]] = [:]
        for side in Side.allCases {
            for variable in GaitVariable.allCases {
                pooled[side, default: [:]][variable] = StrideCurves(
                    pooling: analyses.compactMap { analysis in
                        guard let angles = analysis.document.angles else { return nil }
                        return analysis.strideCurves(
                            variable.values(in: side == .left ? angles.left : angles.right), side: side)
                    })
            }
        }
        return pooled.filter { !$0.value.isEmpty }
    }

    /// Each sentence once, with the walks of which it is true.
    private static func notes(_ analyses: [GaitAnalysis]) -> [Note] {
        var notes: [Note] = []
        for analysis in analyses {
            let file = analysis.document.trial.file
            for warning in analysis.document.warnings {
                if let known = notes.firstIndex(where: { $0.code == warning.code && $0.message == warning.message }) {
                    if !notes[known].files.contains(file) { notes[known].files.append(file) }
                } else {
                    notes.append(Note(code: warning.code, message: warning.message, files: [file]))
                }
            }
        }
        return notes.map { note in
            var note = note
            if note.files.count == analyses.count { note.files = [] }
            return note
        }
    }
}

extension StrideCurves {
    /// All strides of several walks as one; nil of none.
    public init?(pooling curves: [StrideCurves]) {
        let all = curves.flatMap(\.strides)
        guard let points = all.first?.count else { return nil }
        strides = all
        let count = Double(all.count)
        let mean = (0..<points).map { point in all.reduce(0) { $0 + $1[point] } / count }
        self.mean = mean
        deviation =
            all.count < 2
            ? []
            : (0..<points).map { point in
                (all.reduce(0) { $0 + ($1[point] - mean[point]) * ($1[point] - mean[point]) } / (count - 1))
                    .squareRoot()
            }
    }
}

extension VisitAnalysis {
    /// Every curve on all 51 points as comma-separated text: per cent of the stride, then mean and standard deviation of the
    /// left leg, the right leg and the norm.
    public var csv: String {
        var columns: [(name: String, values: [Double])] = []
        for curve in curves {
            let name = "\(curve.key) [\(curve.unit)]"
            for (side, leg) in [("left", curve.left), ("right", curve.right)] {
                guard let leg else { continue }
                columns.append(("\(name) \(side) mean", leg.mean))
                if !leg.deviation.isEmpty { columns.append(("\(name) \(side) sd", leg.deviation)) }
            }
            if let norm = curve.norm {
                columns.append(("\(name) norm mean", norm.mean))
                if !norm.deviation.isEmpty { columns.append(("\(name) norm sd", norm.deviation)) }
            }
        }
        var text = (["percent"] + columns.map(\.name)).joined(separator: ",") + "\n"
        for point in 0..<NormativeSet.pointCount {
            text +=
                (["\(2 * point)"] + columns.map { point < $0.values.count ? "\($0.values[point])" : "" })
                .joined(separator: ",") + "\n"
        }
        return text
    }
}
