// SPDX-License-Identifier: Apache-2.0

/// A walk with everything that its markers and measures allow: calibration, segments, angles.
struct Movement {
    var markers: LegMarkers
    var measures: SubjectMeasures
    var kinematics: Kinematics

    /// Nil, with a warning that says why, where markers or measures are missing.
    init?(
        _ recording: Recording, _ walk: WalkMarkers, _ staticTrial: Recording?, _ options: AnalysisOptions,
        markerDiameter: Double, warnings: inout [AnalysisWarning]
    ) {
        markers = LegMarkers(recording, walk)
        guard markers.missing.isEmpty else {
            warnings.append(
                AnalysisWarning(
                    code: "anglesNeedMarkers",
                    message: """
                        Joint angles are not computed: the markers \(markers.missing.joined(separator: ", ")) of the \
                        Plug-in Gait set are not in the recording.
                        """))
            return nil
        }
        measures = SubjectMeasures(recording.subjectValues, standing: staticTrial?.subjectValues ?? [:])
        guard measures.missing.isEmpty else {
            warnings.append(
                AnalysisWarning(
                    code: "anglesNeedMeasures",
                    message: """
                        Joint angles are not computed: the files do not give \
                        \(measures.missing.joined(separator: ", ")). Give them in the recording's PROCESSING group or by hand.
                        """))
            return nil
        }
        markers.fillGaps(rate: recording.pointRate, warnings: &warnings)
        let standing = staticTrial.map { LegMarkers($0, WalkMarkers($0)) }
        let before = warnings
        var calibration = Calibration(
            measures: measures, standing: standing, walk: markers, options: options, markerDiameter: markerDiameter,
            warnings: &warnings)
        kinematics = Kinematics(markers, calibration, order: options.pelvisOrder)
        guard !calibration.disputed.isEmpty else { return }
        var others = before
        calibration = Calibration(
            measures: measures, standing: standing, walk: markers, options: options, markerDiameter: markerDiameter,
            storedAxes: calibration.disputed, warnings: &others)
        let stored = Kinematics(markers, calibration, order: options.pelvisOrder)
        let functional = kinematics.calibration.disputed.filter {
            stored.varusSpread($0) < kinematics.varusSpread($0)
        }
        guard !functional.isEmpty else { return }
        warnings = before
        calibration = Calibration(
            measures: measures, standing: standing, walk: markers, options: options, markerDiameter: markerDiameter,
            storedAxes: functional, warnings: &warnings)
        kinematics = Kinematics(markers, calibration, order: options.pelvisOrder)
        for side in Side.allCases where functional.contains(side) {
            warnings.append(
                AnalysisWarning(
                    code: "storedAxes",
                    message: """
                        The \(side.rawValue) thigh rotation stored in the walk is not the alignment device's and lets the \
                        knee move less sideways, as a functional calibration does: the stored one is used.
                        """))
        }
    }

    var angles: AnalysisDocument.Angles? {
        guard let left = kinematics.angles[.left], let right = kinematics.angles[.right] else { return nil }
        return AnalysisDocument.Angles(left: left, right: right)
    }

    /// Moments and powers of the legs that stepped cleanly on a plate.
    func kinetics(
        _ recording: Recording, _ walk: WalkMarkers, _ events: [GaitEvent], _ warnings: inout [AnalysisWarning]
    ) -> AnalysisDocument.Kinetics? {
        let steps = PlateEvents.steps(in: recording, markers: walk).clean
        guard !steps.isEmpty else { return nil }
        guard let mass = measures.bodyMassKilograms else {
            warnings.append(
                AnalysisWarning(
                    code: "kineticsNeedMass",
                    message: "Moments and powers are not computed: the file does not give the person's mass."))
            return nil
        }
        func leg(_ side: Side) -> JointKinetics? {
            JointKinetics(
                kinematics, side: side, steps: steps, events: events, recording: recording, toe: markers[side].toe,
                massKilograms: mass)
        }
        let kinetics = AnalysisDocument.Kinetics(left: leg(.left), right: leg(.right))
        return kinetics.left == nil && kinetics.right == nil ? nil : kinetics
    }
}
