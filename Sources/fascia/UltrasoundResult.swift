// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Ultrasound

/// Where the results of the ultrasound commands go, and how people read them.
enum UltrasoundResult {
    /// Writes a document as JSON.
    static func write(_ document: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try write(try encoder.encode(document) + [10], to: path)
    }

    /// Writes bytes to a file, or to standard output for -.
    static func write(_ data: Data, to path: String) throws {
        do {
            try ResultFile.write(data, to: path)
        } catch {
            throw UltrasoundLoopOptions.refusal(path, "The result cannot be written there. Check the folder.")
        }
    }

    /// Points and their separation for people.
    static func table(_ tracks: [(name: String, track: PointTrack)], _ separation: Separation?) -> Data {
        var lines: [String] = []
        for (name, track) in tracks {
            guard let first = track.positions.first, let last = track.positions.last else { continue }
            let lost = track.lostFrames.count
            lines.append(
                "\(name)  (\(text(first.x)), \(text(first.y))) → (\(text(last.x)), \(text(last.y)))"
                    + (lost > 0 ? "  lost in \(lost) frames" : ""))
        }
        if let separation {
            let error = separation.error95[separation.maximumFrame]
            if let rest = separation.restMillimetres, let most = separation.maximumMillimetres,
                let opening = separation.openingMillimetres
            {
                lines.append("at rest   \(text(rest)) mm")
                lines.append("maximum   \(text(most)) ± \(text(error)) mm in frame \(separation.maximumFrame)")
                lines.append("opening   \(text(opening)) mm")
            } else {
                lines.append("at rest   \(text(separation.restPixels)) pixels")
                lines.append(
                    "maximum   \(text(separation.maximumPixels)) ± \(text(error)) pixels in frame \(separation.maximumFrame)"
                )
                lines.append("opening   \(text(separation.openingPixels)) pixels (no calibration)")
            }
        }
        return Data((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Candidates for people.
    static func table(_ candidates: [TearCandidate], _ loop: CineLoop) -> Data {
        guard !candidates.isEmpty else { return Data("No place was found where tissue moves apart.\n".utf8) }
        let lines = candidates.enumerated().map { index, tear in
            let opening = tear.openingMillimetres.map { "\(text($0)) mm" } ?? "\(text(tear.openingPixels)) pixels"
            return "\(index + 1)  at (\(text(tear.x)), \(text(tear.y)))  opens by \(opening) in frame \(tear.peakFrame)"
                + "  score \(text(tear.score))"
        }
        return Data((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func text(_ value: Double) -> String {
        value.isFinite ? String(format: "%.2f", value) : "?"
    }
}
