// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Imaging
@testable import Web

extension Samples {
    static let loops: [(String, any PageValue)] = [
        ("desk-visit-loops", visitLoops(some: true)), ("desk-visit-loops, empty", visitLoops(some: false)),
        ("desk-loop", loop(isMeasured: true)), ("desk-loop, new", loop(isMeasured: false)),
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
                        stateLabel: "Ready", problem: nil, accepted: "Opening 12.3 mm, accepted"),
                    .init(
                        fileName: "broken.avi", url: nil, detail: "0.1 MB, received 3 March", badge: .bad,
                        stateLabel: "Can't be read", problem: "The film is damaged. Export it again.", accepted: nil),
                ] : [])
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
                framesURL: "/desk/loops/4f/frames/", dataURL: "/desk/loops/4f/data",
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
            earlier: isMeasured ? [.init(made: "2 March", opening: "8.1 mm", state: "Accepted", badge: .good)] : [])
    }
}
