// SPDX-License-Identifier: Apache-2.0

import Clinic
import Foundation
import Imaging
import Storage

/// How loops and measures are put into words.
enum LoopWords {
    static func state(_ loop: VisitLoop) -> (badge: Badge, label: String) {
        switch loop.state {
        case .waiting: (.warn, "Being read")
        case .ready: (.good, "Ready")
        case .failed: (.bad, "Can't be read")
        }
    }

    static func length(_ value: Double, _ unit: LoopMeasure.Result.Unit) -> String {
        // Tenths of a millimetre are about what speckle allows; more digits would be noise.
        String(format: "%.1f", value) + " " + unit.rawValue
    }

    static func measure(
        _ measure: LoopMeasure, times: [Double], zone: TimeZone, mayAccept: Bool
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
            curve: LoopCurve(result, times: times),
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

    /// The role in an audit name: "staff/ID/clinician".
    private static func role(_ name: String?) -> String? { name?.split(separator: "/").last.map(String.init) }
}
