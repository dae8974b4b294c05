// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Logging
import Messages
import Storage

// How people and programs say who they are.
extension Clinic {
    /// The live session of a cookie.
    package func session(_ secret: Secret) async throws -> Session? {
        let now = clock.now()
        guard let session = try await store.read({ [sessions] in try sessions.find(secret, at: now, in: $0) }) else {
            return nil
        }
        if sessions.needsTouch(session, at: now) {
            try await store.write { [sessions] in try sessions.touch(session, at: now, in: $0) }
        }
        return session
    }

    package func bearer(of token: Secret) async throws -> Actor? {
        try await store.read { [tokens] in try tokens.find(token, in: $0) }
    }

    /// Mails a link and a code to a patient's address; for an unknown address nothing happens, and the answer is the same.
    package func requestSignIn(email: String) async throws {
        let now = clock.now()
        try await store.write { [patients, signInLinks, settings] transaction in
            guard let patient = try patients.find(email: email, in: transaction) else { return }
            let fresh = try signInLinks.make(for: patient.id, at: now, in: transaction)
            try write(
                .signIn(
                    name: patient.name, url: "\(settings.publicURL)/sign-in/link/\(fresh.link.text)", code: fresh.code),
                to: patient, key: "sign-in:\(fresh.link.sha256)", at: now, in: transaction)
        }
    }

    /// The new session, or nil where the link is used, old or unknown.
    package func signIn(link: Secret) async throws -> Secret? {
        let now = clock.now()
        return try await store.write { [signInLinks] in try signInLinks.use(link, at: now, in: $0) }
    }

    package func signIn(code: String, email: String) async throws -> Secret? {
        let now = clock.now()
        return try await store.write { [signInLinks] in
            try signInLinks.use(code: code, email: email, at: now, in: $0)
        }
    }

    /// A member of staff's new session.
    /// - Throws: `SignInRefusal`, the same for an unknown address as for a wrong password.
    package func signInStaff(email: String, password: String, code: String) async throws -> Secret {
        let now = clock.now()
        let member = try await store.read { [staff] transaction in
            try staff.checkFailures(email: email, at: now, in: transaction)
            return try staff.find(email: email, in: transaction)
        }
        let matches = try await hasher.verify(password, against: staff.passwordHash(of: member))
        do {
            guard matches, let member else { throw SignInRefusal.wrong }
            return try await store.write { [staff] in try staff.signIn(member, code: code, at: now, in: $0) }
        } catch SignInRefusal.wrong {
            try await store.write { [staff] in try staff.noteFailure(email: email, at: now, in: $0) }
            throw SignInRefusal.wrong
        }
    }

    /// Adds a member of staff, by the owner at the machine itself.
    package func addStaff(name: String, email: String, role: Role, password: String) async throws {
        let now = clock.now()
        let hash = try await hasher.hash(password)
        try await store.write { [staff] in
            try staff.add(
                name: name, email: email, role: role, passwordHash: hash, by: .system("command"), at: now, in: $0)
        }
    }

    /// Binds an authenticator app to an account, once a code of it proves that it works.
    package func bindCode(
        secret: String, code: String, staff id: StaffMember.ID, by actor: Actor
    ) async throws -> Bool {
        let now = clock.now()
        guard secret.count >= 32, let generator = TimeBasedCode(base32: secret),
            generator.step(of: code.filter { !$0.isWhitespace }, at: now) != nil
        else { return false }
        try await store.write { [staff] in
            try staff.setTimeBasedCode(secret: secret, for: id, by: actor, at: now, in: $0)
        }
        return true
    }

    /// Whether this session may work at the desk: outside a demonstration only with a second key.
    package func hasSecondKey(_ id: StaffMember.ID) async throws -> Bool {
        if settings.isDemo { return true }
        return try await store.read { [staff] in try staff.find(id, in: $0)?.hasTimeBasedCode ?? false }
    }

    package func signOut(_ session: Session) async throws {
        try await store.write { [sessions] in try sessions.end(session.id, in: $0) }
    }
}
