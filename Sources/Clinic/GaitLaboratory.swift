// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
package import Gait
package import GaitLab
import Messages
package import Payments
package import Storage

// The recording comes in, is measured, gets its words, and goes to the patient.
extension Clinic {
    package struct LabOrderView: Sendable {
        package let order: Order
        package let patient: Patient
        package let booking: Booking?
        package let recordings: [LabRecording]
        /// Of the newest recording that could be read.
        package let figures: LabFigures?
        package let figuresOf: LabRecording.ID?
        package let report: LabReport?
        /// The whole visit's analysis with its settings; nil before the first recording was read.
        package let visit: LabVisit?
        /// The normative sets that can be chosen.
        package let norms: [LabNorm]
        /// The patient's other visits with an analysis, the newest first.
        package let others: [LabVisit]
        /// How often each recording's events were corrected.
        package let corrections: [LabRecording.ID: Int]
    }

    /// One order as the desk and the clinician see it.
    package func labOrder(_ id: Order.ID, by actor: Actor) async throws -> LabOrderView {
        let now = clock.now()
        return try await store.write { [orders, patients, bookings, audit] transaction in
            guard let order = try orders.find(id, in: transaction),
                let patient = try patients.find(order.patient, in: transaction)
            else { throw OrderRefusal.unknownOrder }
            let recordings = try Recordings().list(ofOrder: id.description, in: transaction)
            let report = try Reports().find(order: id.description, in: transaction)
            let shown = report?.recording ?? recordings.first { $0.state == .analysed && $0.kind == .walk }?.id
            let visits = Visits()
            var corrections: [LabRecording.ID: Int] = [:]
            for recording in recordings {
                corrections[recording.id] = try EventEdits().count(of: recording.id, in: transaction)
            }
            try audit.record(
                "order.see", patient: patient.id, subject: "order/\(id)", by: actor, at: now, in: transaction)
            return LabOrderView(
                order: order, patient: patient,
                booking: try bookings.find(orderID: id.description, in: transaction), recordings: recordings,
                figures: try shown.flatMap { try Recordings().figures(of: $0, in: transaction) }, figuresOf: shown,
                report: report, visit: try visits.find(id.description, in: transaction),
                norms: try Norms().list(in: transaction),
                others: try visits.others(of: patient.id, than: id.description, in: transaction),
                corrections: corrections)
        }
    }

    /// Begins an upload, or finds the one that was begun before.
    package func startUpload(
        _ announced: FileAnnouncement, order id: Order.ID, by actor: Actor
    ) async throws -> (upload: Upload, received: Int64) {
        let now = clock.now()
        let upload = try await store.write { [orders] transaction in
            guard let order = try orders.find(id, in: transaction) else { throw OrderRefusal.unknownOrder }
            return try Uploads().start(
                announced, orderID: id.description, patient: order.patient, by: actor, at: now, in: transaction)
        }
        return (upload, try await upload.transfer.received(in: files))
    }

    package func received(_ id: Upload.ID) async throws -> Int64 {
        let upload = try await store.read { try Uploads().find(id, in: $0) }
        return try await upload.transfer.received(in: files)
    }

    /// Takes one part; it is on disk when this returns.
    package func append(_ part: [UInt8], to id: Upload.ID, at offset: Int64) async throws -> Int64 {
        let upload = try await store.read { try Uploads().find(id, in: $0) }
        return try await upload.transfer.append(part, at: offset, in: files)
    }

    /// Makes the received bytes a recording; its analysis follows by itself.
    package func finishUpload(_ id: Upload.ID, by actor: Actor) async throws -> LabRecording {
        let upload = try await store.read { try Uploads().find(id, in: $0) }
        let now = clock.now()
        do {
            let file = try await upload.transfer.seal(in: files)
            return try await store.write { try Uploads().finish(id, file: file, by: actor, at: now, in: $0) }
        } catch FileTransferError.wrongChecksum {
            try await store.write { try Uploads().refuse(id, by: actor, at: now, in: $0) }
            throw FileTransferError.wrongChecksum
        }
    }

    /// Keeps the clinician's words and, if asked, releases the report; the patient's mail carries no clinical word.
    package func writeReport(
        _ words: String, order id: Order.ID, release: Bool, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { [patients, settings] transaction in
            let report = try Reports().writeWords(
                words, orderID: id.description, by: actor, at: now, in: transaction)
            guard release else { return }
            let (released, isNew) = try Reports().release(report.id, by: actor, at: now, in: transaction)
            guard isNew, let patient = try patients.find(released.patient, in: transaction) else { return }
            try write(
                .reportReady(name: patient.name, url: "\(settings.publicURL)/sign-in"), to: patient,
                key: "report:\(report.id)", at: now, in: transaction)
        }
    }

    package struct ReportView: Sendable {
        package let report: LabReport
        package let order: Order
        package let patient: Patient
        package let figures: LabFigures
        /// All walks together: as released, or as it stands while the report is a draft.
        package let visit: VisitAnalysis?
        /// The earlier visit that it is compared with.
        package let earlier: VisitAnalysis?
        /// When that one was measured.
        package let earlierOn: Date?
        /// When this one was measured.
        package let measuredOn: Date
    }

    /// A report, read by its patient once it is released, or by clinicians.
    package func report(_ id: LabReport.ID, by actor: Actor) async throws -> ReportView {
        let now = clock.now()
        return try await store.write { [orders, patients] transaction in
            let report = try Reports().read(id, by: actor, at: now, in: transaction)
            guard let order = try orders.find(Order.ID(report.orderID), in: transaction),
                let patient = try patients.find(report.patient, in: transaction),
                let figures = try Recordings().figures(of: report.recording, in: transaction)
            else { throw GaitLabError.unknownReport }
            let visit = try Visits().find(report.orderID, in: transaction)
            let earlier = try visit?.comparedWith.flatMap { try Visits().find($0, in: transaction) }
            return ReportView(
                report: report, order: order, patient: patient, figures: figures,
                visit: report.visit ?? (report.isReleased ? nil : visit?.document),
                earlier: report.earlier ?? (report.isReleased ? nil : earlier?.document),
                earlierOn: earlier?.measuredAt, measuredOn: visit?.measuredAt ?? figures.analysedAt)
        }
    }

    /// The walking figure of a report.
    package func walk(ofReport id: LabReport.ID, by actor: Actor) async throws -> String {
        let view = try await report(id, by: actor)
        return try await walk(of: view.report.recording)
    }

    /// The walking figure of a recording, for staff.
    package func walk(of id: LabRecording.ID) async throws -> String {
        guard let text = try await store.read({ try Recordings().stickFigureJSON(of: id, in: $0) }) else {
            throw GaitLabError.unknownRecording
        }
        return text
    }
}
