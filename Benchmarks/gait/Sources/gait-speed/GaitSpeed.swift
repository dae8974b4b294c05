// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gait

/// `gait-speed WALK STATIC MARKER-DIAMETER`: milliseconds of processor time, best of several rounds, as JSON: reading the walk, its whole
/// analysis, the analysis a frame, and the report of a visit of this standing trial and six such walks, from bytes to HTML.
@main
struct GaitSpeed {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let diameter = Double(arguments[3]) else {
            throw Usage()
        }
        let walk = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[1])))
        let standing = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[2])))
        let options = AnalysisOptions(markerDiameterMillimetres: diameter)
        let trial = try C3D.read(walk)
        let still = try C3D.read(standing)
        let read = try best { _ = try C3D.read(walk) }
        let analysis = best {
            _ = GaitAnalysis(of: trial, staticTrial: still, fileName: "walk.c3d", options: options)
        }
        let visit = try best {
            let standing = try C3D.read(standing)
            let walks = try (1...6).map { number in
                GaitAnalysis(
                    of: try C3D.read(walk), staticTrial: standing, fileName: "walk-\(number).c3d", options: options)
            }
            _ = GaitReport(VisitAnalysis(walks, standing: "static.c3d", options: options), version: "").html.utf8.count
        }
        print(
            """
            {"frames": \(trial.frameCount), "readMilliseconds": \(read), "analysisMilliseconds": \(analysis), \
            "analysisMillisecondsAFrame": \(analysis / Double(trial.frameCount)), "visitMilliseconds": \(visit)}
            """)
    }

    struct Usage: Error, CustomStringConvertible {
        let description = "usage: gait-speed WALK STATIC MARKER-DIAMETER"
    }

    /// Processor time, so that what else the machine does is not counted; all of it is on one thread.
    private static func best(_ work: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<15 {
            let begun = processorMilliseconds()
            try work()
            best = min(best, processorMilliseconds() - begun)
        }
        return best
    }

    private static func processorMilliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }
}
