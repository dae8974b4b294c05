// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
package import Storage
import Ultrasound

extension FindingsBook {
    /// Everything accepted in a visit's loops, as it would stand in findings signed now.
    package func acceptedMeasures(
        ofVisit visit: String, in transaction: any Transaction
    ) throws -> [FindingsContent.Measure] {
        var found: [FindingsContent.Measure] = []
        for loop in try VisitLoops().list(ofVisit: visit, in: transaction) where loop.state == .ready {
            let label = try VisitLoops().label(of: loop.id, in: transaction)
            func measure(
                _ meaning: String, _ value: MeasuredValue, rest: MeasuredValue? = nil, maximum: MeasuredValue? = nil,
                error: Double? = nil, frame: Int, source: String, by: String, at: Date
            ) -> FindingsContent.Measure {
                FindingsContent.Measure(
                    meaning: meaning, value: value, rest: rest, maximum: maximum, error95: error, side: label?.side,
                    muscle: label?.muscle ?? .other, loop: loop.id.description, fileName: loop.fileName, frame: frame,
                    source: source, acceptedBy: by, acceptedAt: at)
            }
            // Of several separations of one loop the newest accepted one counts.
            if let accepted = try LoopMeasures().list(of: loop.id, in: transaction)
                .first(where: { $0.acceptedAt != nil }), let result = accepted.result,
                let by = accepted.acceptedBy, let at = accepted.acceptedAt
            {
                func value(_ number: Double) -> MeasuredValue {
                    MeasuredValue(number, result.unit == .millimetres ? .millimetres : .pixels)
                }
                found.append(
                    measure(
                        "opening", value(result.opening), rest: value(result.rest), maximum: value(result.maximum),
                        error: result.error95.indices.contains(result.maximumFrame)
                            ? result.error95[result.maximumFrame] : nil,
                        frame: result.maximumFrame, source: "loop-measure/\(accepted.id)", by: by, at: at))
            }
            for annotation in try LoopAnnotations().list(of: loop.id, in: transaction) {
                guard let value = annotation.content.value, let by = annotation.acceptedBy,
                    let at = annotation.acceptedAt
                else { continue }
                found.append(
                    measure(
                        annotation.content.meaning.rawValue, value, frame: annotation.content.frame,
                        source: "loop-annotation/\(annotation.id)", by: by, at: at))
            }
        }
        return found
    }

    /// The visit's measures beside those of the other side and of earlier signed findings.
    package func comparisons(
        of measures: [FindingsContent.Measure], earlier: [(day: String, measures: [FindingsContent.Measure])]
    ) -> [FindingsContent.Comparison] {
        var found: [FindingsContent.Comparison] = []
        for own in measures where own.value.isCalibrated {
            if let side = own.side,
                let other = measures.last(where: {
                    $0.meaning == own.meaning && $0.side != nil && $0.side != side && $0.value.unit == own.value.unit
                }), side == .left
            {
                let difference = SideDifference(
                    affected: own.value.value, other: other.value.value, muscle: own.muscle)
                let isSize = ["thickness", "crossSection"].contains(own.meaning)
                found.append(
                    .init(
                        meaning: own.meaning, side: side, now: own.value, other: other.value, with: "other side",
                        percent: difference?.percent, limitPercent: isSize ? difference?.limitPercent : nil,
                        isMore: isSize ? difference?.exceedsHealthyLimit : nil))
            }
            for visit in earlier {
                guard
                    let before = visit.measures.last(where: {
                        $0.meaning == own.meaning && $0.side == own.side && $0.value.unit == own.value.unit
                    })
                else { continue }
                let change = own.value.value - before.value.value
                found.append(
                    .init(
                        meaning: own.meaning, side: own.side, now: own.value, other: before.value, with: visit.day,
                        percent: before.value.value > 0 ? change / before.value.value * 100 : nil, limitPercent: nil,
                        isMore: own.meaning == "thickness" ? ThicknessChange.isChange(change) : nil))
            }
        }
        return found
    }

    /// Where it hurt most in each of a visit's loops, beside the widest opening.
    package func worst(ofVisit visit: String, in transaction: any Transaction) throws -> [FindingsContent.Worst] {
        try VisitLoops().list(ofVisit: visit, in: transaction).compactMap { loop in
            guard let times = loop.frames?.times,
                let worst = Pain.worst(try Pain().course(of: loop, in: transaction))
            else { return nil }
            let result = try LoopMeasures().list(of: loop.id, in: transaction).compactMap(\.result).first
            return .init(
                fileName: loop.fileName, frame: worst.frame, value: worst.value,
                beside: result.map { Self.beside(worst.frame, widest: $0.maximumFrame, times: times) } ?? "")
        }
    }

    /// "0.20 s before the widest opening"
    package static func beside(_ frame: Int, widest: Int, times: [Double]) -> String {
        guard times.indices.contains(frame), times.indices.contains(widest) else { return "" }
        let apart = times[frame] - times[widest]
        if abs(apart) < 0.005 { return "at the widest opening" }
        return String(format: "%.2f s ", abs(apart)) + (apart < 0 ? "before" : "after") + " the widest opening"
    }
}
