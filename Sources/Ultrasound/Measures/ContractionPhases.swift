// SPDX-License-Identifier: Apache-2.0

/// When a muscle contracted, from a signal of its motion: a separation, a displacement, a length in each frame.
///
///     let phases = ContractionPhases(of: separation.perFrame, times: loop.times)
///     phases?.frame(at: 1)        // the frame of the peak
///
/// Two loops are shown side by side by phase: 0 at the onset, 1 at the peak, 2 at the return to rest; `phase(at:)` and
/// `frame(at:)` go between frames and phases.
///
/// Method: rest is the median of the tenth of frames that move least; the peak is the frame furthest from it after a
/// running median of five; onset and return are where the signal crosses a fifth of that distance. A signal whose
/// greatest change is less than six times its frame-to-frame noise has no contraction, and neither has one that is
/// furthest from rest in its first frame: its beginning was not seen.
public struct ContractionPhases: Hashable, Sendable {
    /// The last frame at rest before the contraction.
    public let onsetFrame: Int
    /// The frame furthest from rest.
    public let peakFrame: Int
    /// The first frame at rest after it; the last frame when the loop ends before.
    public let returnFrame: Int
    /// The loop ends before the muscle is back at rest.
    public let endsContracted: Bool
    /// The signal's value at rest.
    public let restValue: Double
    /// The signal's value at the peak.
    public let peakValue: Double

    private let times: [Double]

    /// The phases, or nothing when there is no contraction in the signal.
    ///
    /// - Parameters:
    ///   - signal: one number a frame; a frame without one (not a number) takes its neighbour's.
    ///   - times: seconds, rising, as many as `signal`.
    public init?(of signal: [Double], times: [Double]) {
        guard signal.count >= 8, times.count == signal.count else { return nil }
        var filled = signal
        for index in filled.indices.dropFirst() where !filled[index].isFinite { filled[index] = filled[index - 1] }
        for index in filled.indices.dropLast().reversed() where !filled[index].isFinite {
            filled[index] = filled[index + 1]
        }
        guard filled.allSatisfy(\.isFinite) else { return nil }
        let smooth = filled.indices.map { index in
            Self.median(Array(filled[max(0, index - 2)...min(filled.count - 1, index + 2)]))
        }
        let steps = zip(smooth, smooth.dropFirst()).map { abs($1 - $0) }
        let noise = Self.median(zip(filled, smooth).map { abs($0 - $1) }) * 1.4826
        // The beginning counts as rest if it is as still as anything; else the stillest frames do.
        let opening = Self.median(Array(smooth.prefix(max(3, smooth.count / 20))))
        let stillest = steps.indices.sorted { (steps[$0], $0) < (steps[$1], $1) }.prefix(max(3, steps.count / 10))
        let still = Self.median(stillest.map { smooth[$0] })
        let spread = (smooth.max() ?? 0) - (smooth.min() ?? 0)
        let rest = abs(opening - still) < 0.5 * spread || stillest.contains { $0 < smooth.count / 10 } ? opening : still
        guard let peak = smooth.indices.max(by: { abs(smooth[$0] - rest) < abs(smooth[$1] - rest) }) else { return nil }
        let height = abs(smooth[peak] - rest)
        guard peak > 0, height > 6 * noise, height > 0, height > 0.5 * spread else { return nil }
        func isAtRest(_ index: Int) -> Bool { abs(smooth[index] - rest) < 0.2 * height }
        onsetFrame = (0..<peak).last(where: isAtRest) ?? 0
        let back = (peak..<smooth.count).first(where: isAtRest)
        returnFrame = back ?? smooth.count - 1
        endsContracted = back == nil
        peakFrame = peak
        restValue = rest
        peakValue = filled[peak]
        self.times = times
    }

    /// The phase of a frame: below 0 before the onset, 0…1 contracting, 1…2 relaxing, above 2 after.
    public func phase(at frame: Int) -> Double {
        let time = times[min(max(frame, 0), times.count - 1)]
        let (onset, peak, back) = (times[onsetFrame], times[peakFrame], times[returnFrame])
        func part(_ from: Double, _ to: Double) -> Double { to > from ? (time - from) / (to - from) : 0 }
        return time <= peak ? part(onset, peak) : 1 + (back > peak ? part(peak, back) : time - peak)
    }

    /// The frame nearest to a phase: for showing another loop at the same moment of its contraction.
    public func frame(at phase: Double) -> Int {
        guard phase.isFinite else { return peakFrame }
        return times.indices.min { abs(self.phase(at: $0) - phase) < abs(self.phase(at: $1) - phase) } ?? peakFrame
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted.count % 2 == 1
            ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
    }
}
