// SPDX-License-Identifier: Apache-2.0

/// A walk in a few plain sentences: what was measured, never what it means for the person's health.
public struct ReportSummary: Sendable {
    /// The sentences, in order.
    public let sentences: [String]

    /// The sentences of a visit.
    public init(_ visit: VisitAnalysis) {
        var sentences: [String] = []
        let figures = visit.figures
        if let speed = figures.speed, let cadence = figures.cadence {
            sentences.append(
                "You walked at \(decimal(speed.mean, 2)) metres a second with \(decimal(cadence.mean, 0)) steps a minute."
            )
        }
        if let symmetry = figures.symmetryIndexPercent(\.singleSupport) {
            if abs(symmetry) < 5 {
                sentences.append("You stood on each leg for about the same time.")
            } else {
                let side = symmetry > 0 ? "left" : "right"
                sentences.append(
                    "You stood longer on the \(side) leg than on the other, by \(decimal(abs(symmetry), 0)) per cent.")
            }
        }
        if let indices = visit.indices, let overall = indices.gps.overall {
            sentences.append(
                "Over the whole stride your joints were on average \(decimal(overall, 1))° from the norm’s mean.")
            let all =
                indices.gvs.left.map { ($0.key, "left", $0.value) }
                + indices.gvs.right.map { ($0.key, "right", $0.value) }
            if let largest = all.max(by: { ($0.2, $0.0, $0.1) < ($1.2, $1.0, $1.1) }),
                let variable = GaitVariable(rawValue: largest.0)
            {
                sentences.append(
                    "The largest difference was in \(variable.words) on the \(largest.1): \(decimal(largest.2, 1))°.")
            }
        }
        self.sentences = sentences
    }
}

extension GaitVariable {
    /// The movement in plain words.
    var words: String {
        switch self {
        case .pelvicTilt: "how far the pelvis tips forward"
        case .pelvicObliquity: "how far the pelvis drops sideways"
        case .pelvicRotation: "how far the pelvis turns"
        case .hipFlexion: "bending and stretching the hip"
        case .hipAdduction: "how far the thigh moves sideways"
        case .hipRotation: "turning the thigh in and out"
        case .kneeFlexion: "bending and stretching the knee"
        case .ankleDorsiflexion: "lifting and pointing the foot"
        case .footProgression: "how far the foot points in or out"
        }
    }
}

/// How the figures were made, with every choice that changes them.
public struct ReportMethods: Sendable {
    private let visit: VisitAnalysis
    private let version: String

    /// The methods of a visit, printed with the program's version, if it has one.
    public init(_ visit: VisitAnalysis, version: String = "") {
        self.visit = visit
        self.version = version
    }

    /// The sentences, in order.
    public var sentences: [String] {
        let options = visit.options
        let hip = options.hipCentre == .davis ? "Davis 1991 (as Plug-in Gait)" : "Harrington 2007"
        let order =
            options.pelvisOrder == .tiltObliquityRotation
            ? "tilt, obliquity, rotation (as Plug-in Gait)" : "rotation, obliquity, tilt (Baker 2001)"
        let flat = [options.flatFoot.left ? "left" : nil, options.flatFoot.right ? "right" : nil].compactMap { $0 }
        let sources = Set(visit.walks.flatMap(\.eventSources).map(Self.words)).sorted().joined(separator: ", ")
        let rates = Set(visit.walks.map { decimal($0.pointRate, 0) }).sorted().joined(separator: " and ")
        let strides = visit.walks.reduce(0) { $0 + $1.leftStrides + $1.rightStrides }
        let diameter = decimal(visit.markerDiameterMillimetres, 1)
        return [
            "Fascia\(version.isEmpty ? "" : " \(version)"), method \(visit.methodVersion): conventional gait model with the definitions of Vicon "
                + "Plug-in Gait.",
            "Markers \(diameter) mm" + (visit.assumesMarkerDiameter ? " (assumed: nobody gave their size)." : "."),
            "Hip centre: \(hip). Pelvis: \(order).",
            visit.standing.map {
                "Standing trial: \($0); feet flat in it: \(flat.isEmpty ? "none" : flat.joined(separator: " and "))."
            } ?? "No standing trial was given.",
            "Events: \(sources.isEmpty ? "none" : sources).",
            "\(rates) frames a second, no low-pass filter on markers (events: 12 Hz, second-order Butterworth both ways).",
            "\(strides) strides on 51 points each, linear interpolation.",
            "Moments: inverse dynamics from clean steps on force plates, per kilogram of body mass, in the distal segment’s "
                + "axes.",
            "Errors between two sessions of gait analysis are usually 2 to 5° (McGinley 2009).",
            "This report assists a clinician; it is not a diagnosis.",
        ]
    }

    /// The sentences as one paragraph.
    public var text: String { sentences.joined(separator: " ") }

    private static func words(_ source: GaitEvent.Source) -> String {
        switch source {
        case .file: "as stored in the file"
        case .plate: "force plates (20 N)"
        case .kinematic: "movement of the feet"
        case .manual: "set by a person"
        }
    }
}
