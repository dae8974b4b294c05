// SPDX-License-Identifier: Apache-2.0

import Clinic
import Foundation
import Imaging
import Storage
import Ultrasound

/// How loops and measures are put into words.
enum LoopWords {
    static func state(_ loop: VisitLoop) -> (badge: Badge, label: String) {
        switch loop.state {
        case .waiting: (.warn, "Being read")
        case .ready: (.good, "Ready")
        case .failed: (.bad, "Can't be read")
        }
    }

    static func viewer(_ frames: VisitLoop.Frames, path: String) -> LoopPage.Viewer {
        let seconds = (frames.times.last ?? 0) - (frames.times.first ?? 0)
        return LoopPage.Viewer(
            dataURL: "\(path)/data", firstFrameURL: "\(path)/frames/0",
            width: frames.width, height: frames.height, lastFrame: frames.count - 1,
            text: "\(frames.count) frames of \(frames.width) × \(frames.height) pixels"
                + (frames.count > 1 ? String(format: " over %.1f seconds", seconds) : ""))
    }

    static func scale(_ calibration: LoopCalibration?, zone: TimeZone) -> String {
        guard let calibration else { return "This loop has no scale yet: lengths are pixels." }
        let pixel = String(format: "One pixel is %.4g mm", calibration.spacing.x)
        return calibration.isFromObject
            ? "\(pixel), as the machine says." : "\(pixel), set \(Words.moment(calibration.setAt, in: zone))."
    }

    static func length(_ value: Double, _ unit: LoopMeasure.Result.Unit) -> String {
        // Tenths of a millimetre are about what speckle allows; more digits would be noise.
        String(format: "%.1f", value) + " " + unit.rawValue
    }

    static func measure(
        _ measure: LoopMeasure, times: [Double], pain: [LoopPain] = [], zone: TimeZone, mayAccept: Bool
    ) -> LoopPage.Measure? {
        guard let result = measure.result else { return nil }
        let lost = result.perFrame.filter { $0 == nil }.count
        var note =
            lost == 0
            ? "Both marks were followed in all \(result.perFrame.count) frames."
            : "In \(lost) of \(result.perFrame.count) frames a mark was lost; they count for nothing."
        if let contraction = result.contraction, contraction.count == 3, contraction.allSatisfy({ $0 < times.count }) {
            note += String(
                format: " The contraction begins at %.2f s and peaks at %.2f s.", times[contraction[0]] - times[0],
                times[contraction[1]] - times[0])
        }
        if result.unit == .pixels { note += " Without a scale these are pixels, not millimetres." }
        let error = result.maximumFrame < result.error95.count ? result.error95[result.maximumFrame] : nil
        let time = result.maximumFrame < times.count ? times[result.maximumFrame] - times[0] : 0
        return LoopPage.Measure(
            id: measure.id.description, opening: length(result.opening, result.unit),
            rest: length(result.rest, result.unit),
            maximum: length(result.maximum, result.unit),
            moment: String(format: "%.2f s, frame %d", time, result.maximumFrame),
            certainty: error.map { "± \(length(max($0, 0.1), result.unit)) in 95 of 100 cases, by tracking alone" }
                ?? "",
            note: note, made: "\(Words.moment(measure.askedAt, in: zone)), method \(measure.method ?? "")",
            curve: LoopCurve(result, times: times, pain: pain),
            acceptAction: mayAccept && measure.acceptedAt == nil ? "/desk/measures/\(measure.id)/accept" : nil,
            accepted: measure.acceptedAt.map {
                "Accepted \(Words.moment($0, in: zone))\(role(measure.acceptedBy).map { " by the \($0)" } ?? "")"
            })
    }

    static func earlier(_ measure: LoopMeasure, zone: TimeZone) -> LoopPage.Earlier {
        LoopPage.Earlier(
            made: Words.moment(measure.askedAt, in: zone),
            opening: measure.result.map { length($0.opening, $0.unit) } ?? "none",
            state: measure.acceptedAt != nil ? "Accepted" : measure.failure != nil ? "Failed" : "Not accepted",
            badge: measure.acceptedAt != nil ? .good : measure.failure != nil ? .bad : .plain)
    }

    static func side(_ side: BodySide?) -> String { side == .left ? "Left" : side == .right ? "Right" : "" }

    static func muscle(_ muscle: ComparedMuscle) -> String {
        switch muscle {
        case .quadriceps: "Quadriceps"
        case .hamstrings: "Hamstrings"
        case .vasti: "Vasti"
        case .rectusFemoris: "Rectus femoris"
        case .other: "Other muscle"
        }
    }

    static func state(_ state: LoopLabel.State) -> String {
        switch state {
        case .rest: "At rest"
        case .contraction: "Contraction"
        case .passiveStretch: "Passive stretch"
        }
    }

    /// "Left rectus femoris, contraction"
    static func label(_ label: LoopLabel) -> String {
        let side = side(label.side)
        let muscle = muscle(label.muscle)
        return (side.isEmpty ? muscle : "\(side) \(muscle.lowercased())") + ", \(state(label.state).lowercased())"
    }

    /// What a measure is of.
    static func meaning(_ meaning: String) -> String {
        switch meaning {
        case "opening": "Opening on contraction"
        case LoopAnnotation.Meaning.thickness.rawValue: "Thickness"
        case LoopAnnotation.Meaning.tearLength.rawValue: "Length of the tear"
        case LoopAnnotation.Meaning.haematomaLength.rawValue: "Length of the haematoma"
        case LoopAnnotation.Meaning.haematomaArea.rawValue: "Area of the haematoma"
        case LoopAnnotation.Meaning.crossSection.rawValue: "Cross-section of the muscle"
        case LoopAnnotation.Meaning.tornSection.rawValue: "Torn part of the cross-section"
        case LoopAnnotation.Meaning.pennation.rawValue: "Pennation angle"
        default: "Other"
        }
    }

    /// The role in an audit name: "staff/ID/clinician".
    private static func role(_ name: String?) -> String? { name?.split(separator: "/").last.map(String.init) }
}
