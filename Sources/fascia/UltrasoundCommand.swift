// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `fascia ultrasound`: measures in cine loops, without a server.
struct UltrasoundCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ultrasound", abstract: "Measures of dynamic muscle ultrasound.",
        subcommands: [
            UltrasoundTrackCommand.self, UltrasoundTearCommand.self, UltrasoundMModeCommand.self,
            UltrasoundMeasureCommand.self, UltrasoundSimulateCommand.self,
        ])
}
