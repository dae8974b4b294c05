// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gait
import GaitLab
import Storage

/// The form of a visit's settings: as it was typed, and as settings.
struct GaitSettingsForm: Sendable {
    struct Measure: Sendable {
        let field: String
        let label: String
        let value: String
        /// "The files say 880."
        let hint: String
    }

    var error: String?
    var diameter: String
    var diameterHint: String
    /// Whether nobody has said how large the markers are.
    var asksDiameter: Bool
    var flatLeft: Bool
    var flatRight: Bool
    var medialMarkers: Bool
    var hipCentres: [Choice]
    var pelvisOrders: [Choice]
    var eventChoices: [Choice]
    var norms: [Choice]
    var measures: [Measure]
    var typed: LabSettings?

    /// From what was posted.
    init(_ form: Form, error: String? = nil) throws(GaitLabError) {
        var options = AnalysisOptions()
        options.markerDiameterMillimetres = try Self.number(
            form["diameter"], "The marker diameter", LabSettings.markerDiameters.lowerBound,
            LabSettings.markerDiameters.upperBound, isLenient: error != nil)
        options.flatFoot = .init(left: form.isTicked("flat-left"), right: form.isTicked("flat-right"))
        options.usesMedialMarkers = form.isTicked("medial")
        options.hipCentre = AnalysisOptions.HipCentre(rawValue: form["hip-centre"]) ?? .davis
        options.pelvisOrder = AnalysisOptions.PelvisOrder(rawValue: form["pelvis-order"]) ?? .tiltObliquityRotation
        options.events = EventDetection.Policy(rawValue: form["events"]) ?? .storedFirst
        var measures: [String: Double] = [:]
        for measure in LabSettings.handMeasures {
            measures[measure.name] = try Self.number(
                form["measure-\(measure.name)"], measure.label, measure.least, measure.most, isLenient: error != nil)
        }
        self.init(LabSettings(options: options, measures: measures), visit: nil, norms: [], norm: nil)
        typed = LabSettings(options: options, measures: measures)
        self.error = error
        diameter = form["diameter"]
    }

    /// As it is in force.
    init(_ settings: LabSettings, visit: LabVisit?, norms: [LabNorm], norm: LabNorm.ID?) {
        let options = settings.options
        let document = visit?.document
        diameter = options.markerDiameterMillimetres.map(Self.text) ?? ""
        asksDiameter = document?.assumesMarkerDiameter ?? false
        diameterHint =
            document.map {
                $0.assumesMarkerDiameter
                    ? "Neither you nor the files have said it: 14 mm is assumed, and printed as assumed."
                    : "In force: \(Self.text($0.markerDiameterMillimetres)) mm."
            } ?? "As on the markers' box. Two millimetres change hip and knee by up to half a degree."
        flatLeft = options.flatFoot.left
        flatRight = options.flatFoot.right
        medialMarkers = options.usesMedialMarkers
        hipCentres = [
            .init(value: "davis", label: "Davis 1991, as Plug-in Gait", isChosen: options.hipCentre == .davis),
            .init(value: "harrington", label: "Harrington 2007", isChosen: options.hipCentre == .harrington),
        ]
        pelvisOrders = [
            .init(
                value: AnalysisOptions.PelvisOrder.tiltObliquityRotation.rawValue,
                label: "Tilt, obliquity, rotation, as Vicon",
                isChosen: options.pelvisOrder == .tiltObliquityRotation),
            .init(
                value: AnalysisOptions.PelvisOrder.rotationObliquityTilt.rawValue,
                label: "Rotation, obliquity, tilt (Baker 2001)",
                isChosen: options.pelvisOrder == .rotationObliquityTilt),
        ]
        eventChoices = [
            .init(
                value: "storedFirst", label: "Stored in the files, where there are any",
                isChosen: options.events == .storedFirst),
            .init(value: "detected", label: "Always found by Fascia", isChosen: options.events == .detected),
        ]
        self.norms =
            [.init(value: "", label: "Twelve children, built in", isChosen: norm == nil)]
            + norms.map { .init(value: $0.id.description, label: $0.name, isChosen: $0.id == norm) }
        measures = LabSettings.handMeasures.map { measure in
            Measure(
                field: "measure-\(measure.name)", label: measure.label,
                value: settings.measures[measure.name].map(Self.text) ?? "",
                hint: document?.measures.flatMap { Self.known(measure.name, $0) }.map { "In force: \(Self.text($0))" }
                    ?? "")
        }
    }

    /// What was posted, as settings.
    var settings: LabSettings { typed ?? LabSettings() }

    private static func known(_ name: String, _ measures: SubjectMeasures) -> Double? {
        switch name {
        case "Bodymass": measures.bodyMassKilograms
        case "LLegLength": measures.left.legLength
        case "RLegLength": measures.right.legLength
        case "LKneeWidth": measures.left.kneeWidth
        case "RKneeWidth": measures.right.kneeWidth
        case "LAnkleWidth": measures.left.ankleWidth
        case "RAnkleWidth": measures.right.ankleWidth
        default: nil
        }
    }

    /// Nil of an empty field; a decimal comma is understood.
    private static func number(
        _ text: String, _ name: String, _ least: Double, _ most: Double, isLenient: Bool
    ) throws(GaitLabError) -> Double? {
        guard !text.isEmpty else { return nil }
        guard let value = Double(text.replacing(",", with: ".")), value.isFinite else {
            if isLenient { return nil }
            throw .settingOutOfRange(name: name, least: least, most: most)
        }
        return value
    }

    static func text(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? String(format: "%.0f", tenths) : String(format: "%.1f", tenths)
    }
}
