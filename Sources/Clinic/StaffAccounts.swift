// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Foundation
import Storage

// Who works here: the owner invites, changes and closes; each person sets their own password.
extension Clinic {
    package func staffList() async throws -> [(member: StaffMember, isOpen: Bool)] {
        try await store.read { [staff] in try staff.list(in: $0) }
    }

    /// A new account without a password, and the link by which its holder sets one.
    package func inviteStaff(name: String, email: String, role: Role, by actor: Actor) async throws -> String {
        let now = clock.now()
        // Nobody knows it, so that the account opens by its link only.
        let hash = try await hasher.hash(Secret.random().text)
        return try await store.write { [staff] transaction in
            guard try !staff.isKnown(email, in: transaction) else { throw StaffError.emailTaken }
            let member = try staff.add(
                name: name, email: email, role: role, passwordHash: hash, by: actor, at: now, in: transaction)
            return setupURL(try StaffInvitations().make(for: member.id, by: actor, at: now, in: transaction))
        }
    }

    /// A new link for somebody who has lost the password or the second key.
    package func inviteAgain(_ id: StaffMember.ID, by actor: Actor) async throws -> String {
        let now = clock.now()
        return try await store.write { [staff] transaction in
            guard let member = try staff.find(id, in: transaction) else { throw StaffError.unknown }
            return setupURL(try StaffInvitations().make(for: member.id, by: actor, at: now, in: transaction))
        }
    }

    private func setupURL(_ link: Secret) -> String { "\(settings.publicURL)/staff/setup/\(link.text)" }

    package func changeStaff(_ id: StaffMember.ID, name: String, role: Role, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [staff] in
            try staff.change(id, name: name, role: role, by: actor, at: now, in: $0)
        }
    }

    package func setStaff(_ id: StaffMember.ID, isOpen: Bool, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [staff] transaction in
            if isOpen {
                try staff.reopen(id, by: actor, at: now, in: transaction)
            } else {
                try staff.close(id, by: actor, at: now, in: transaction)
            }
        }
    }

    /// Whose link it is, while it is good.
    package func invited(by link: Secret) async throws -> StaffMember? {
        let now = clock.now()
        return try await store.read { try StaffInvitations().find(link, at: now, in: $0) }
    }

    /// - Returns: false where the link is used, old or unknown.
    package func setPassword(_ password: String, by link: Secret) async throws -> Bool {
        let now = clock.now()
        guard try await invited(by: link) != nil else { return false }
        let hash = try await hasher.hash(password)
        return try await store.write {
            try StaffInvitations().use(link, passwordHash: hash, at: now, in: $0)
        }
    }
}
