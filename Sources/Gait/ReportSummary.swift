// SPDX-License-Identifier: Apache-2.0

/// A walk in a few plain sentences: what was measured, never what it means for the person's health.
struct ReportSummary {
    let sentences: [String]

    init(_ analysis: GaitAnalysis) {
        var sentences: [String] = []
        let figures = analysis.figures
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
        if let indices = analysis.document.indices, let overall = indices.gps.overall {
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

    var html: String { sentences.isEmpty ? "" : "<p>\(sentences.joined(separator: " "))</p>" }
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
struct ReportMethods {
    let analysis: GaitAnalysis
    let version: String

    init(_ analysis: GaitAnalysis, version: String) {
        self.analysis = analysis
        self.version = version
    }

    var html: String {
        let document = analysis.document
        let options = document.options
        let hip = options.hipCentre == .davis ? "Davis 1991 (as Plug-in Gait)" : "Harrington 2007"
        let order =
            options.pelvisOrder == .tiltObliquityRotation
            ? "tilt, obliquity, rotation (as Plug-in Gait)" : "rotation, obliquity, tilt (Baker 2001)"
        let flat = [options.flatFoot.left ? "left" : nil, options.flatFoot.right ? "right" : nil].compactMap { $0 }
        let sources = Set(document.events.map(\.source.rawValue)).sorted().joined(separator: ", ")
        let strides = analysis.strides.count
        return """
            <h3>Methods</h3><p class="methods">Fascia \(escaped(version)), conventional gait model with the definitions of \
            Vicon Plug-in Gait. Markers \(decimal(options.markerDiameterMillimetres, 1)) mm. Hip centre: \(hip). Pelvis: \
            \(order). Feet flat in the standing trial: \(flat.isEmpty ? "none" : flat.joined(separator: ", ")). Events: \
            \(sources.isEmpty ? "none" : sources). \(decimal(document.trial.pointRate, 0)) frames a second, no low-pass \
            filter on markers (events: 12 Hz, second-order Butterworth both ways). \(strides) strides on 51 points each, \
            linear interpolation. Moments: inverse dynamics from clean steps on force plates, per kilogram, in the distal \
            segment’s axes. Errors between two sessions of gait analysis are usually 2 to 5° (McGinley 2009). This \
            report assists a clinician; it is not a diagnosis.</p>
            """
    }
}
