// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Foundation
package import Storage

extension Clinic {
    /// All tables as they stand now; that they were taken is written down first.
    package func exportTables(by actor: Actor) async throws -> [TableExport.Table] {
        let now = clock.now()
        try await store.write { [audit] in
            try audit.record("export", patient: nil, subject: "everything", by: actor, at: now, in: $0)
        }
        return try await TableExport.tables(of: store)
    }
}
