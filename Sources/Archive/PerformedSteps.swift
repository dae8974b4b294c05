// SPDX-License-Identifier: Apache-2.0

package import DICOM
package import Foundation
package import Storage

/// What machines say of examinations under way (Modality Performed Procedure Step).
package struct PerformedSteps: Sendable {
    package enum State: String, Sendable, Bindable {
        case inProgress = "IN PROGRESS"
        case completed = "COMPLETED"
        case discontinued = "DISCONTINUED"
    }

    package enum Refusal: Error, Sendable, Hashable {
        case malformed
        /// A step of this name was begun before.
        case duplicate
        case unknown
        /// A step that is over does not change any more.
        case over
    }

    package init() {}

    package func begin(
        _ instance: String, visit: String?, station: String, attributes: Attributes, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard isUniqueIdentifier(instance), attributes.text(.performedStatus) == State.inProgress.rawValue else {
            throw Refusal.malformed
        }
        let text = String(decoding: try JSONEncoder().encode(attributes), as: UTF8.self)
        let changed = try transaction.run(
            """
            INSERT INTO dicom_step (instance, visit, state, station, begun_at, ended_at, attributes)
            VALUES (\(instance), \(visit), \(State.inProgress), \(station), \(now), \(Date?.none), \(text))
            ON CONFLICT (instance) DO NOTHING
            """)
        guard changed > 0 else { throw Refusal.duplicate }
    }

    /// The new state and the step's visit.
    package func change(
        _ instance: String, attributes: Attributes, at now: Date, in transaction: any Transaction
    ) throws -> (state: State, visit: String?) {
        guard
            let row = try transaction.first("SELECT visit, state FROM dicom_step WHERE instance = \(instance)")
        else { throw Refusal.unknown }
        guard try row.get("state", as: State.self) == .inProgress else { throw Refusal.over }
        let visit: String? = try row.get("visit")
        guard let word = attributes.text(.performedStatus) else { return (.inProgress, visit) }
        guard let state = State(rawValue: word) else { throw Refusal.malformed }
        guard state != .inProgress else { return (state, visit) }
        try transaction.run("UPDATE dicom_step SET state = \(state), ended_at = \(now) WHERE instance = \(instance)")
        return (state, visit)
    }
}
