// SPDX-License-Identifier: Apache-2.0

import Accounts
import ArgumentParser
import Care
import Clinic
import Foundation
import Recovery

/// `fascia questionnaire`: questionnaires that the clinic has under its own licence.
struct QuestionnaireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "questionnaire", abstract: "Questionnaires that make a score: import and list.",
        subcommands: [Import.self, List.self])

    /// `fascia questionnaire import`: a FHIR R4 Questionnaire from a file.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Keep a FHIR R4 Questionnaire with its scoring.",
            discussion: """
                The scoring stands in the extension urn:fascia:scoring; docs/questionnaires.md describes it. A version is never \
                changed, since scores rest on it: give other words or another scoring a new version. A mistake ends with 65 and \
                names the line and the field.
                """)

        @OptionGroup var options: SettingsOptions

        @Argument(help: "The Questionnaire, JSON.", completion: .file(extensions: ["json"]))
        var file: String

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                Say.complaint("\(file): can't be read.")
                throw ExitCode(66)
            }
            do {
                let kept = try await options.withClinic { clinic in
                    try await clinic.importQuestionnaire(data, by: .system("command"))
                }
                Say.line(
                    "\(kept.title), version \(kept.version): \(kept.scoring?.measure.name ?? "") from \(kept.items.count) items."
                )
            } catch let error as DocumentError {
                Say.complaint("\(file): \(error)")
                throw ExitCode(65)
            } catch CareError.field(_, let words) {
                Say.complaint("\(file): \(words)")
                throw ExitCode(65)
            }
        }
    }

    /// `fascia questionnaire list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The questionnaires that clinicians can enter.")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let all = try await options.withClinic { try await $0.scoredQuestionnaires() }
            for one in all { Say.line("\(one.url)|\(one.version)  \(one.scoring?.measure.name ?? "")  \(one.title)") }
        }
    }
}
