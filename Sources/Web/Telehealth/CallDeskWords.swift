// SPDX-License-Identifier: Apache-2.0

import Clinic
import Diary
import Foundation
import Telehealth

/// How the desk says what a visit by video is doing.
enum CallDeskWords {
    struct State {
        let label: String
        let badge: Badge
        /// Whether the door is open by the clock.
        let isOpen: Bool
        let isEarly: Bool
    }

    static func state(_ line: Clinic.VideoLine, at now: Date) -> State {
        let opensAt = line.booking.start.addingTimeInterval(-VideoVisit.earlySeconds)
        let isLate = now >= line.booking.end.addingTimeInterval(VideoVisit.lateSeconds)
        func state(_ label: String, _ badge: Badge) -> State {
            State(label: label, badge: badge, isOpen: now >= opensAt && !isLate, isEarly: now < opensAt)
        }
        if line.booking.state == .cancelled { return state("Cancelled", .bad) }
        if let outcome = line.room?.outcome {
            return switch outcome {
            case .held: state("Over", .good)
            case .missed: state("Patient did not come", .bad)
            case .unattended: state("Patient waited and was not seen", .bad)
            }
        }
        let isHere = line.patient?.isHere(at: now) ?? false
        switch line.patient?.state {
        case .waiting: return state(isHere ? "Waits" : "Waited, page closed", .warn)
        case .admitted: return state(isHere ? "In the call" : "In the call, reconnecting", .good)
        case .left: return state("Left", .plain)
        case .expected, .removed, nil:
            return now > line.booking.start.addingTimeInterval(300)
                ? state("Not here yet", .warn) : state("Not here yet", .plain)
        }
    }

    static func picture(_ picture: VideoMeasure.Picture) -> String {
        switch picture {
        case .notKept: "No picture"
        case .asked: "Asked for the picture"
        case .refused: "Picture refused"
        case .agreed: "Agreed; not received yet"
        case .kept: "Picture kept"
        }
    }

    /// What is usually measured; anything else may be typed.
    static let joints = [
        "Knee flexion", "Knee extension", "Hip flexion", "Hip abduction", "Ankle dorsiflexion", "Shoulder flexion",
        "Shoulder abduction", "Elbow flexion", "Elbow extension", "Lumbar flexion", "Cervical rotation",
    ]

    /// The newest left beside the newest right of each joint.
    static func comparisons(_ measures: [VideoMeasure]) -> [DeskCallPage.Comparison] {
        var order: [String] = []
        var newest: [String: [VideoMeasure.Side: Double]] = [:]
        for measure in measures {
            if newest[measure.joint] == nil { order.append(measure.joint) }
            newest[measure.joint, default: [:]][measure.side] = measure.degrees
        }
        return order.compactMap { joint in
            guard let left = newest[joint]?[.left], let right = newest[joint]?[.right] else { return nil }
            return .init(
                joint: joint, left: String(format: "%.0f°", left), right: String(format: "%.0f°", right),
                difference: String(format: "%.0f°", abs(left - right)))
        }
    }

    static func figures(_ line: Clinic.VideoLine, zone: TimeZone) -> [Fact] {
        var rows: [Fact] = []
        func add(_ label: String, _ value: String?) { if let value { rows.append(.init(label: label, value: value)) } }
        add("Door closed", line.room?.closedAt.map { Words.moment($0, in: zone) })
        add("Patient came", line.patient?.arrivedAt.map { Words.time($0, in: zone) })
        add("Let in", line.patient?.admittedAt.map { Words.time($0, in: zone) })
        add("Line stood", line.room?.connectedAt.map { Words.time($0, in: zone) })
        if let figures = line.patient?.figures ?? line.parties.first(where: { $0.figures != nil })?.figures {
            add("Talked", duration(figures.connectedSeconds))
            add("Way", figures.route.map { $0 == .relay ? "through the relay" : "direct" })
            add("Round trip", figures.roundTripMilliseconds.map { String(format: "%.0f ms", $0) })
            add("Lost packets", figures.lossPercent.map { String(format: "%.1f %%", $0) })
            if let width = figures.width, let height = figures.height, width > 0 {
                add("Picture", "\(width) × \(height)")
            }
            add("Without picture", figures.audioOnlySeconds > 0 ? duration(figures.audioOnlySeconds) : nil)
            add("Line found anew", figures.restarts > 0 ? "\(figures.restarts) times" : nil)
        }
        return rows
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }
}
