// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Gait

/// `fascia gait`: gait analysis without a server.
struct GaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gait", abstract: "Gait analysis of motion-capture recordings.",
        subcommands: [Analyze.self, Info.self, Simulate.self, Strip.self])
}

extension GaitCommand {
    /// `fascia gait info`: what a recording holds.
    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a recording holds: frames, markers, signals, plates, events, names.")

        @Argument(help: "The recording.", completion: .file(extensions: ["c3d", "trc"]))
        var file: String

        func run() throws {
            let bytes = try GaitFiles.bytes(file)
            let recording: Recording
            do {
                recording = try GaitAnalysis.read(bytes, fileName: file)
            } catch {
                throw GaitFiles.refusal(file, error.description)
            }
            let channels = recording.analogLabels.count
            var lines = [
                "\(recording.frameCount) frames at \(recording.pointRate) Hz, from frame \(recording.firstFrame)",
                "\(recording.pointLabels.count) points: \(recording.pointLabels.prefix(12).joined(separator: ", "))"
                    + (recording.pointLabels.count > 12 ? " …" : ""),
                "\(channels) analogue channels, \(recording.analogSamplesPerFrame) samples a frame",
                "\(recording.forcePlates.count) force plates, \(recording.storedEvents.count) events",
            ]
            if !recording.subjectNames.isEmpty {
                lines.append("Names in the file: \(recording.subjectNames.joined(separator: ", "))")
            }
            lines += recording.warnings.map(\.message)
            try GaitFiles.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: "-")
        }
    }

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
