// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clinic
import Foundation

/// Examines the clinic and says in words what is right and what is not.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything, in words. Exits with 1 if something is wrong.")

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let findings = try await options.withClinic { try await $0.examine() }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Say.line(String(decoding: try encoder.encode(findings), as: UTF8.self))
        } else {
            for finding in findings {
                Say.line(
                    "\(finding.state == .right ? "ok  " : finding.state == .note ? "note" : "BAD ") \(finding.what)")
            }
        }
        if findings.contains(where: { $0.state == .wrong }) { throw ExitCode(1) }
    }
}
