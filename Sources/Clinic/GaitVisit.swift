// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Foundation
package import Gait
package import GaitLab
package import Payments
import Storage

// What a person decides about a visit's recordings: what each is, how they are analysed, where the feet touch the floor.
extension Clinic {
    /// Sets what an order's walks are analysed with.
    package func chooseGaitSettings(
        _ settings: LabSettings, norm: LabNorm.ID?, order id: Order.ID, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { [orders] transaction in
            guard let order = try orders.find(id, in: transaction) else { throw OrderRefusal.unknownOrder }
            try Visits().choose(
                settings, norm: norm, orderID: id.description, patient: order.patient, by: actor, at: now,
                in: transaction)
        }
    }

    /// Says what a recording counts as; the order that it belongs to.
    package func chooseRole(
        _ kind: LabRecording.Kind?, of id: LabRecording.ID, by actor: Actor
    ) async throws -> Order.ID {
        let now = clock.now()
        return try await store.write { transaction in
            try Recordings().choose(kind, for: id, by: actor, at: now, in: transaction)
            guard let recording = try Recordings().find(id, in: transaction) else {
                throw GaitLabError.unknownRecording
            }
            return Order.ID(recording.orderID)
        }
    }

    /// Takes people's names out of a recording's file; every number stays. The order that it belongs to.
    package func stripNames(of id: LabRecording.ID, by actor: Actor) async throws -> Order.ID {
        guard actor.may(.uploadRecordings) else { throw GaitLabError.notPermitted }
        guard let recording = try await store.read({ try Recordings().find(id, in: $0) }) else {
            throw GaitLabError.unknownRecording
        }
        guard recording.fileName.lowercased().hasSuffix(".c3d"), !recording.subjectNames.isEmpty else {
            throw GaitLabError.noNames
        }
        let bytes = try await files.readAll(recording.fileKey)
        let stripped: [UInt8]
        do {
            stripped = try C3D.withoutNames(bytes)
        } catch {
            throw GaitLabError.noNames
        }
        let now = clock.now()
        let copy = "strip-\(Identifier<Upload>.make(at: now))"
        _ = try await files.append(stripped, toUpload: copy, at: 0)
        let file = try await files.seal(upload: copy, as: "recordings/\(copy).c3d", expectedSHA256: nil)
        try await store.write { try Recordings().replaceFile(of: id, with: file, by: actor, at: now, in: $0) }
        // Only now: whoever reads the row finds its file.
        try await files.remove(recording.fileKey)
        return Order.ID(recording.orderID)
    }

    /// Chooses the earlier visit that the report compares with.
    package func compareGait(order id: Order.ID, with other: Order.ID?, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [orders] transaction in
            guard let order = try orders.find(id, in: transaction) else { throw OrderRefusal.unknownOrder }
            try Visits().compare(
                id.description, with: other?.description, patient: order.patient, by: actor, at: now, in: transaction)
        }
    }

    package struct EventsView: Sendable {
        package let recording: LabRecording
        package let patientName: String
        package let figures: LabFigures
        /// Nil until the visit's analysis has run.
        package let signals: EventSignals?
        package let corrections: Int
        package let isWaiting: Bool
        /// Whether the report is released, so that nothing changes any more.
        package let isClosed: Bool
    }

    /// A walk's events with the signals that they are judged by.
    package func gaitEvents(of id: LabRecording.ID, by actor: Actor) async throws -> EventsView {
        guard actor.may(.seeReports) else { throw GaitLabError.notPermitted }
        let now = clock.now()
        return try await store.write { [patients, audit] transaction in
            guard let recording = try Recordings().find(id, in: transaction),
                let figures = try Recordings().figures(of: id, in: transaction)
            else { throw GaitLabError.unknownRecording }
            try audit.record(
                "recording.events.see", patient: recording.patient, subject: "recording/\(id)", by: actor, at: now,
                in: transaction)
            let visit = try Visits().find(recording.orderID, in: transaction)
            return EventsView(
                recording: recording, patientName: try patients.find(recording.patient, in: transaction)?.name ?? "",
                figures: figures, signals: try Recordings().signals(of: id, in: transaction),
                corrections: try EventEdits().count(of: id, in: transaction), isWaiting: visit?.isWaiting ?? false,
                isClosed: try Reports().find(order: recording.orderID, in: transaction)?.isReleased ?? false)
        }
    }

    /// Keeps a corrected list of a walk's events.
    package func correctEvents(_ events: [GaitEvent], of id: LabRecording.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try EventEdits().correct(events, of: id, by: actor, at: now, in: $0) }
    }

    /// Takes the newest correction of a walk's events back.
    package func undoEvents(of id: LabRecording.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try EventEdits().undo(of: id, by: actor, at: now, in: $0) }
    }

    /// The normative sets that can be chosen.
    package func norms(by actor: Actor) async throws -> [LabNorm] {
        guard actor.may(.seeReports) else { throw GaitLabError.notPermitted }
        return try await store.read { try Norms().list(in: $0) }
    }

    /// Takes in a normative set.
    package func addNorm(csv: String, name: String, by actor: Actor) async throws -> LabNorm {
        let now = clock.now()
        return try await store.write { try Norms().add(csv: csv, name: name, by: actor, at: now, in: $0) }
    }

    /// Offers a normative set no more.
    package func removeNorm(_ id: LabNorm.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try Norms().remove(id, by: actor, at: now, in: $0) }
    }
}
