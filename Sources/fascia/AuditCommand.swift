// SPDX-License-Identifier: Apache-2.0

import Accounts
import ArgumentParser
import Clinic
import Storage

/// Looks whether the audit trail is whole.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The trail of who read and wrote what.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Find any entry that was edited, removed or put in. Exits with 1 if there is one.")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let verdict = try await options.withClinic { clinic in
                try await clinic.store.read { [clinic] in try clinic.audit.verify(in: $0) }
            }
            switch verdict {
            case .whole(let count, let headHash):
                Say.line("The audit trail is whole: \(count) entries.")
                if count > 0 { Say.line("Head \(count): \(headHash). Keep it elsewhere, too.") }
            case .broken(let sequence, let why):
                Say.complaint("The audit trail is broken at entry \(sequence): \(why).")
                throw ExitCode(1)
            }
        }
    }
}
