// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// One complaint of one patient, from its beginning to recovery.
package struct Episode: Sendable, Hashable {
    package typealias ID = Identifier<Episode>

    package let id: ID
    package let patient: Patient.ID
    package let region: BodyRegion
    package let side: BodyRegion.Side
    /// Which clock and rules it runs by.
    package let kind: EpisodeKind
    package let onset: Day
    /// In the patient's or the clinician's words: how it began.
    package let complaint: String
    package let openedAt: Date
    package let openedBy: String
    /// The clinic's date then. Rows from before it was kept have the date of `openedAt` in universal time.
    package let openedOn: Day
    package let closedAt: Date?
    package let closedWhy: String?

    package var isOpen: Bool { closedAt == nil }

    /// "Front of the thigh, left"
    package var place: String {
        side == .middle || !region.hasSides
            ? region.name : "\(region.name), \(side == .both ? "both sides" : side.rawValue)"
    }

    init(_ row: Row) throws {
        id = try row.get("id")
        patient = try row.get("patient")
        region = try row.get("region")
        side = try row.get("side")
        kind = try row.get("kind")
        onset = Day(number: try row.get("onset"))
        complaint = try row.get("complaint")
        openedAt = try row.get("opened_at")
        openedBy = try row.get("opened_by")
        openedOn = Day(
            number: try row.get("opened_on", as: Int?.self)
                ?? Int((openedAt.timeIntervalSince1970 / 86_400).rounded(.down)))
        closedAt = try row.get("closed_at")
        closedWhy = try row.get("closed_why")
    }

    /// What is needed to open one.
    package struct New: Sendable, Hashable {
        package var region: BodyRegion
        package var side: BodyRegion.Side
        package var kind: EpisodeKind
        package var onset: Day
        package var complaint: String

        package init(
            region: BodyRegion, side: BodyRegion.Side, kind: EpisodeKind, onset: Day, complaint: String
        ) {
            self.region = region
            self.side = region.hasSides ? side : .middle
            self.kind = kind
            self.onset = onset
            self.complaint = complaint
        }
    }
}

/// A working diagnosis as somebody wrote it. Rows are added, never changed: the last one counts.
package struct EpisodeDiagnosis: Sendable, Hashable {
    package let id: Identifier<EpisodeDiagnosis>
    package let day: Day
    package let words: String
    package let status: EpisodeHistory.Diagnosis.Status
    package let madeAt: Date
    package let madeBy: String

    init(_ row: Row) throws {
        id = try row.get("id")
        day = Day(number: try row.get("on_day"))
        words = try row.get("words")
        status = try row.get("status")
        madeAt = try row.get("made_at")
        madeBy = try row.get("made_by")
    }
}

extension EpisodeKind: Bindable {}
extension EpisodeHistory.Diagnosis.Status: Bindable {}
