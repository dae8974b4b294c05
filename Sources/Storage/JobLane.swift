// SPDX-License-Identifier: Apache-2.0

/// Which jobs a worker takes up. A job that computes for a minute has a lane of its own, so that no letter waits behind it.
package enum JobLane: Sendable, Hashable {
    case every
    case only(Set<String>)
    case allBut(Set<String>)

    var condition: SQL {
        switch self {
        case .every: "1 = 1"
        case .only(let kinds): "kind IN \(SQL.list(kinds.sorted()))"
        case .allBut(let kinds): kinds.isEmpty ? "1 = 1" : "kind NOT IN \(SQL.list(kinds.sorted()))"
        }
    }
}
