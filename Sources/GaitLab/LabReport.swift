// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Gait
package import Storage

/// What a clinician says about a walk. A draft until it is released.
package struct LabReport: Sendable, Hashable {
    package typealias ID = Identifier<LabReport>

    package static let longestWords = 20_000

    package let id: ID
    package let orderID: String
    package let patient: Patient.ID
    /// The walk that it is about.
    package let recording: LabRecording.ID
    /// Plain text.
    package let words: String
    package let writtenAt: Date
    /// Who wrote the words last, as in the audit trail.
    package let writtenBy: String
    package let releasedAt: Date?
    package let releasedBy: String?
    /// The visit's analysis as it was released; nil before.
    package let visit: VisitAnalysis?
    /// The earlier visit's that it was compared with when it was released.
    package let earlier: VisitAnalysis?

    package var isReleased: Bool { releasedAt != nil }

    init(_ row: Row) throws {
        id = try row.get("id")
        orderID = try row.get("order_id")
        patient = try row.get("patient")
        recording = try row.get("recording")
        words = try row.get("words")
        writtenAt = try row.get("written_at")
        writtenBy = try row.get("written_by")
        releasedAt = try row.get("released_at")
        releasedBy = try row.get("released_by")
        visit = try LabJSON.value(row.get("visit"))
        earlier = try LabJSON.value(row.get("earlier"))
    }
}
