// SPDX-License-Identifier: Apache-2.0

import Accounts
import Clinic
import Foundation
import Imaging
import Storage
import Ultrasound

/// A loop's labels, drawings and pain, as the page shows them.
enum ExamWords {
    static func exam(_ view: Clinic.LoopView, frames: VisitLoop.Frames, actor: Actor) -> LoopPage.Exam {
        let path = "/desk/loops/\(view.loop.id)"
        let mayMeasure = actor.may(.measureLoops)
        return LoopPage.Exam(
            label: view.label.map(LoopWords.label), labelForm: mayMeasure ? labelForm(view.label, path: path) : nil,
            annotations: view.annotations.map { annotation($0, actor: actor) },
            annotationForm: mayMeasure
                ? .init(
                    action: "\(path)/annotations",
                    kinds: LoopAnnotation.Kind.allCases.map { .init(value: $0.rawValue, label: kind($0)) },
                    meanings: LoopAnnotation.Meaning.allCases.map {
                        .init(value: $0.rawValue, label: LoopWords.meaning($0.rawValue))
                    }) : nil,
            pain: pain(view, frames: frames, action: mayMeasure ? "\(path)/pain" : nil),
            motionURL: "\(path)/motion", mModeURL: "\(path)/mmode", compareURL: "\(path)/compare",
            others: view.others.map { other in
                .init(
                    value: other.loop.id.description,
                    label: other.label.map { "\(LoopWords.label($0)): \(other.loop.fileName)" } ?? other.loop.fileName)
            }, shareURL: actor.may(.shareLoops) ? "\(path)/share" : nil)
    }

    private static func labelForm(_ label: LoopLabel?, path: String) -> LoopPage.LabelForm {
        LoopPage.LabelForm(
            action: "\(path)/label",
            sides: [.init(value: "", label: "No side", isChosen: label?.side == nil)]
                + BodySide.allCases.map {
                    .init(value: $0.rawValue, label: LoopWords.side($0), isChosen: label?.side == $0)
                },
            muscles: ComparedMuscle.allCases.map {
                .init(value: $0.rawValue, label: LoopWords.muscle($0), isChosen: label?.muscle ?? .other == $0)
            },
            states: LoopLabel.State.allCases.map {
                .init(value: $0.rawValue, label: LoopWords.state($0), isChosen: label?.state ?? .contraction == $0)
            })
    }

    private static func kind(_ kind: LoopAnnotation.Kind) -> String {
        switch kind {
        case .distance: "Distance"
        case .area: "Area"
        case .angle: "Angle"
        case .note: "Note"
        }
    }

    private static func annotation(_ annotation: LoopAnnotation, actor: Actor) -> LoopPage.Annotation {
        let content = annotation.content
        let value = content.value
        let path = "/desk/annotations/\(annotation.id)"
        let isAccepted = annotation.acceptedAt != nil
        var words = value.map { $0.text + ($0.isCalibrated ? "" : ", uncalibrated") } ?? content.text
        if value != nil, !content.text.isEmpty { words += " (\(content.text))" }
        return LoopPage.Annotation(
            name: content.kind == .note ? "Note" : LoopWords.meaning(content.meaning.rawValue), value: words,
            frameNumber: content.frame,
            acceptAction: value != nil && !isAccepted && actor.may(.acceptMeasures) ? "\(path)/accept" : nil,
            removeAction: actor.may(.measureLoops) ? "\(path)/remove" : nil, badge: isAccepted ? .good : .plain,
            state: isAccepted ? "Accepted" : value == nil ? "Kept" : "Not accepted")
    }

    private static func pain(
        _ view: Clinic.LoopView, frames: VisitLoop.Frames, action: String?
    ) -> LoopPage.PainPart {
        let result = view.measures.compactMap(\.result).first
        return LoopPage.PainPart(
            action: action, changesURL: "/desk/visits/\(view.loop.visit)/pain/changes",
            values: Imaging.Pain.scale.map { .init(value: "\($0)", label: "\($0)") },
            marks: view.pain.map { mark in
                .init(
                    frameNumber: mark.frame,
                    time: String(format: "%.2f s", frames.times[mark.frame] - (frames.times.first ?? 0)),
                    value: "\(mark.value)",
                    source: mark.source == .tap
                        ? "said, and tapped"
                        : mark.source == .slider
                            ? "the patient's slider" : "the patient's slider, by the clock")
            },
            worst: Imaging.Pain.worst(view.pain).map { worst in
                "It hurts most in frame \(worst.frame) (\(worst.value) of 10)"
                    + (result.map {
                        ", " + FindingsBook.beside(worst.frame, widest: $0.maximumFrame, times: frames.times)
                    } ?? "") + "."
            })
    }
}
