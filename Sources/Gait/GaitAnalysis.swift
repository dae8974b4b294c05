// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Everything that is computed from one trial.
///
///     let walk = try GaitAnalysis.read(bytes, fileName: "walk.c3d")
///     let analysis = GaitAnalysis(of: walk, staticTrial: standing, fileName: "walk.c3d", options: options)
///     let flexion = analysis.document.angles?.left.knee.flexion
///
/// Takes a few milliseconds for a trial of five seconds, and memory of about twice the recording's.
public struct GaitAnalysis: Sendable {
    /// The JSON document for other programs.
    public var document: AnalysisDocument
    /// Each stride on its own.
    public var strides: [Stride]
    /// Means, deviations and counts over the strides.
    public var figures: Spatiotemporal
    /// The walking figure for a viewer.
    public var stickFigure: StickFigure
    /// What the walk was compared with.
    public var norm: NormativeSet
    /// The person's measures that were used; nil where there are no angles.
    public var measures: SubjectMeasures?

    /// The marker diameter that is assumed where neither a person nor the file gives one, in millimetres.
    public static let assumedMarkerDiameterMillimetres = 14.0

    /// Reads a C3D or TRC file, told apart by the name's extension, else by the first bytes.
    ///
    /// - Throws: `RecordingError`.
    public static func read(_ bytes: [UInt8], fileName: String) throws(RecordingError) -> Recording {
        let name = fileName.lowercased()
        if StorageTable.isNamed(fileName) {
            let table = try StorageTable.read(bytes)
            throw RecordingError(
                .unsupported,
                "A MOT or STO file holds forces or angles and no markers (\(table.rowCount) rows of “"
                    + "\(table.columns.dropFirst().first ?? "")” and others)",
                advice: "Give the TRC or C3D file with the markers of the same walk; forces go beside it (--forces).")
        }
        let looksLikeText = bytes.starts(with: Array("PathFileType".utf8))
        return name.hasSuffix(".trc") || (looksLikeText && !name.hasSuffix(".c3d"))
            ? try TRC.read(bytes) : try C3D.read(bytes)
    }

    /// Analyses a trial.
    ///
    /// - Parameters:
    ///   - recording: the walk.
    ///   - staticTrial: the standing trial of the same session: gives the feet's zero, alignment devices, the hips'
    ///     distance, and the marker diameter where the walk has none.
    ///   - fileName: the walk's name, printed in the document without its folder.
    ///   - options: a person's choices.
    ///   - norm: what the walk is compared with; twelve children where the clinic has no set of its own.
    ///   - corrected: the events as a person set them; they take the place of stored and detected ones.
    public init(
        of recording: Recording, staticTrial: Recording? = nil, fileName: String, options: AnalysisOptions,
        norm: NormativeSet = .twelveChildren, events corrected: [GaitEvent]? = nil
    ) {
        var warnings = recording.warnings
        let markers = WalkMarkers(recording)
        let events =
            corrected?.byTime
            ?? EventDetection.events(in: recording, markers: markers, policy: options.events, warnings: &warnings)
        let belt: Belt?
        (strides, belt) = Stride.all(in: events, recording: recording, markers: markers)
        if let belt { Self.tell(belt, &warnings) }
        figures = Spatiotemporal(strides)
        stickFigure = StickFigure(recording, markers)
        self.norm = norm
        if strides.isEmpty {
            warnings.append(
                AnalysisWarning(
                    code: "noStride",
                    message: "No whole stride was found, so there are no figures of time and space."))
        } else if figures.left.strideLength == nil, figures.right.strideLength == nil {
            warnings.append(
                AnalysisWarning(
                    code: "noLengths",
                    message: "The feet's markers are missing at the strikes, so lengths and speed are not known."))
        }
        let diameter = Self.markerDiameter(recording, staticTrial, options, &warnings)
        let movement = Movement(
            recording, markers, staticTrial, options, markerDiameter: diameter, warnings: &warnings)
        let angles = movement?.angles
        measures = movement?.measures
        let strides = strides
        stickFigure.add(forcesOf: recording, markers)
        stickFigure.strides = strides.map(StickFigure.StrideTimes.init)
        if let movement { stickFigure.place(jointsOf: movement.kinematics, in: recording) }
        let curves = angles.map { Self.curves($0, strides, recording) } ?? [:]
        if let angles { warnings += QualityFlags.warnings(angles, curves: curves) }
        let indices = curves.isEmpty ? nil : GaitIndices(curves: curves, norm: norm)
        if indices != nil { Self.warnAboutNorm(norm, recording, &warnings) }
        document = AnalysisDocument(
            schema: AnalysisDocument.schemaName,
            trial: AnalysisDocument.Trial(
                file: fileName.split(separator: "/").last.map(String.init) ?? fileName,
                pointRate: recording.pointRate, firstFrame: recording.firstFrame, frameCount: recording.frameCount),
            options: AnalysisDocument.Options(
                markerDiameterMillimetres: diameter, flatFoot: options.flatFoot, hipCentre: options.hipCentre,
                pelvisOrder: options.pelvisOrder),
            events: events, angles: angles, spatiotemporal: AnalysisDocument.SpatiotemporalMeans(figures),
            kinetics: movement?.kinetics(recording, markers, events, &warnings), indices: indices, warnings: warnings)
    }

    private static func tell(_ belt: Belt, _ warnings: inout [AnalysisWarning]) {
        let speed = (belt.velocity.length / 10).rounded() / 100
        warnings.append(
            AnalysisWarning(
                code: "treadmill",
                message: """
                    The feet return to where they were, as on a treadmill: lengths and speed are those over its belt, \
                    which the standing feet show to run at \(speed) m/s.
                    """))
    }

    private static func markerDiameter(
        _ recording: Recording, _ staticTrial: Recording?, _ options: AnalysisOptions,
        _ warnings: inout [AnalysisWarning]
    ) -> Double {
        let recorded = [recording, staticTrial].compactMap { $0?.subjectValues["MarkerDiameter"] }
            .first { $0 > 0 && $0.isFinite }
        if let chosen = options.markerDiameterMillimetres ?? recorded { return chosen }
        warnings.append(
            AnalysisWarning(
                code: "markerDiameterAssumed",
                message: """
                    The file does not say how large the markers are; 14 mm is assumed. Two millimetres more or less \
                    change hip and knee by up to half a degree.
                    """))
        return assumedMarkerDiameterMillimetres
    }

    static func curves(
        _ angles: AnalysisDocument.Angles, _ strides: [Stride], _ recording: Recording
    ) -> [Side: [GaitVariable: StrideCurves]] {
        var curves: [Side: [GaitVariable: StrideCurves]] = [:]
        for side in Side.allCases {
            for variable in GaitVariable.allCases {
                curves[side, default: [:]][variable] = StrideCurves(
                    variable.values(in: side == .left ? angles.left : angles.right), strides: strides, side: side,
                    pointRate: recording.pointRate, firstFrame: recording.firstFrame)
            }
        }
        return curves.filter { !$0.value.isEmpty }
    }

    /// Taller than this in millimetres, or of unknown height, a person may be grown up.
    private static let tallestChild = 1550.0

    private static func warnAboutNorm(
        _ norm: NormativeSet, _ recording: Recording, _ warnings: inout [AnalysisWarning]
    ) {
        let height = recording.subjectValues["Height"] ?? 0
        guard norm.areChildren, height <= 0 || height > tallestChild else { return }
        warnings.append(
            AnalysisWarning(
                code: "childrenNorm",
                message: """
                    The walk is compared with children (\(norm.source)). If this person is an adult, the scores do not \
                    say how far the walk is from healthy: load an adult norm.
                    """))
    }

    /// A signal of this trial over the strides of one foot, on 51 points; nil where no stride is whole.
    public func strideCurves(_ values: [Double?], side: Side) -> StrideCurves? {
        StrideCurves(
            values, strides: strides, side: side, pointRate: document.trial.pointRate,
            firstFrame: document.trial.firstFrame)
    }
}

extension AnalysisDocument {
    /// The document as JSON text with sorted keys.
    public func json(pretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }
}
