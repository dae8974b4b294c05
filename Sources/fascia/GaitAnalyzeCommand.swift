// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Gait

extension GaitCommand {
    /// `fascia gait analyze`: walks to figures, for people, as JSON, or as a report.
    struct Analyze: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Joint angles, events, figures, moments and scores of walks, as a table, as JSON or as a report.",
            discussion: """
                One walk gives one fascia.gait/1 document, several give an array of them. Warnings and progress go to \
                standard error.
                """)

        @Argument(help: "The walking trials.", completion: .file(extensions: ["c3d", "trc"]))
        var files: [String]

        @Option(name: .customLong("static"), help: "The standing trial of the same session.")
        var staticFile: String?

        @Option(
            help: """
                Forces of a walk whose own file has no plates; with several walks, give the option for each, and name the \
                file after its walk.
                """, completion: .file(extensions: ["mot", "sto"]))
        var forces: [String] = []

        @Option(help: "The markers' diameter in millimetres; otherwise the file's, or 14 with a warning.")
        var markerDiameter: Double?

        @Option(help: "The feet that stood flat in the static trial: left, right or left,right.")
        var flatFoot: String?

        @Option(
            help: "A measure that the file lacks or has wrong, as NAME=NUMBER in mm, kg or radians (LLegLength=880).")
        var measure: [String] = []

        @Option(help: "How the hip's centre is placed: davis (as Plug-in Gait) or harrington.")
        var hipCentre: HipCentreChoice = .davis

        @Option(
            help:
                "The order of the pelvis's rotations: tilt-obliquity-rotation (Vicon) or rotation-obliquity-tilt (Baker)."
        )
        var pelvisOrder: PelvisOrderChoice = .tiltObliquityRotation

        @Flag(help: "Place knee and ankle axes by the medial markers of the standing trial.")
        var medialMarkers = false

        @Option(help: "Which events to use: those stored in the file where it has them, or always detected ones.")
        var events: EventChoice = .stored

        @Option(
            help: "The norm to compare with, as CSV; otherwise twelve children.", completion: .file(extensions: ["csv"])
        )
        var norm: String?

        @Option(help: "Write fascia.gait/1 JSON to this file; - is standard output.")
        var json: String?

        @Option(help: "Write a report as one HTML page to this file.", completion: .file(extensions: ["html"]))
        var report: String?

        func validate() throws {
            guard !files.isEmpty else { throw ValidationError("Name at least one walking trial.") }
            if let markerDiameter, !(1...60).contains(markerDiameter) {
                throw ValidationError("--marker-diameter is in millimetres, between 1 and 60.")
            }
            if let stray = forces.first(where: { table in !files.contains { forcesFile(of: $0) == table } }) {
                throw ValidationError(
                    "--forces \(stray) is named after none of the walks; the forces of walk1.trc are called walk1….mot."
                )
            }
            _ = try flatFeet()
            _ = try measures()
        }

        func run() throws {
            let options = AnalysisOptions(
                markerDiameterMillimetres: markerDiameter, flatFoot: try flatFeet(),
                hipCentre: hipCentre == .davis ? .davis : .harrington,
                pelvisOrder: pelvisOrder == .tiltObliquityRotation ? .tiltObliquityRotation : .rotationObliquityTilt,
                usesMedialMarkers: medialMarkers,
                events: events == .stored ? .storedFirst : .detected)
            let norm = try readNorm()
            let standing = try staticFile.map { try read($0) }
            var analyses: [GaitAnalysis] = []
            var failed = 0
            for (index, file) in files.enumerated() {
                progress(index)
                do {
                    var recording = try read(file)
                    recording.subjectValues.merge(try measures()) { $1 }
                    if let table = forcesFile(of: file) { try GaitFiles.add(forces: table, to: &recording) }
                    if !recording.subjectNames.isEmpty {
                        say(
                            "\(file): names the subject “\(recording.subjectNames.joined(separator: "”, “"))”;"
                                + " fascia gait strip takes names out.")
                    }
                    let analysis = GaitAnalysis(
                        of: recording, staticTrial: standing, fileName: file, options: options, norm: norm)
                    for warning in analysis.document.warnings { say("\(file): \(warning.message)") }
                    analyses.append(analysis)
                } catch let exit as ExitCode {
                    // One damaged file of many does not stop the others.
                    guard files.count > 1 else { throw exit }
                    failed += 1
                }
            }
            progress(files.count)
            try write(analyses, options, norm)
            if failed > 0 { throw ExitCode.failure }
        }

        private func write(_ analyses: [GaitAnalysis], _ options: AnalysisOptions, _ norm: NormativeSet) throws {
            if let report {
                let standing = staticFile.map { URL(fileURLWithPath: $0).lastPathComponent }
                let visit = VisitAnalysis(analyses, standing: standing, options: options, norm: norm)
                let page = GaitReport(visit, version: "").html
                try GaitFiles.write(Data(page.utf8), to: report)
            }
            if let json {
                var bytes: [UInt8] = []
                if files.count == 1 {
                    for analysis in analyses { bytes += try analysis.document.json(pretty: true) }
                } else {
                    bytes = [0x5B]
                    for (index, analysis) in analyses.enumerated() {
                        if index > 0 { bytes += Array(",\n".utf8) }
                        bytes += try analysis.document.json(pretty: true)
                    }
                    bytes.append(0x5D)
                }
                try GaitFiles.write(Data(bytes + [10]), to: json)
            } else if report == nil {
                try GaitFiles.write(Data(analyses.map { GaitTable($0).text }.joined(separator: "\n").utf8), to: "-")
            }
        }

        private func forcesFile(of walk: String) -> String? {
            files.count == 1 && forces.count == 1
                ? forces.first : forces.first { Recording.areNamed(forces: $0, afterWalk: walk) }
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

        private func measures() throws -> [String: Double] {
            var values: [String: Double] = [:]
            for text in measure {
                let parts = text.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let value = Double(parts[1]), value.isFinite else {
                    throw ValidationError("--measure takes NAME=NUMBER, such as LLegLength=880; not “\(text)”.")
                }
                values[String(parts[0])] = value
            }
            return values
        }

        private func readNorm() throws -> NormativeSet {
            guard let norm else { return .twelveChildren }
            let bytes = try GaitFiles.bytes(norm)
            let name = URL(fileURLWithPath: norm).lastPathComponent
            do {
                return try NormativeSet(csv: String(decoding: bytes, as: UTF8.self), fileName: name)
            } catch {
                throw GaitFiles.refusal(norm, error.description)
            }
        }

        private func read(_ path: String) throws -> Recording {
            let bytes = try GaitFiles.bytes(path)
            do {
                return try GaitAnalysis.read(bytes, fileName: path)
            } catch {
                throw GaitFiles.refusal(path, error.description)
            }
        }

        private func say(_ line: String) { GaitFiles.say(line) }

        /// A bar of twenty cells where several files are read.
        private func progress(_ done: Int) {
            guard files.count > 1 else { return }
            let filled = 20 * done / files.count
            say(
                "[\(String(repeating: "█", count: filled))\(String(repeating: "·", count: 20 - filled))] "
                    + "\(done) of \(files.count)")
        }
    }

    /// `fascia gait strip`: a recording without its subjects' names.
    struct Strip: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a C3D file again without its subjects' names; every number stays as it is.")

        @Argument(help: "The recording.", completion: .file(extensions: ["c3d"]))
        var file: String

        @Option(help: "Where to write it.", completion: .file(extensions: ["c3d"]))
        var out: String

        func run() throws {
            let bytes = try GaitFiles.bytes(file)
            do {
                try GaitFiles.write(Data(try C3D.withoutNames(bytes)), to: out)
            } catch let error as RecordingError {
                throw GaitFiles.refusal(file, error.description)
            }
        }
    }
}

/// Reading and writing for the gait commands, with refusals in words.
enum GaitFiles {
    static func bytes(_ path: String) throws -> [UInt8] {
        do {
            // Piece by piece into one array: a recording of 100 MB is never in memory twice.
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(Int(clamping: try file.seekToEnd()))
            try file.seek(toOffset: 0)
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { bytes.append(contentsOf: piece) }
            return bytes
        } catch {
            throw refusal(path, "The file cannot be opened. Check its name and that you may read it.")
        }
    }

    /// Lays the forces of a MOT or STO file under a walk.
    static func add(forces path: String, to recording: inout Recording) throws {
        let bytes = try bytes(path)
        do {
            try recording.addForces(of: StorageTable.read(bytes))
        } catch {
            throw refusal(path, error.description)
        }
    }

    static func write(_ data: Data, to path: String) throws {
        do {
            try ResultFile.write(data, to: path)
        } catch {
            throw refusal(path, "The result cannot be written there. Check the folder.")
        }
    }

    static func refusal(_ path: String, _ sentence: String) -> ExitCode {
        say("\(path): \(sentence)")
        return .failure
    }

    /// Progress and errors; standard output is for the result alone.
    static func say(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
    }
}

/// Where `fascia gait analyze` takes a walk's events from.
enum EventChoice: String, ExpressibleByArgument, CaseIterable {
    case stored, detected
}

/// How `fascia gait analyze` places the hip's centre.
enum HipCentreChoice: String, ExpressibleByArgument, CaseIterable {
    case davis, harrington
}

/// In which order `fascia gait analyze` turns the pelvis.
enum PelvisOrderChoice: String, ExpressibleByArgument, CaseIterable {
    case tiltObliquityRotation = "tilt-obliquity-rotation"
    case rotationObliquityTilt = "rotation-obliquity-tilt"
}
