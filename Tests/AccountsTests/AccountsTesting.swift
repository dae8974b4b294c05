// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage
import StorageTesting
import Testing

/// How often a random test is run: the long trials take `FASCIA_TRIALS=full`, as the system tests do.
func trials(_ usual: Int, full: Int) -> Int {
    ProcessInfo.processInfo.environment["FASCIA_TRIALS"] == "full" ? full : usual
}

/// The people of a clinic on one engine.
struct Registry: Sendable {
    static let opening = Date(timeIntervalSince1970: 1_772_452_800)

    let store: Store

    static func onEachEngine(_ body: @Sendable (Registry) async throws -> Void) async throws {
        try await withEachStore(AccountsSchema.migrations) { store in try await body(Registry(store: store)) }
    }

    func addPatient(_ email: String = "pat@example.org") async throws -> Patient {
        try await store.write { transaction in
            try Patients().findOrAdd(
                ContactDetails(name: "Pat Example", email: email, phone: nil), by: .visitor, at: Self.opening,
                in: transaction)
        }
    }

    func addStaff(_ email: String = "desk@example.org", role: Role = .desk) async throws -> StaffMember {
        try await store.write { transaction in
            try Staff().add(
                name: "Dee Example", email: email, role: role, passwordHash: "none", by: .system("test"),
                at: Self.opening, in: transaction)
        }
    }

    func auditCount(_ action: String) async throws -> Int? {
        try await store.read { try $0.value(Int.self, "SELECT count(*) FROM audit_entry WHERE action = \(action)") }
    }

    /// Whether any column of any row of the table holds the text, whole or as a part.
    func holds(_ text: String, in table: SQL) async throws -> Bool {
        try await store.read { transaction in
            try transaction.rows("SELECT * FROM \(table)").contains { row in
                row.values.contains { if case .text(let held) = $0 { held.contains(text) } else { false } }
            }
        }
    }
}

/// Runs all bodies at once; their results in no order.
func atOnce<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
    try await withThrowingTaskGroup(of: T.self) { group in
        for number in 0..<count { group.addTask { try await body(number) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
