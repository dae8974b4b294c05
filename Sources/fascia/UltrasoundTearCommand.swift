// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Imaging
import Ultrasound

/// `fascia ultrasound find-tear`: places where tissue moves apart on contraction, without a mark.
struct UltrasoundTearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find-tear",
        abstract: "Look for a place where neighbouring tissue moves apart; fascia.tear/1 JSON or a table.",
        discussion: """
            Most loops have none, and then none is reported. What is found is a measurement to look at, not a diagnosis: \
            a probe that tilts can hide a gap or make one, so have the contraction repeated.
            """)

    @OptionGroup var source: UltrasoundLoopOptions

    @Option(help: "Openings smaller than this many millimetres are not reported.")
    var leastOpening = 1.2

    @Option(help: "Write fascia.tear/1 JSON to this file; - is standard output.")
    var json: String?

    @Flag(help: "Use one core only.")
    var oneThread = false

    func validate() throws {
        guard leastOpening.isFinite, leastOpening > 0 else { throw ValidationError("--least-opening is above 0.") }
    }

    func run() throws {
        let loaded = try source.read()
        var finder = TearFinder()
        finder.leastMillimetres = leastOpening
        finder.isParallel = !oneThread
        let bar = ProgressBar("tear")
        let candidates: [TearCandidate]
        do {
            candidates = try finder.find(in: loaded.loop) { bar.show($0, of: $1) }
        } catch {
            throw UltrasoundLoopOptions.refusal(source.loop, "The picture is too small to look for a tear in.")
        }
        let document = TearDocument(
            candidates, loop: loaded.loop, notes: loaded.warnings.map { LoopNote(code: $0.code, message: $0.message) })
        if let json {
            try UltrasoundResult.write(document, to: json)
        } else {
            try UltrasoundResult.write(UltrasoundResult.table(candidates, loaded.loop), to: "-")
        }
    }
}
