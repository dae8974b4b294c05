// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// The links that lead into a room. A link is 256 random bits, kept only as its hash, and is good for one party of one visit;
/// each letter brings a new one, and all of a visit's links end with the visit.
package struct JoinLinks: Sendable {
    package init() {}

    /// What a link opens.
    package struct Seat: Sendable, Hashable {
        package let visit: String
        package let party: VideoParty.ID

        package init(visit: String, party: VideoParty.ID) {
            self.visit = visit
            self.party = party
        }
    }

    /// A new link for the visit's patient.
    package func make(for visit: VideoVisit, at now: Date, in transaction: any Transaction) throws -> Secret {
        let party = try VideoRooms().patientParty(of: visit, at: now, in: transaction)
        return try make(for: Seat(visit: visit.id, party: party), at: now, in: transaction)
    }

    func make(for seat: Seat, at now: Date, in transaction: any Transaction) throws -> Secret {
        let secret = Secret.random()
        try transaction.run(
            """
            INSERT INTO join_link (secret_sha256, visit, party, made_at)
            VALUES (\(secret.sha256), \(seat.visit), \(seat.party), \(now))
            """)
        return secret
    }

    package func find(_ secret: Secret, in transaction: any Transaction) throws -> Seat {
        guard
            let row = try transaction.first(
                "SELECT visit, party FROM join_link WHERE secret_sha256 = \(secret.sha256)")
        else { throw TelehealthError.unknownLink }
        return Seat(visit: try row.get("visit"), party: try row.get("party"))
    }
}
