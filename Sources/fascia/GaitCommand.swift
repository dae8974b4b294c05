// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Gait

/// `fascia gait`: gait analysis without a server.
struct GaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gait", abstract: "Gait analysis of motion-capture recordings.",
        subcommands: [Analyze.self, Simulate.self, Strip.self])
}

extension GaitCommand {
    /// `fascia gait simulate`: a recording of nobody, for trying things out.
    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a recording of a simulated walker, who does not exist, as C3D.")

        @Option(help: "Where to write it.", completion: .file(extensions: ["c3d"]))
        var out: String

        @Option(help: "Steps a minute.")
        var cadence = 110.0

        @Option(help: "The number format: intel, dec or mips.")
        var encoding: EncodingChoice = .intel

        @Flag(help: "Write 16-bit integers instead of floats.")
        var integers = false

        @Flag(help: "Leave the events out, so that they must be detected.")
        var withoutEvents = false

        @Flag(help: "The standing trial of the same person instead of a walk.")
        var standing = false

        func validate() throws {
            guard (30...200).contains(cadence) else { throw ValidationError("--cadence is between 30 and 200.") }
        }

        func run() throws {
            var walker = SimulatedWalker()
            walker.cadenceStepsPerMinute = cadence
            walker.storesEvents = !withoutEvents
            let bytes = C3DWriter.write(
                standing ? walker.standingRecording() : walker.recording(), encoding: encoding.value,
                samples: integers ? .integers : .floats)
            do {
                try Data(bytes).write(to: URL(fileURLWithPath: out), options: .atomic)
            } catch {
                try? FileHandle.standardError.write(
                    contentsOf: Data("\(out): The recording cannot be written there. Check the folder.\n".utf8))
                throw ExitCode.failure
            }
        }
    }

    enum EncodingChoice: String, ExpressibleByArgument, CaseIterable {
        case intel, dec, mips

        var value: NumberEncoding {
            switch self {
            case .intel: .intel
            case .dec: .dec
            case .mips: .mips
            }
        }
    }
}
