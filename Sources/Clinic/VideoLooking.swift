// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
import Foundation
import GaitLab
package import Imaging
import Payments
import Storage
package import Telehealth

// Looking together: what the clinician puts into the call, and what everybody in it may then see of it.
extension Clinic {
    /// Something of the patient that can be put into the call.
    package struct ShowableThing: Sendable {
        package let shown: VideoRoom.Shown
        package let label: String
    }

    /// The patient's loops and released reports, the newest first.
    package func thingsToShow(_ id: Booking.ID, by actor: Actor) async throws -> [ShowableThing] {
        guard actor.may(.holdCalls), actor.may(.seeLoops) else { throw TelehealthError.notPermitted }
        return try await store.read { [bookings, orders] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            var things: [ShowableThing] = []
            for visit in try bookings.all(of: booking.patient, in: transaction).reversed() {
                for loop in try VisitLoops().list(ofVisit: visit.id.description, in: transaction)
                where loop.frames != nil {
                    things.append(
                        .init(
                            shown: .init(kind: .loop, id: loop.id.description),
                            label: "Loop \(loop.fileName), \(Self.when(visit))"))
                }
            }
            for report in try Reports().released(to: booking.patient, in: transaction) {
                let order = try orders.list(of: booking.patient, in: transaction).first {
                    $0.id.description == report.orderID
                }
                things.append(
                    .init(
                        shown: .init(kind: .report, id: report.id.description),
                        label: "Report, \(order?.serviceName ?? "gait")"))
            }
            return things
        }
    }

    /// Puts something of this patient into the call, or takes it out.
    package func show(_ shown: VideoRoom.Shown?, in id: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        if let shown {
            let things = try await thingsToShow(id, by: actor)
            guard things.contains(where: { $0.shown == shown }) else { throw TelehealthError.notShown }
        }
        try await store.write { [audit] transaction in
            let seat = try seat(of: .staff(id, actor), at: now, in: transaction)
            let rooms = VideoRooms()
            let own = try rooms.party(seat.party, in: transaction)
            try rooms.show(shown, in: id.description, by: own, transaction: transaction)
            try audit.record(
                "video.show", patient: try rooms.find(id.description, in: transaction)?.patient,
                subject: "booking/\(id)",
                detail: shown.map { [$0.kind.rawValue: $0.id] } ?? [:], by: actor, at: now, in: transaction)
        }
        roomBoard.wake(id.description)
    }

    /// What is shown now, for somebody who was let in.
    /// - Throws: `TelehealthError.notShown`.
    private func shownNow(
        to caller: CallCaller, _ kind: VideoRoom.Shown.Kind, in transaction: any Transaction
    ) throws -> String {
        let seat = try seat(of: caller, at: clock.now(), in: transaction)
        let rooms = VideoRooms()
        guard try rooms.party(seat.party, in: transaction).state == .admitted else { throw TelehealthError.notAdmitted }
        guard let shown = try rooms.find(seat.visit, in: transaction)?.shown, shown.kind == kind else {
            throw TelehealthError.notShown
        }
        return shown.id
    }

    /// The loop in the call, with its newest accepted measure.
    package func shownLoop(to caller: CallCaller) async throws -> (loop: VisitLoop, measure: LoopMeasure?) {
        try await store.read { transaction in
            let id = VisitLoop.ID(try shownNow(to: caller, .loop, in: transaction))
            return (
                try VisitLoops().find(id, in: transaction),
                try LoopMeasures().list(of: id, in: transaction).first { $0.acceptedAt != nil && $0.result != nil }
            )
        }
    }

    package func shownFrame(_ frame: Int, to caller: CallCaller) async throws -> [UInt8] {
        guard let frames = try await shownLoop(to: caller).loop.frames else { throw TelehealthError.notShown }
        return try await frames.picture(frame, in: files)
    }

    /// The report in the call, for who was let in.
    package func shownReport(to caller: CallCaller) async throws -> ReportView {
        let id = try await store.read { try shownNow(to: caller, .report, in: $0) }
        return try await report(LabReport.ID(id), by: .system("video"))
    }
}
