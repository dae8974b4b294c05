// SPDX-License-Identifier: Apache-2.0

/// A variable over the strides of one foot: each stride on 51 points (0, 2 … 100 per cent), their mean and deviation.
public struct StrideCurves: Hashable, Sendable, Codable {
    /// Each complete stride's 51 values.
    public var strides: [[Double]]
    /// The mean over the strides.
    public var mean: [Double]
    /// The standard deviation between the strides (n − 1); empty for one stride.
    public var deviation: [Double]

    /// The curves of a signal with one value per frame; nil where no stride is complete.
    ///
    /// Between frames values are interpolated linearly at (time · rate − (firstFrame − 1)).
    public init?(_ values: [Double?], strides: [Stride], side: Side, pointRate: Double, firstFrame: Int) {
        let points = NormativeSet.pointCount
        self.strides = strides.filter { $0.side == side }.compactMap { stride in
            let start = stride.startSeconds * pointRate - Double(firstFrame - 1)
            let end = stride.endSeconds * pointRate - Double(firstFrame - 1)
            var curve: [Double] = []
            for point in 0..<points {
                let frame = start + (end - start) * Double(point) / Double(points - 1)
                guard let value = Self.value(values, frame) else { return nil }
                curve.append(value)
            }
            return curve
        }
        guard !self.strides.isEmpty else { return nil }
        let count = Double(self.strides.count)
        let all = self.strides
        mean = (0..<points).map { point in all.reduce(0) { $0 + $1[point] } / count }
        let mean = mean
        deviation =
            count < 2
            ? []
            : (0..<points).map { point in
                (all.reduce(0) { $0 + ($1[point] - mean[point]) * ($1[point] - mean[point]) } / (count - 1))
                    .squareRoot()
            }
    }

    private static func value(_ values: [Double?], _ frame: Double) -> Double? {
        let below = (frame + 1e-9).rounded(.down)
        guard below >= 0, let index = Int(exactly: below), index < values.count, let first = values[index] else {
            return nil
        }
        let part = frame - below
        guard part > 1e-6 else { return first }
        guard index + 1 < values.count, let second = values[index + 1] else { return nil }
        return first + (second - first) * part
    }
}
