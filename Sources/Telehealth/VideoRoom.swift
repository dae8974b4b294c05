// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
import Storage

/// The room of one visit by video.
package struct VideoRoom: Sendable, Hashable {
    package enum Outcome: String, Sendable, Codable, Bindable {
        case held
        /// The patient did not come.
        case missed
        /// The patient came and nobody let them in.
        case unattended
    }

    /// What everybody in the room looks at.
    package struct Shown: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Codable { case loop, report }
        package let kind: Kind
        package let id: String

        package init(kind: Kind, id: String) {
            self.kind = kind
            self.id = id
        }
    }

    package let visit: String
    package let patient: Patient.ID
    package let host: String?
    package let start: Date
    package let end: Date
    package let lastSignal: Int64
    package let revision: Int64
    package let shown: Shown?
    /// When two people first saw or heard each other.
    package let connectedAt: Date?
    package let closedAt: Date?
    package let outcome: Outcome?

    init(_ row: Row) throws {
        visit = try row.get("visit")
        patient = try row.get("patient")
        host = try row.get("host")
        start = try row.get("starts_at")
        end = try row.get("ends_at")
        lastSignal = try row.get("last_signal")
        revision = try row.get("revision")
        shown = try row.get("shown", as: String?.self).flatMap {
            try? JSONDecoder().decode(Shown.self, from: Data($0.utf8))
        }
        connectedAt = try row.get("connected_at")
        closedAt = try row.get("closed_at")
        outcome = try row.get("outcome")
    }
}

/// A patient's word that they agree, as it was given.
package struct VideoConsent: Sendable, Hashable {
    /// What the patient typed and ticked.
    package struct Form: Sendable, Hashable {
        package var version: String
        package var language: String
        /// The whole text that was shown.
        package var words: String
        package var name: String
        package var bornOn: String?
        /// City and state, or country.
        package var place: String
        package var callBack: String
        /// What speaks for being seen in person, in words; empty where nothing does.
        package var warnings: String

        package init(
            version: String, language: String, words: String, name: String, bornOn: String?, place: String,
            callBack: String, warnings: String
        ) {
            self.version = version
            self.language = language
            self.words = words
            self.name = name
            self.bornOn = bornOn
            self.place = place
            self.callBack = callBack
            self.warnings = warnings
        }
    }

    package let party: VideoParty.ID
    package let form: Form
    package let agreedAt: Date
}

/// A room as one moment shows it.
package struct RoomSight: Sendable {
    package let room: VideoRoom
    package let parties: [VideoParty]
    /// The place before the clinician's door: 1 is next. Nil for who does not wait.
    package let place: Int?
    package let signals: [Signal]
}
