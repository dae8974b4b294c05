// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Everything that is computed from one trial.
///
/// Takes well under a second for a trial of ten seconds, and memory of about twice the recording's.
public struct GaitAnalysis: Sendable {
    /// The JSON document for other programs.
    public var document: AnalysisDocument
    /// Each stride on its own.
    public var strides: [Stride]
    /// Means, deviations and counts over the strides.
    public var figures: Spatiotemporal
    /// The walking figure for a viewer.
    public var stickFigure: StickFigure

    /// The marker diameter that is assumed where neither a person nor the file gives one, in millimetres.
    public static let assumedMarkerDiameterMillimetres = 14.0

    /// Reads a C3D or TRC file, told apart by the name's extension, else by the first bytes.
    ///
    /// - Throws: `RecordingError`.
    public static func read(_ bytes: [UInt8], fileName: String) throws(RecordingError) -> Recording {
        let name = fileName.lowercased()
        let looksLikeText = bytes.starts(with: Array("PathFileType".utf8))
        return name.hasSuffix(".trc") || (looksLikeText && !name.hasSuffix(".c3d"))
            ? try TRC.read(bytes) : try C3D.read(bytes)
    }

    /// Analyses a trial.
    ///
    /// - Parameters:
    ///   - recording: the walk.
    ///   - staticTrial: the standing trial of the same session, whose marker diameter is used where the walk has none.
    ///   - fileName: the walk's name, printed in the document without its folder.
    ///   - options: a person's choices.
    public init(
        of recording: Recording, staticTrial: Recording? = nil, fileName: String, options: AnalysisOptions
    ) {
        var warnings = recording.warnings
        let markers = WalkMarkers(recording)
        let events = EventDetection.events(
            in: recording, markers: markers, policy: options.events, warnings: &warnings)
        strides = Stride.all(in: events, recording: recording, markers: markers)
        figures = Spatiotemporal(strides)
        stickFigure = StickFigure(recording)
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
        let recorded = recording.subjectValues["MarkerDiameter"] ?? staticTrial?.subjectValues["MarkerDiameter"]
        let usable = recorded.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        if options.markerDiameterMillimetres == nil, usable == nil {
            warnings.append(
                AnalysisWarning(
                    code: "markerDiameterAssumed",
                    message: "The file does not say how large the markers are; 14 mm is assumed."))
        }
        let diameter =
            options.markerDiameterMillimetres ?? usable ?? Self.assumedMarkerDiameterMillimetres
        let kinematics = Self.kinematics(
            recording, markers.upAxis, staticTrial, options, markerDiameter: diameter, warnings: &warnings)
        document = AnalysisDocument(
            schema: AnalysisDocument.schemaName,
            trial: AnalysisDocument.Trial(
                file: fileName.split(separator: "/").last.map(String.init) ?? fileName,
                pointRate: recording.pointRate, firstFrame: recording.firstFrame, frameCount: recording.frameCount),
            options: AnalysisDocument.Options(
                markerDiameterMillimetres: diameter,
                flatFoot: options.flatFoot, hipCentre: options.hipCentre, pelvisOrder: options.pelvisOrder),
            events: events,
            angles: kinematics.flatMap { kinematics in
                guard let left = kinematics.angles[.left], let right = kinematics.angles[.right] else { return nil }
                return AnalysisDocument.Angles(left: left, right: right)
            }, spatiotemporal: AnalysisDocument.SpatiotemporalMeans(figures), warnings: warnings)
    }
}

extension GaitAnalysis {
    /// Segments and angles; nil, with a warning that says why, where markers or measures are missing.
    private static func kinematics(
        _ recording: Recording, _ upAxis: WalkMarkers.UpAxis, _ staticTrial: Recording?, _ options: AnalysisOptions,
        markerDiameter: Double, warnings: inout [AnalysisWarning]
    ) -> Kinematics? {
        let legs = LegMarkers(recording, upAxis)
        guard legs.missing.isEmpty else {
            warnings.append(
                AnalysisWarning(
                    code: "anglesNeedMarkers",
                    message: """
                        Joint angles are not computed: the markers \(legs.missing.joined(separator: ", ")) are not in \
                        the recording.
                        """))
            return nil
        }
        let measures = SubjectMeasures(recording.subjectValues, standing: staticTrial?.subjectValues ?? [:])
        guard measures.missing.isEmpty else {
            warnings.append(
                AnalysisWarning(
                    code: "anglesNeedMeasures",
                    message: """
                        Joint angles are not computed: the file does not give \(measures.missing.joined(separator: ", ")).
                        """))
            return nil
        }
        let standing = staticTrial.map { LegMarkers($0, WalkMarkers($0).upAxis) }
        let calibration = Calibration(
            measures: measures, standing: standing, walk: legs, options: options, markerDiameter: markerDiameter,
            warnings: &warnings)
        return Kinematics(legs, calibration, order: options.pelvisOrder)
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
