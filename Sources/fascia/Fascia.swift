// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

@main
struct Fascia: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fascia", abstract: "The connective tissue of a musculoskeletal clinic.",
        subcommands: [
            ServeCommand.self, GaitCommand.self, UltrasoundCommand.self, RecoveryCommand.self,
            QuestionnaireCommand.self,
            AccountCommand.self,
            AuditCommand.self, DoctorCommand.self,
            BackupCommand.self, RestoreCommand.self,
        ])
}
