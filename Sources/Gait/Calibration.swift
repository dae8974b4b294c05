// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a session's standing trial and tape measures say about a person: joint centres' distances, wands' and feet's
/// offsets. Angles are radians, lengths millimetres.
struct Calibration {
    struct Leg {
        /// In the pelvis's axes.
        var hipCentre = Vector3.zero
        /// From the knee's marker to the knee's centre.
        var kneeDistance = 0.0
        var ankleDistance = 0.0
        var thighRotation = 0.0
        var shankRotation = 0.0
        var tibialTorsion = 0.0
        var ankleAbduction = 0.0
        /// Turn of the foot about the y of the marked foot.
        var footPlantar = 0.0
        /// Turn of the foot about the new x.
        var footRotation = 0.0
    }

    var left = Leg()
    var right = Leg()
    var measures: SubjectMeasures
    var markerRadius: Double
    /// The sides whose alignment device gives another thigh rotation than the file has.
    var disputed: Set<Side> = []

    subscript(side: Side) -> Leg {
        get { side == .left ? left : right }
        set { if side == .left { left = newValue } else { right = newValue } }
    }

    /// - Parameters:
    ///   - standing: the standing trial's markers; without them the offsets stored in the file are all there is.
    ///   - walk: the walk's markers, from which the pelvis is measured where there is no standing trial.
    ///   - storedAxes: the sides whose stored thigh and shank offsets win over an alignment device.
    init(
        measures: SubjectMeasures, standing: LegMarkers?, walk: LegMarkers, options: AnalysisOptions,
        markerDiameter: Double, storedAxes: Set<Side> = [], warnings: inout [AnalysisWarning]
    ) {
        self.measures = measures
        markerRadius = markerDiameter / 2
        let usable = standing.flatMap { $0.missing.isEmpty ? $0 : nil }
        placeHips(usable ?? walk, options, &warnings)
        for side in Side.allCases {
            let leg = measures[side]
            self[side].kneeDistance = (leg.kneeWidth ?? .nan) / 2 + markerRadius
            self[side].ankleDistance = (leg.ankleWidth ?? .nan) / 2 + markerRadius
            self[side].thighRotation = leg.thighRotation
            self[side].shankRotation = leg.shankRotation
            self[side].tibialTorsion = leg.tibialTorsion
            self[side].ankleAbduction = leg.ankleAbduction
            self[side].footPlantar = -(leg.staticPlantarFlexion ?? 0)
            self[side].footRotation = (side == .left ? -1 : 1) * (leg.staticRotation ?? 0)
        }
        guard let usable else {
            let missing =
                standing.map { " lacks the markers \($0.missing.joined(separator: ", "))" } ?? " was not given"
            let hasStored = Side.allCases.allSatisfy { measures[$0].staticPlantarFlexion != nil }
            warnings.append(
                AnalysisWarning(
                    code: hasStored ? "storedFootOffsets" : "noFootOffsets",
                    message: "The standing trial\(missing), so the ankle's and foot's zero "
                        + (hasStored ? "is the one stored in the walk's file, which may be stale." : "is not known.")))
            return
        }
        for side in Side.allCases {
            calibrate(side, usable, options, keepsStoredAxes: storedAxes.contains(side), &warnings)
        }
    }

    private mutating func placeHips(
        _ markers: LegMarkers, _ options: AnalysisOptions, _ warnings: inout [AnalysisWarning]
    ) {
        var widths: [Double] = []
        var depths: [Double] = []
        for frame in 0..<markers.frameCount {
            let pelvis = LowerBody.pelvis(markers, frame)
            widths.append(pelvis.width)
            depths.append(pelvis.depth)
        }
        let width = widths.finiteMean ?? .nan
        let legs = [measures.left.legLength, measures.right.legLength].compactMap { $0 }
        for side in Side.allCases {
            switch options.hipCentre {
            case .davis:
                let own = measures[side].legLength ?? .nan
                self[side].hipCentre = JointCentres.davisHip(
                    side: side, meanLegLength: legs.finiteMean ?? .nan,
                    asisTrochanterDistance: measures[side].asisTrochanterDistance
                        ?? JointCentres.asisTrochanterDistance(legLength: own),
                    interAsisDistance: measures.interAsisDistance ?? width, markerRadius: markerRadius)
            case .harrington:
                self[side].hipCentre = JointCentres.harringtonHip(
                    side: side, width: measures.interAsisDistance ?? width, depth: depths.finiteMean ?? .nan)
            }
        }
        if let stored = measures.interAsisDistance, width.isFinite, abs(stored - width) > 0.25 * width {
            warnings.append(
                AnalysisWarning(
                    code: "interAsisDistance",
                    message: """
                        The file says that the anterior spines are \(decimal(stored, 0)) mm apart; their markers are \
                        \(decimal(width, 0)) mm apart. The file's number is used.
                        """))
        }
    }

    /// Offsets from the standing trial: knee alignment device or medial markers where wanted, then always the foot.
    private mutating func calibrate(
        _ side: Side, _ markers: LegMarkers, _ options: AnalysisOptions, keepsStoredAxes: Bool,
        _ warnings: inout [AnalysisWarning]
    ) {
        let leg = markers[side]
        let hasDevice = leg.device.allSatisfy { !$0.isEmpty } && !keepsStoredAxes
        let usesMedialKnee = options.usesMedialMarkers && !leg.medialKnee.isEmpty && !hasDevice
        let usesMedialAnkle =
            !leg.medialAnkle.isEmpty && (options.usesMedialMarkers || hasDevice && measures[side].ankleAbduction != 0)
        let usual = self[side]
        var sums = OffsetSums()
        for frame in 0..<markers.frameCount {
            let pelvis = LowerBody.pelvis(markers, frame)
            let pose = StandingLeg(
                side: side, markers: leg, frame: frame, hip: pelvis.origin + pelvis.axes.laboratory(usual.hipCentre),
                offsets: usual, hasDevice: hasDevice, usesMedialKnee: usesMedialKnee, usesMedialAnkle: usesMedialAnkle)
            let toe = leg.toe[frame]
            var heel = leg.heel.isEmpty ? .unseen : leg.heel[frame]
            if side == .left ? options.flatFoot.left : options.flatFoot.right {
                heel.z = toe.z + measures[side].soleDelta
            }
            sums.add(pose, heel: heel, toe: toe)
        }
        if let thigh = sums.thigh.finiteMean, hasDevice || usesMedialKnee {
            self[side].thighRotation = thigh
            if hasDevice, usual.thighRotation != 0, abs(thigh - usual.thighRotation) > Self.noticeable {
                disputed.insert(side)
            }
        }
        if let shank = sums.shank.finiteMean, hasDevice || usesMedialKnee || usesMedialAnkle {
            self[side].shankRotation = shank
        }
        if usesMedialAnkle {
            self[side].ankleAbduction = sums.abduction.finiteMean ?? usual.ankleAbduction
            self[side].tibialTorsion = sums.torsion.finiteMean ?? usual.tibialTorsion
        }
        if let plantar = sums.plantar.finiteMean, let rotation = sums.rotation.finiteMean {
            self[side].footPlantar = plantar
            self[side].footRotation = rotation
        } else {
            warnings.append(
                AnalysisWarning(
                    code: "staticFootNotSeen",
                    message: """
                        The \(side.rawValue) foot's markers are not seen in the standing trial; the ankle's zero is \
                        the one stored in the walk's file.
                        """))
        }
        warnAboutStaleOffsets(side, stored: usual, &warnings)
    }

    /// Offsets that differ by more than this, in radians, are not the same.
    static let noticeable = 0.5 * Double.pi / 180

    private func warnAboutStaleOffsets(_ side: Side, stored: Leg, _ warnings: inout [AnalysisWarning]) {
        let pairs: [(String, Double, Double, Bool)] = [
            ("thigh rotation", stored.thighRotation, self[side].thighRotation, stored.thighRotation != 0),
            ("shank rotation", stored.shankRotation, self[side].shankRotation, stored.shankRotation != 0),
            ("plantar flexion", stored.footPlantar, self[side].footPlantar, stored.footPlantar != 0),
            ("foot rotation", stored.footRotation, self[side].footRotation, stored.footRotation != 0),
        ]
        for (name, old, new, isStored) in pairs where isStored && abs(old - new) > Self.noticeable {
            warnings.append(
                AnalysisWarning(
                    code: "staleOffset",
                    message: """
                        The \(side.rawValue) \(name) stored in the walk is \(degrees(old)), the standing trial gives \
                        \(degrees(new)): the standing trial's is used.
                        """))
        }
    }

    private func degrees(_ radians: Double) -> String {
        "\((radians * 1800 / .pi).rounded() / 10)°"
    }
}

/// The offsets of every standing frame.
private struct OffsetSums {
    var thigh: [Double] = []
    var shank: [Double] = []
    var torsion: [Double] = []
    var abduction: [Double] = []
    var plantar: [Double] = []
    var rotation: [Double] = []

    mutating func add(_ pose: StandingLeg, heel: Vector3, toe: Vector3) {
        thigh.append(pose.thighRotation)
        shank.append(pose.shankRotation)
        torsion.append(pose.tibialTorsion)
        abduction.append(pose.ankleAbduction)
        // As Plug-in Gait does it: in the standing trial across the ankle's axis, in the walk across the knee's.
        let across = pose.leg.torsionedShank.y
        let turns = Axes(z: pose.leg.ankle - toe, near: across).turnsYXZ(to: Axes(z: heel - toe, near: across))
        plantar.append(turns.y)
        rotation.append(turns.x)
    }
}

extension [Double] {
    /// The mean of the finite values; nil of none.
    var finiteMean: Double? {
        var sum = 0.0
        var count = 0
        for value in self where value.isFinite {
            sum += value
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }
}
