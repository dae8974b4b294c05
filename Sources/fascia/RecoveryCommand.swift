// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Recovery

/// `fascia recovery`: the rules that notice when a treatment is not working, without a server.
struct RecoveryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery", abstract: "Alarms of a recovery that does not come.",
        subcommands: [Assess.self])

    /// `fascia recovery assess`: an episode history to its alarms.
    struct Assess: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assess", abstract: "Alarms of an episode history, as a table or as fascia.alarms/1 JSON.",
            discussion: """
                HISTORY is fascia.history/1 JSON. Dates are ISO 8601; what is dated later than "now" is not looked at.

                  {"schema":"fascia.history/1","now":"2026-03-01",
                   "episode":{"kind":"muscle|back|other","region":"thigh",
                     "onset":"2026-01-30","opened":"2026-02-01" (optional),
                     "diagnosis":[{"at":"2026-02-01",
                     "text":"…","status":"provisional|confirmed|refuted"}]},
                   "entries":[{"at":"2026-02-01","kind":"score",
                     "measure":"nrs","value":6}, …]}

                kind of entry, and its further fields:

                  score        measure (nrs, psfs, grc, peg, rmdq, odi, lefs, …),
                               value
                  flag         answer (yes, no, notAsked), flag (caudaEquina,
                               progressiveDeficit, aneurysm, infection, fracture,
                               malignancy, inflammatory, compartment, thrombosis,
                               extensorMechanism, radicularPain)
                  tearSigns    palpableGap, defectOpensOnContraction, pop, bruising,
                               cannotBearWeight, motionLoss (yes, no, notAsked),
                               strengthGrade (0 to 5 or null),
                               girthDifferenceCentimetres (number or null)
                  visit        treatment (acupuncture, exercise, manual, other)
                  missedVisit
                  imaging      modality (ultrasound, mri, other), result (date or
                               null), expectedDays (number or null)
                  referral     result (date or null)
                  disposition  rule (A1 to A19), what (imagingOrdered, referred,
                               reexaminedAndChanged, justifiedWait,
                               patientDeclined, ruleWrong), until (date or null)

                A mistake ends with 65 and names the line and the field. docs/recovery.md describes every field, the \
                rules and the result.
                """)

        @Argument(
            help: "The episode history, fascia.history/1 JSON; - is standard input.",
            completion: .file(extensions: ["json"]))
        var history: String

        @Option(help: ArgumentHelp("Assess on this day instead of the document's now.", valueName: "YYYY-MM-DD"))
        var now: String?

        @Option(help: "Write fascia.alarms/1 JSON to this file; - is standard output.")
        var json: String?

        func validate() throws {
            if let now, Day(iso: now) == nil { throw ValidationError("--now is a date like 2026-03-01.") }
        }

        func run() throws {
            let bytes = try read()
            var document: HistoryDocument
            do throws(DocumentError) {
                document = try HistoryDocument(reading: bytes)
            } catch {
                say("\(history == "-" ? "standard input" : history): \(error)")
                throw ExitCode(65)
            }
            if let now, let day = Day(iso: now) { document.now = day }
            let result = AlarmsDocument(document)
            guard let json else {
                try FileHandle.standardOutput.write(contentsOf: RecoveryTable.text(result, on: document.now))
                return
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let answer = try encoder.encode(result) + [10]
            do {
                try ResultFile.write(Data(answer), to: json)
            } catch {
                say("\(json): The result cannot be written there. Check the folder.")
                throw ExitCode.failure
            }
        }

        /// The document's bytes; a file that cannot be read ends with 66.
        private func read() throws -> [UInt8] {
            if history == "-" { return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data()) }
            do {
                return [UInt8](try Data(contentsOf: URL(fileURLWithPath: history)))
            } catch {
                say("\(history): The file cannot be read. Check the name and whether you may read it.")
                throw ExitCode(66)
            }
        }

        private func say(_ line: String) {
            try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
        }
    }
}

/// Alarms for people.
enum RecoveryTable {
    static func text(_ result: AlarmsDocument, on now: Day) -> Data {
        var lines = ["On \(now): \(words(result.status))"]
        if result.alarms.isEmpty { lines.append("No alarm.") }
        for alarm in result.alarms {
            lines.append("")
            lines.append(
                "\(pad(alarm.rule, 4))\(pad(words(alarm.level), 14))fired \(alarm.firedOn)   due \(alarm.dueOn)   "
                    + (alarm.isOpen ? "open" : "answered")
                    + (alarm.owner == .clinicLead ? "   overdue: clinic lead" : ""))
            lines.append("    \(alarm.says)")
            lines += alarm.inputs.map { "    \($0.at)  \($0.what)" }
            if !alarm.missing.isEmpty { lines.append("    not available: \(alarm.missing.joined(separator: ", "))") }
            lines.append("    because: \(alarm.threshold)")
            lines.append("    source: \(alarm.source)")
            if alarm.isOpen { lines += alarm.options.map { "    ▸ \($0.text)" } }
        }
        if !result.obstacles.isEmpty {
            lines.append("")
            lines.append("The diagnosis cannot be signed yet:")
            lines += result.obstacles.map { "    \($0.words)" }
        }
        return Data((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func words(_ status: RecoveryStatus) -> String {
        switch status {
        case .recovered: "recovered"
        case .improved: "improved"
        case .partial: "partly improved"
        case .notImproved: "not improved"
        case .worse: "worse"
        case .unknown: "unknown (which never counts as improved)"
        }
    }

    private static func words(_ level: AlarmLevel) -> String {
        switch level {
        case .info: "info"
        case .amber: "amber"
        case .red: "RED"
        case .redSameDay: "RED today"
        case .redEmergency: "RED emergency"
        }
    }
}
