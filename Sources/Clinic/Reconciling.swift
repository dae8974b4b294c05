// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Archive
import DICOM
package import Diary
package import Foundation
package import Imaging
import Storage

// What machines sent and nobody knew whose it was, is given to a visit by a person.
extension Clinic {
    package struct ReconciliationView: Sendable {
        package struct Study: Sendable {
            package let first: StoredObject
            package let count: Int
            /// Visits that it may belong to: of the same day, the nearest in time first.
            package let candidates: [Booking]
        }
        package let studies: [Study]
        /// Objects of visits that could not be read.
        package let unreadable: [VisitLoop]
        package let notes: [(at: Date, source: String, what: String)]
    }

    package func reconciliation(by actor: Actor) async throws -> ReconciliationView {
        guard actor.may(.assignObjects) else { throw ArchiveError.notPermitted }
        let now = clock.now()
        return try await store.write { [self] transaction in
            let objects = StoredObjects()
            let studies = try objects.unmatched(limit: 50, in: transaction).map { study in
                let day = study.first.receivedAt
                let near = try bookings.all(
                    from: day.addingTimeInterval(-86_400), to: day.addingTimeInterval(86_400), in: transaction
                ).filter { $0.state == .confirmed && isForMachines($0.service) }
                return ReconciliationView.Study(
                    first: study.first, count: study.count,
                    candidates: near.sorted {
                        abs($0.start.timeIntervalSince(day)) < abs($1.start.timeIntervalSince(day))
                    })
            }
            try audit.record(
                "dicom.reconciliation.see", patient: nil, subject: "dicom", detail: ["studies": "\(studies.count)"],
                by: actor, at: now, in: transaction)
            return ReconciliationView(
                studies: studies, unreadable: try VisitLoops().unreadableObjects(limit: 20, in: transaction),
                notes: try objects.notes(limit: 20, in: transaction))
        }
    }

    /// Studies that wait for somebody to say whose they are.
    package func waitingStudyCount() async throws -> Int {
        try await store.read { try StoredObjects().unmatchedCount(in: $0) }
    }

    /// Gives a study to a visit; its pictures become loops of the visit.
    package func assign(study: String, to id: Booking.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [self] transaction in
            guard let booking = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            let objects = try StoredObjects().assign(
                study: study, visit: id.description, patient: booking.patient, by: actor, at: now, in: transaction)
            for object in objects {
                try show(
                    object.file, head: object.index().head, visit: id.description, patient: booking.patient,
                    by: .system("dicom"), at: now, in: transaction)
            }
        }
    }
}
