// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A second-order Butterworth low-pass run forwards and backwards: no delay, fourth order in sum.
///
/// Its corner is corrected for the two passes (Winter, Biomechanics and Motor Control of Human Movement, §2.3).
struct LowPassFilter {
    private let a0: Double
    private let a1: Double
    private let a2: Double
    private let b1: Double
    private let b2: Double
    private let padding: Int

    init(cutOffHertz: Double, rate: Double) {
        // A corner at or above half the rate would not be a low-pass; slow recordings are filtered at 0.45 of that.
        let corner = min(cutOffHertz, 0.225 * rate)
        let correction = pow(2.0.squareRoot() - 1, 0.25)
        let omega = tan(Double.pi * corner / rate) / correction
        let k1 = 2.0.squareRoot() * omega
        let k2 = omega * omega
        a0 = k2 / (1 + k1 + k2)
        a1 = 2 * a0
        a2 = a0
        b1 = -2 * a0 + 2 * a0 / k2
        b2 = 1 - 2 * a0 - 2 * a0 / k2
        padding = Int(min(rate, 10_000) / 2)
    }

    /// The series smoothed; its ends are continued by point reflection so that they are not pulled to zero.
    func smoothed(_ series: [Double]) -> [Double] {
        guard series.count > 3, let first = series.first, let last = series.last else { return series }
        let padding = min(padding, series.count - 1)
        var extended: [Double] = []
        extended.reserveCapacity(series.count + 2 * padding)
        for index in Swift.stride(from: padding, to: 0, by: -1) { extended.append(2 * first - series[index]) }
        extended += series
        for index in 1..<(padding + 1) { extended.append(2 * last - series[series.count - 1 - index]) }
        let both = Array(onePass(Array(onePass(extended).reversed())).reversed())
        return Array(both[padding..<(padding + series.count)])
    }

    private func onePass(_ input: [Double]) -> [Double] {
        var output = input
        for index in 2..<input.count {
            let recent = a0 * input[index] + a1 * input[index - 1] + a2 * input[index - 2]
            output[index] = recent + b1 * output[index - 1] + b2 * output[index - 2]
        }
        return output
    }

    /// A path smoothed. Gaps of up to `longestGap` frames are bridged by straight lines first, longer ones stay.
    func smoothed(_ path: Path, longestGap: Int) -> Path {
        let bridged = Self.bridged(path, longestGap: longestGap)
        var result = bridged
        var start = 0
        while start < bridged.count {
            guard bridged[start] != nil else {
                start += 1
                continue
            }
            var end = start
            while end < bridged.count, bridged[end] != nil { end += 1 }
            let places = bridged[start..<end].compactMap { $0 }
            let x = smoothed(places.map(\.x))
            let y = smoothed(places.map(\.y))
            let z = smoothed(places.map(\.z))
            for index in places.indices { result[start + index] = Vector3(x[index], y[index], z[index]) }
            start = end
        }
        return result
    }

    private static func bridged(_ path: Path, longestGap: Int) -> Path {
        var path = path
        var lastSeen: Int?
        for frame in path.indices {
            guard let place = path[frame] else { continue }
            if let before = lastSeen, frame - before > 1, frame - before - 1 <= longestGap, let from = path[before] {
                for missing in (before + 1)..<frame {
                    let part = Double(missing - before) / Double(frame - before)
                    path[missing] = from + (place - from) * part
                }
            }
            lastSeen = frame
        }
        return path
    }
}
