// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Ultrasound

@testable import Imaging

/// Real pictures with the readings of three observers (van der Zee & Kuo 2022), where the folder is there.
enum Observed {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/ultrasound").path

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder + "/SOURCE.md") }

    struct Reading {
        let angle: Double
        let superficial: Double
        let deep: Double
        let thickness: Double
    }

    /// Picture to readings.
    static func readings(_ dataset: String) throws -> [(picture: String, readings: [Reading])] {
        let lines = try String(contentsOfFile: "\(folder)/\(dataset)/observers.csv", encoding: .utf8)
            .split(whereSeparator: \.isNewline).dropFirst()
        let rows = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return Dictionary(grouping: rows, by: { $0[0] }).sorted { $0.key < $1.key }
            .filter { FileManager.default.fileExists(atPath: "\(folder)/\(dataset)/\($0.key)") }
            .map { picture, rows in
                (
                    "\(folder)/\(dataset)/\(picture)",
                    rows.compactMap { row in
                        guard let angle = Double(row[2]), let above = Double(row[4]), let below = Double(row[5]),
                            let thickness = Double(row[6])
                        else { return nil }
                        return Reading(angle: angle, superficial: above, deep: below, thickness: thickness)
                    }
                )
            }
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

@Suite("Automatic thickness against observers")
struct ObserverTests {
    @Test(
        "The median error is not larger than the observers' own mean pairwise difference",
        .enabled(if: Observed.isThere, "needs ../shared/data/ultrasound"),
        arguments: ["gastrocnemius_jump", "vastus_lateralis"])
    func thickness(dataset: String) throws {
        let pictures = try Observed.readings(dataset)
        try #require(pictures.count > 20)
        var errors: [Double] = []
        var above: [Double] = []
        var below: [Double] = []
        var between: [Double] = []
        var angles: [Double] = []
        for (picture, readings) in pictures {
            let image = try PNG.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: picture))), limits: .command)
            for one in readings.indices {
                for other in readings.indices where other < one {
                    between.append(abs(readings[one].thickness - readings[other].thickness))
                }
            }
            guard let borders = MuscleBorders(in: image) else {
                errors.append(.infinity)
                continue
            }
            func mean(_ part: (Observed.Reading) -> Double) -> Double {
                readings.reduce(0) { $0 + part($1) } / Double(readings.count)
            }
            // Their sheets hold the rows of both borders at the left edge of the tissue (lines through the rows at the
            // middle miss the aponeuroses in every tilted picture), so that is where we compare.
            let left = Double(borders.area.columns.lowerBound)
            errors.append(abs(borders.thickness(at: left, spacing: nil).pixels - mean(\.thickness)))
            above.append(borders.superficial.row(at: left) - mean(\.superficial))
            below.append(borders.deep.row(at: left) - mean(\.deep))
            if let fascicles = FascicleGeometry(in: image, between: borders, spacing: nil) {
                angles.append(fascicles.angleDegrees - mean(\.angle))
            }
            #expect(borders.fasciclesRiseToTheRight, "\(picture)")
        }
        let bar = between.reduce(0, +) / Double(between.count)
        let found =
            "median error \(median(errors)), observers \(bar), above \(median(above)), below \(median(below)); "
            + "beyond 15 px \(errors.filter { $0 > 15 }.count) of \(errors.count); "
            + "angle \(median(angles)) abs \(median(angles.map(abs))) of \(angles.count)"
        #expect(median(errors) <= bar, "\(found)")
        try? FileHandle.standardError.write(contentsOf: Data("\(dataset): \(found)\n".utf8))
    }
}
