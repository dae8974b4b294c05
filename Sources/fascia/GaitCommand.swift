// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Gait

/// `fascia gait`: gait analysis without a server.
struct GaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gait", abstract: "Gait analysis of motion-capture recordings.",
        subcommands: [Analyze.self, Simulate.self])

    /// `fascia gait analyze`: one walk to figures, for people or as JSON.
    struct Analyze: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Events and figures of one walk (C3D or TRC), as a table or as fascia.gait/1 JSON.")

        @Argument(help: "The walking trial.", completion: .file(extensions: ["c3d", "trc"]))
        var file: String

        @Option(name: .customLong("static"), help: "The standing trial of the same session.")
        var staticFile: String?

        @Option(help: "The markers' diameter in millimetres; otherwise the file's, or 14.")
        var markerDiameter: Double?

        @Option(help: "The feet that stood flat in the static trial: left, right or left,right.")
        var flatFoot: String?

        @Option(help: "Which events to use: those stored in the file where it has them, or always detected ones.")
        var events: EventChoice = .stored

        @Option(help: "Write fascia.gait/1 JSON to this file; - is standard output.")
        var json: String?

        func validate() throws {
            if let markerDiameter, !(1...60).contains(markerDiameter) {
                throw ValidationError("--marker-diameter is in millimetres, between 1 and 60.")
            }
            _ = try flatFeet()
        }

        func run() throws {
            let options = AnalysisOptions(
                markerDiameterMillimetres: markerDiameter, flatFoot: try flatFeet(),
                events: events == .stored ? .storedFirst : .detected)
            let standing = try staticFile.map { try read($0) }
            let analysis = GaitAnalysis(
                of: try read(file), staticTrial: standing, fileName: file, options: options)
            for warning in analysis.document.warnings { say("warning: \(warning.message)") }
            guard let json else {
                try write(Data(GaitTable(analysis).text.utf8), to: "-")
                return
            }
            try write(Data(try analysis.document.json(pretty: true) + [10]), to: json)
        }

        private func flatFeet() throws -> AnalysisOptions.FlatFoot {
            var feet = AnalysisOptions.FlatFoot()
            for name in (flatFoot ?? "").split(separator: ",") {
                switch name.trimmingCharacters(in: .whitespaces).lowercased() {
                case "left": feet.left = true
                case "right": feet.right = true
                case "none": break
                default: throw ValidationError("--flat-foot takes left, right, or left,right; not “\(name)”.")
                }
            }
            return feet
        }

        private func read(_ path: String) throws -> Recording {
            let bytes: [UInt8]
            do {
                bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            } catch {
                throw refusal(path, "The file cannot be opened. Check its name and that you may read it.")
            }
            do {
                return try GaitAnalysis.read(bytes, fileName: path)
            } catch {
                throw refusal(path, error.description)
            }
        }

        private func write(_ data: Data, to path: String) throws {
            if path == "-" {
                try FileHandle.standardOutput.write(contentsOf: data)
                return
            }
            do {
                try data.write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch {
                throw refusal(path, "The result cannot be written there. Check the folder.")
            }
        }

        private func refusal(_ path: String, _ sentence: String) -> ExitCode {
            say("\(path): \(sentence)")
            return .failure
        }

        /// Progress and errors; standard output is for the result alone.
        private func say(_ line: String) {
            try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
        }
    }
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

        func validate() throws {
            guard (30...200).contains(cadence) else { throw ValidationError("--cadence is between 30 and 200.") }
        }

        func run() throws {
            var walker = SimulatedWalker()
            walker.cadenceStepsPerMinute = cadence
            walker.storesEvents = !withoutEvents
            let bytes = C3DWriter.write(
                walker.recording(), encoding: encoding.value, samples: integers ? .integers : .floats)
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

/// Where `fascia gait analyze` takes a walk's events from.
enum EventChoice: String, ExpressibleByArgument, CaseIterable {
    case stored, detected
}
