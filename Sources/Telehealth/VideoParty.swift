// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Somebody who has, or may have, a place in a room.
package struct VideoParty: Sendable, Hashable {
    package typealias ID = Identifier<VideoParty>

    package enum Role: String, Sendable, Codable, Bindable {
        case patient, clinician
        /// Invited by the clinician: an interpreter, a parent, a colleague.
        case guest
    }

    package enum State: String, Sendable, Codable, Bindable {
        /// Has a link and has not come.
        case expected
        case waiting
        case admitted
        case left
        /// Sent out, or the invitation was taken back.
        case removed
    }

    /// How long after its last sign of life a page counts as gone, should its server have died with it.
    package static let silenceSeconds: TimeInterval = 45

    package let id: ID
    package let visit: String
    package let role: Role
    package let staff: StaffMember.ID?
    package let name: String
    package let state: State
    package let arrivedAt: Date?
    package let admittedAt: Date?
    package let leftAt: Date?
    package let seenAt: Date?
    package let figures: CallFigures?

    /// Whether a page of theirs listens now.
    package func isHere(at now: Date) -> Bool {
        seenAt.map { now.timeIntervalSince($0) < Self.silenceSeconds } ?? false
    }

    init(_ row: Row) throws {
        id = try row.get("id")
        visit = try row.get("visit")
        role = try row.get("role")
        staff = try row.get("staff")
        name = try row.get("name")
        state = try row.get("state")
        arrivedAt = try row.get("arrived_at")
        admittedAt = try row.get("admitted_at")
        leftAt = try row.get("left_at")
        seenAt = try row.get("seen_at")
        figures = try row.get("figures", as: String?.self).flatMap(CallFigures.init(text:))
    }
}

/// How a call went, as the browsers measured it.
package struct CallFigures: Sendable, Hashable, Codable {
    package enum Route: String, Sendable, Codable { case direct, relay }

    /// Seconds in which media flowed.
    package var connectedSeconds: Double
    package var route: Route?
    package var roundTripMilliseconds: Double?
    /// Of the packets that should have come, 0 to 100.
    package var lossPercent: Double?
    package var width: Int?
    package var height: Int?
    /// Seconds without picture because the line was poor.
    package var audioOnlySeconds: Double
    /// How often the line had to be found anew.
    package var restarts: Int

    package init(
        connectedSeconds: Double, route: Route?, roundTripMilliseconds: Double?, lossPercent: Double?, width: Int?,
        height: Int?, audioOnlySeconds: Double, restarts: Int
    ) {
        self.connectedSeconds = connectedSeconds
        self.route = route
        self.roundTripMilliseconds = roundTripMilliseconds
        self.lossPercent = lossPercent
        self.width = width
        self.height = height
        self.audioOnlySeconds = audioOnlySeconds
        self.restarts = restarts
    }

    /// Whether a browser can have measured this.
    var isPlausible: Bool {
        let day = 0.0...86_400
        return day.contains(connectedSeconds) && day.contains(audioOnlySeconds) && (0...10_000).contains(restarts)
            && roundTripMilliseconds.map { (0...600_000).contains($0) } ?? true
            && lossPercent.map { (0...100).contains($0) } ?? true && width.map { (0...16_384).contains($0) } ?? true
            && height.map { (0...16_384).contains($0) } ?? true
    }

    init?(text: String) {
        guard let value = try? JSONDecoder().decode(CallFigures.self, from: Data(text.utf8)) else { return nil }
        self = value
    }
}
