// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Gait
package import Storage

/// A whole recording of an order, and how far its analysis is.
package struct LabRecording: Sendable, Hashable {
    package typealias ID = Identifier<LabRecording>

    package enum Kind: String, Sendable, Bindable {
        /// A walking trial; also what is assumed before the analysis.
        case walk
        /// A standing trial.
        case `static`
        /// Forces for the walk of the same name, whose own file has no plates; never guessed for a file with markers.
        case forces
        /// Kept, but no part of the analysis; only a person decides so.
        case leftOut
    }

    package enum State: String, Sendable, Bindable {
        /// The analysis has not been done yet.
        case waiting
        case analysed
        /// The file can't be read; `failure` says why.
        case failed
    }

    package let id: ID
    package let orderID: String
    package let patient: Patient.ID
    package let fileName: String
    package let fileKey: String
    package let sha256: String
    package let byteCount: Int64
    /// What it counts as: what a person chose, else what the analysis took it for.
    package let kind: Kind
    /// Whether a person chose `kind`.
    package let isKindChosen: Bool
    /// The names of people in the file, until they are taken out.
    package let subjectNames: [String]
    package let state: State
    package let receivedAt: Date
    /// Why the file can't be read and what to do, for the desk.
    package let failure: String?

    /// Whether the file is a table of forces, without markers.
    package var holdsForces: Bool { StorageTable.isNamed(fileName) }

    /// From `lab_recording` with `failure` of its analysis.
    init(_ row: Row) throws {
        id = try row.get("id")
        orderID = try row.get("order_id")
        patient = try row.get("patient")
        fileName = try row.get("file_name")
        fileKey = try row.get("file_key")
        sha256 = try row.get("sha256")
        byteCount = try row.get("byte_count")
        let chosen: Kind? = try row.get("role")
        let guessed: Kind = try row.get("kind")
        kind = chosen ?? guessed
        isKindChosen = chosen != nil
        let names: String? = try row.get("subject_names")
        subjectNames = try names.map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) } ?? []
        state = try row.get("state")
        receivedAt = try row.get("received_at")
        failure = try row.get("failure")
    }
}

/// The numbers of an analysed recording, as pages show them.
package struct LabFigures: Sendable {
    /// The `fascia.gait/1` document.
    package let document: AnalysisDocument
    /// Means, deviations and counts.
    package let figures: Spatiotemporal
    package let methodVersion: String
    package let analysedAt: Date
}
