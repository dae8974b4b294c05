// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clinic
import Foundation
import Storage

/// Copies the whole clinic into a folder while it runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write the whole clinic into a new folder, also while the server runs.")

    @OptionGroup var options: SettingsOptions
    @Argument(help: "The folder to write; it must be new or empty.")
    var folder: String

    func run() async throws {
        let target = URL(fileURLWithPath: folder, isDirectory: true)
        let summary = try await options.withClinic { clinic in
            try await Backup(store: clinic.store, files: clinic.files).write(to: target)
        }
        Say.line("Backed up \(summary.rowCount) rows of \(summary.tableCount) tables and \(summary.fileCount) files.")
    }
}

/// Puts a backup into an empty clinic, on either engine.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup into an empty data folder or database.")

    @OptionGroup var options: SettingsOptions
    @Argument(help: "The folder that fascia backup wrote.")
    var folder: String

    func run() async throws {
        let source = URL(fileURLWithPath: folder, isDirectory: true)
        let summary = try await options.withClinic { clinic in
            try await Backup(store: clinic.store, files: clinic.files).restore(from: source)
        }
        Say.line("Restored \(summary.rowCount) rows of \(summary.tableCount) tables and \(summary.fileCount) files.")
    }
}
