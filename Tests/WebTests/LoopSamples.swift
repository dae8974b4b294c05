// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Imaging
@testable import Web

extension Samples {
    static let loops: [(String, any PageValue)] = [
        ("desk-visit-loops", visitLoops(some: true)), ("desk-visit-loops, empty", visitLoops(some: false)),
        ("desk-loop", loop(isMeasured: true)), ("desk-loop, new", loop(isMeasured: false)),
        ("desk-compare", compare), ("portal-pain", pain(some: true)), ("portal-pain, none", pain(some: false)),
        ("desk-findings", findingsEdit(some: true)), ("desk-findings, new", findingsEdit(some: false)),
        ("desk-findings-signed", findings(some: true)), ("desk-findings-signed, released", findings(some: false)),
        ("portal-findings", patientFindings(some: true)), ("portal-findings, none", patientFindings(some: false)),
        ("desk-share", share(isCleared: true)), ("desk-share, new", share(isCleared: false)),
    ]

    private static func visitLoops(some: Bool) -> VisitLoopsPage {
        VisitLoopsPage(
            frame: deskFrame("Loops of Ana Example").refreshing(every: 3), patientName: "Ana Example",
            visit: "Dynamic ultrasound, 3 March 2026, 9:45 to 10:45 am",
            uploadURL: some ? "/desk/visits/4f/loops/uploads" : nil,
            loops: some
                ? [
                    .init(
                        fileName: "rest.mp4", url: "/desk/loops/4f", detail: "1.4 MB, received 3 March", badge: .good,
                        stateLabel: "Ready", problem: nil, accepted: "Opening 12.3 mm, accepted",
                        label: "Left thigh, contraction"),
                    .init(
                        fileName: "broken.avi", url: nil, detail: "0.1 MB, received 3 March", badge: .bad,
                        stateLabel: "Can't be read", problem: "The film is damaged. Export it again.", accepted: nil),
                ] : [],
            targets: some
                ? [
                    .init(
                        place: "Front of the thigh", detail: "left", lookAction: "/desk/targets/4f/look", isDone: false),
                    .init(place: "Groin", detail: "named by the patient", lookAction: nil, isDone: true),
                ] : [], targetAction: some ? "/desk/visits/4f/targets" : nil,
            findingsURL: "/desk/visits/4f/findings", findingsState: "Not signed", findingsBadge: .plain)
    }

    private static func loop(isMeasured: Bool) -> LoopPage {
        let result = LoopMeasure.Result(
            unit: .millimetres, restFrame: 0, maximumFrame: 2, rest: 1, maximum: 9.5, perFrame: [1, 4.2, 9.5, nil, 3],
            error95: [0.1, 0.2, 0.3, nil, 0.2], first: [], second: [], contraction: [0, 2, 4])
        return LoopPage(
            frame: deskFrame("rest.mp4").refreshing(every: 2), visitURL: "/desk/visits/4f/loops",
            patientName: "Ana Example", fileName: "rest.mp4", badge: .good, stateLabel: "Ready",
            problem: isMeasured ? nil : "The film is damaged.",
            warnings: isMeasured ? [] : ["Some pixels are coloured."],
            viewer: .init(
                dataURL: "/desk/loops/4f/data",
                firstFrameURL: "/desk/loops/4f/frames/0", width: 512, height: 512, lastFrame: 4,
                text: "5 frames of 512 × 512 pixels over 0.1 seconds"),
            scale: "One pixel is 0.1 mm.", isCalibrated: isMeasured, scaleAction: "/desk/loops/4f/scale",
            errorSummary: isMeasured
                ? nil : ErrorSummary([.init(field: "scale", message: "That scale is not plausible.")]),
            measureAction: "/desk/loops/4f/measures", isMeasuring: !isMeasured,
            failure: isMeasured ? nil : "The marks can't be followed.",
            measure: isMeasured
                ? .init(
                    id: "4f", opening: "8.5 mm", rest: "1.0 mm", maximum: "9.5 mm", moment: "0.07 s, frame 2",
                    certainty: "± 0.3 mm", note: "In 1 of 5 frames a mark was lost.", made: "3 March 2026",
                    curve: LoopCurve(result, times: [0, 0.03, 0.07, 0.1, 0.13]),
                    acceptAction: "/desk/measures/4f/accept",
                    accepted: "Accepted 3 March 2026") : nil,
            earlier: isMeasured ? [.init(made: "2 March", opening: "8.1 mm", state: "Accepted", badge: .good)] : [],
            exam: exam(some: isMeasured))
    }

    private static func exam(some: Bool) -> LoopPage.Exam {
        let choices = [Choice(value: "a", label: "A", isChosen: true), .init(value: "b", label: "B")]
        return LoopPage.Exam(
            label: some ? "Left thigh, contraction" : nil,
            labelForm: .init(action: "/desk/loops/4f/label", sides: choices, muscles: choices, states: choices),
            annotations: some
                ? [
                    .init(
                        name: "Thickness", value: "21.3 mm", frameNumber: 3,
                        acceptAction: "/desk/annotations/4f/accept",
                        removeAction: "/desk/annotations/4f/remove", badge: .plain, state: "Not accepted")
                ] : [],
            annotationForm: .init(action: "/desk/loops/4f/annotations", kinds: choices, meanings: choices),
            pain: .init(
                action: "/desk/loops/4f/pain", changesURL: "/desk/visits/4f/pain/changes", values: choices,
                marks: some ? [.init(frameNumber: 3, time: "0.10 s", value: "7", source: "said, and tapped")] : [],
                worst: some ? "It hurts most in frame 3 (7 of 10)." : nil),
            motionURL: "/desk/loops/4f/motion", mModeURL: "/desk/loops/4f/mmode", compareURL: "/desk/loops/4f/compare",
            others: some ? choices : [], shareURL: "/desk/loops/4f/share")
    }

    private static var compare: ComparePage {
        let side = ComparePage.Side(
            name: "Left thigh, contraction", fileName: "a.mp4", url: "/desk/loops/4f",
            viewer: .init(
                dataURL: "/desk/loops/4f/data", firstFrameURL: "/desk/loops/4f/frames/0", width: 512, height: 512,
                lastFrame: 4, text: "5 frames"), measure: "Opening 8.5 mm, accepted",
            phases: "Contraction from 0.4 s, height at 1.2 s")
        return ComparePage(
            frame: deskFrame("Side by side"), patientName: "Ana Example", visitURL: "/desk/visits/4f/loops",
            matchURL: "/desk/loops/4f/match/5a", how: "Both loops are shown at the same moment.", left: side,
            right: side)
    }

    private static func pain(some: Bool) -> PainSliderPage {
        PainSliderPage(
            frame: frame("Where does it hurt?", signedIn: true, isPrivate: true), action: "/portal/visits/4f/pain",
            placesAction: "/portal/visits/4f/places", value: "3", places: some ? ["Front of the thigh, left"] : [])
    }

    private static func table(some: Bool) -> MeasureTable {
        MeasureTable(
            rows: some
                ? [
                    .init(
                        name: "Opening", place: "Left thigh", value: "8.5 mm", detail: "1.0 mm at rest, 9.5 mm at most")
                ]
                : [],
            comparisons: some
                ? [.init(name: "Thickness", now: "18 mm", other: "21 mm", with: "other side", difference: "3 mm less")]
                : [], worst: some ? ["It hurt most in frame 3."] : [])
    }

    private static func findingsEdit(some: Bool) -> FindingsEditPage {
        FindingsEditPage(
            frame: deskFrame("Findings"), patientName: "Ana Example", visit: "Dynamic ultrasound, 3 March 2026",
            visitURL: "/desk/visits/4f/loops", action: "/desk/visits/4f/findings",
            errorSummary: some ? nil : ErrorSummary([.init(field: "words", message: "Write what was seen.")]),
            region: "Left thigh", words: "A gap opens.", wordsForPatient: "There is a tear.", section: "40",
            grades: [
                .init(
                    field: "grade-peetrons", name: "Peetrons", note: "Ultrasound.",
                    hint: "The section lies in class 2.",
                    classes: [.init(value: "2", label: "2: 5 to 50 %", isChosen: true)])
            ],
            clips: [
                .init(
                    loop: "4f", name: "contraction.mp4", isChosen: some, first: "0", last: "39", lastFrame: 39,
                    caption: "The gap opens", still: "20")
            ], table: table(some: some),
            versions: some
                ? [.init(name: "Version 1", url: "/desk/findings/4f", state: "Released", badge: .good)] : [],
            isChanged: some)
    }

    private static func clip(_ url: String?) -> FindingsClip {
        FindingsClip(caption: "The gap opens", stillURL: "/still", width: 384, height: 384, clipURL: url)
    }

    private static func findings(some: Bool) -> FindingsPage {
        FindingsPage(
            frame: deskFrame("Findings"), patientName: "Ana Example", visit: "Dynamic ultrasound, 3 March 2026",
            visitURL: "/desk/visits/4f/findings", versionName: "Version 1", isSuperseded: !some, region: "Left thigh",
            words: ["A gap opens."], wordsForPatient: ["There is a tear."],
            grades: some ? [.init(system: "Peetrons", grade: "2: 5 to 50 %", note: "Ultrasound.")] : [],
            table: table(some: some), clips: [clip(nil)], reportURL: "/desk/findings/4f/report.dcm",
            signed: "Signed by Dr. Juniper Fable",
            released: some ? nil : "Released", releaseAction: some ? "/desk/findings/4f/release" : nil)
    }

    private static func patientFindings(some: Bool) -> PatientFindingsPage {
        PatientFindingsPage(
            frame: frame("Your ultrasound", signedIn: true, isPrivate: true), visit: "Dynamic Ultrasound, 3 March 2026",
            region: "Left thigh", words: ["There is a tear."],
            rows: some ? [.init(name: "How far the gap opens", value: "8.5 mm", detail: "left")] : [],
            clips: some ? [clip("/portal/findings/4f/clips/0"), clip(nil)] : [],
            signed: "Dr. Juniper Fable, 3 March 2026")
    }

    private static func share(isCleared: Bool) -> SharePage {
        SharePage(
            frame: deskFrame("Share a loop"), loopURL: "/desk/loops/4f", fileName: "a.mp4",
            errorSummary: isCleared ? nil : ErrorSummary([.init(field: "seen", message: "Look first.")]),
            firstFrameURL: "/desk/loops/4f/frames/0", width: 384, height: 384, lastFrame: 39,
            clearAction: "/desk/loops/4f/clear", cleared: isCleared ? "Free of text." : nil,
            exportURL: isCleared ? "/desk/loops/4f/export" : nil, caseAction: isCleared ? "/desk/loops/4f/case" : nil,
            consentText: "I agree.",
            clips: isCleared
                ? [.init(url: "/cases/clips/4f", consent: "Agreed by Ana", endAction: "/desk/clips/4f/end")] : [])
    }
}
