// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gait

/// Real recordings beside the project; tests that need them are skipped by name where they are absent.
enum SharedRecordings {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared/data/gait").standardizedFileURL
    static let arePresent = FileManager.default.fileExists(atPath: folder.appendingPathComponent("SOURCE.md").path)
    static let trials = ["adult_pig", "child_pig", "children_ofm_a", "children_ofm_b", "clinic_kad"]

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
    }

    static func walk(_ trial: String) throws -> Recording { try C3D.read(bytes("trials/\(trial)/walk.c3d")) }

    /// The rows of a comma-separated file without its head.
    static func table(_ path: String) throws -> [[String]] {
        String(decoding: try bytes(path), as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    /// The vendor's events, as the reference tables have them.
    static func vendorEvents(_ trial: String) throws -> [GaitEvent] {
        try table("reference/\(trial)/events.csv").compactMap { row in
            guard row.count >= 3, let time = Double(row[2]) else { return nil }
            return GaitEvent(
                side: row[0] == "L" ? .left : .right, kind: row[1] == "strike" ? .footStrike : .footOff,
                timeSeconds: time, source: .file)
        }
    }
}

/// A small generator whose runs can be repeated from their seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
