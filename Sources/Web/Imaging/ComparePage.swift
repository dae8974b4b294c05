// SPDX-License-Identifier: Apache-2.0

import Clinic
import Diary
import Foundation
import Imaging
import Storage
import Ultrasound

/// Two loops side by side.
struct ComparePage: PageValue {
    static let template = "desk-compare"

    struct Side: Sendable {
        var name: String
        var fileName: String
        var url: String
        var viewer: LoopPage.Viewer
        /// "Opening 11.9 mm, accepted", or what there is.
        var measure: String
        /// "Contraction from 0.4 s, widest at 1.2 s"
        var phases: String
    }

    var frame: Frame
    var patientName: String
    var visitURL: String
    var matchURL: String
    /// How frames are matched, in words.
    var how: String
    var left: Side
    var right: Side

    init(frame: Frame, patientName: String, visitURL: String, matchURL: String, how: String, left: Side, right: Side) {
        self.frame = frame
        self.patientName = patientName
        self.visitURL = visitURL
        self.matchURL = matchURL
        self.how = how
        self.left = left
        self.right = right
    }

    init(_ view: Clinic.Comparison, frame: Frame) {
        self.init(
            frame: frame, patientName: view.left.booking.name, visitURL: "/desk/visits/\(view.left.loop.visit)/loops",
            matchURL: "/desk/loops/\(view.left.loop.id)/match/\(view.right.loop.id)",
            how: view.isByPhase
                ? "Both loops are shown at the same moment of their contractions."
                : "A contraction is not known in both loops, so they go by their share of the time. Follow two marks in each to "
                    + "match them by contraction; a contraction that shows in the motion is found by itself after some seconds.",
            left: Self.side(view.left, view.leftPhases), right: Self.side(view.right, view.rightPhases))
    }

    private static func side(_ view: Clinic.LoopView, _ phases: LoopPhases?) -> Side {
        let accepted = view.measures.first { $0.acceptedAt != nil }
        let newest = accepted ?? view.measures.first { $0.result != nil }
        let times = view.loop.frames?.times ?? []
        let day = Words.date(view.booking.start, in: view.booking.timeZone)
        return Side(
            name: (view.label.map(LoopWords.label) ?? view.loop.fileName) + ", \(day)", fileName: view.loop.fileName,
            url: "/desk/loops/\(view.loop.id)",
            viewer: view.loop.frames.map { LoopWords.viewer($0, path: "/desk/loops/\(view.loop.id)") }
                ?? LoopPage.Viewer(dataURL: "", firstFrameURL: "", width: 1, height: 1, lastFrame: 0, text: ""),
            measure: newest?.result.map {
                "Opening \(LoopWords.length($0.opening, $0.unit)), \(accepted == nil ? "not accepted" : "accepted")"
            } ?? "No separation measured",
            phases: phases.map { found in
                let start = times.first ?? 0
                return String(
                    format: "Contraction from %.2f s, height at %.2f s", times[found.phases.onsetFrame] - start,
                    times[found.phases.peakFrame] - start)
            } ?? "No contraction known")
    }
}

/// The patient's slider, on a phone.
struct PainSliderPage: PageValue {
    static let template = "portal-pain"

    var frame: Frame
    var action: String
    var placesAction: String
    var value: String
    var places: [String]
}
