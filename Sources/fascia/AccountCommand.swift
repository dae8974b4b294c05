// SPDX-License-Identifier: Apache-2.0

import Accounts
import ArgumentParser
import Clinic
import Foundation
import Storage

/// Staff accounts and tokens, also while the server runs.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Make staff accounts and tokens.",
        subcommands: [Token.self, Tokens.self, Revoke.self, Add.self, Disable.self])

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "token", abstract: "Print a new bearer token for the API, DICOMweb and FHIR.")

        @OptionGroup var options: SettingsOptions
        @Option(help: "owner, clinician or desk.")
        var role: Role

        func run() async throws {
            let role = role
            let token = try await options.withClinic { clinic in
                let now = clinic.clock.now()
                return try await clinic.store.write { [clinic] in
                    try clinic.tokens.make(role: role, by: .system("command"), at: now, in: $0)
                }
            }
            Say.line(token.text)
        }
    }

    struct Tokens: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tokens",
            abstract: "List the bearer tokens, the newest first; the secrets themselves are not kept.")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let tokens = try await options.withClinic { clinic in
                try await clinic.store.read { [clinic] in try clinic.tokens.all(in: $0) }
            }
            for token in tokens {
                let state = token.isRevoked ? "revoked" : "open"
                Say.line("\(token.id)  \(token.role.rawValue)  \(token.madeAt.ISO8601Format())  \(state)")
            }
            if tokens.isEmpty { Say.complaint("There are no tokens; fascia account token makes one.") }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Take a bearer token back at once.")

        @OptionGroup var options: SettingsOptions
        @Argument(help: "The token's identifier, as fascia account tokens lists it.")
        var token: String

        func run() async throws {
            let id = StaffMember.ID(token)
            let revoked = try await options.withClinic { clinic in
                let now = clinic.clock.now()
                return try await clinic.store.write { [clinic] in
                    try clinic.tokens.revoke(id, by: .system("command"), at: now, in: $0)
                }
            }
            guard revoked else {
                throw ValidationError("There is no open token \(token); fascia account tokens lists them.")
            }
            Say.line("The token \(token) opens nothing any more.")
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a member of staff; the password is read from standard input.")

        @OptionGroup var options: SettingsOptions
        @Option(help: "owner, clinician or desk.")
        var role: Role
        @Option(help: "The name that patients and colleagues see.")
        var name: String
        @Option(help: "The address to sign in with.")
        var email: String

        func run() async throws {
            guard let password = readLine(strippingNewline: true), password.count >= 12 else {
                throw ValidationError("Give a password of at least 12 characters on standard input.")
            }
            let (role, name, email) = (role, name, email)
            try await options.withClinic { clinic in
                try await clinic.addStaff(name: name, email: email, role: role, password: password)
            }
            Say.line("\(email) is added. At the first sign-in the second key is set up at /staff/code.")
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Close an account and end its sessions at once.")

        @OptionGroup var options: SettingsOptions
        @Option(help: "The address that the account signs in with.")
        var email: String

        func run() async throws {
            let email = email
            try await options.withClinic { clinic in
                let now = clinic.clock.now()
                try await clinic.store.write { [clinic] transaction in
                    guard let member = try clinic.staff.find(email: email, in: transaction) else {
                        throw ValidationError("There is no open account \(email).")
                    }
                    try clinic.staff.disable(member.id, by: .system("command"), at: now, in: transaction)
                }
            }
            Say.line("\(email) is closed.")
        }
    }
}

extension Role: ExpressibleByArgument {}
