// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Points that a clinician sets again and again, under a name of their own.
package struct PointFavourites: Sendable {
    package init() {}

    package struct Favourite: Sendable, Hashable {
        package let name: String
        package let points: String
    }

    package func keep(
        _ points: String, name: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard case .staff(let staff, _) = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        let name = name.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !name.isEmpty, name.count <= 60 else { throw CareError.field("favourite", "Give the set a short name.") }
        let text = try AcupuncturePoint.list(points).map(\.text).joined(separator: ", ")
        guard !text.isEmpty else { throw CareError.field("points", "Write the points first.") }
        try transaction.run(
            """
            INSERT INTO point_favourite (staff, name, points, kept_at) VALUES (\(staff), \(name), \(text), \(now))
            ON CONFLICT (staff, name) DO UPDATE SET points = excluded.points, kept_at = excluded.kept_at
            """)
    }

    package func list(of actor: Actor, in transaction: any Transaction) throws -> [Favourite] {
        guard case .staff(let staff, _) = actor else { return [] }
        return try transaction.rows("SELECT name, points FROM point_favourite WHERE staff = \(staff) ORDER BY name").map
        {
            Favourite(name: try $0.get("name"), points: try $0.get("points"))
        }
    }
}
