// SPDX-License-Identifier: Apache-2.0

/// The floor's push on a foot: force in newtons, and moment about the laboratory's origin in newton millimetres.
struct Wrench: Hashable, Sendable {
    var force = Vector3.zero
    var moment = Vector3.zero
}

extension ForcePlate {
    /// The push of this plate on what stands on it, once a frame, as the mean of the analogue samples around the frame
    /// (half a frame to either side, both ends included; equal to what Vicon Nexus stores to 0.01 N).
    ///
    /// The corners must be in axes with z up. Empty where channels are missing.
    func wrenches(in recording: Recording) -> [Wrench] {
        guard corners.count == 4, recording.analogSamplesPerFrame > 0 else { return [] }
        let x = (corners[0] + corners[3] - corners[1] - corners[2]).direction
        let y = (corners[0] + corners[1] - corners[2] - corners[3]).perpendicular(to: x).direction
        let axes = Axes(x: x, y: y, z: x.cross(y))
        guard axes.z.isSeen else { return [] }
        let centre = corners.reduce(.zero, +) * 0.25
        let signals = channels.map { frameMeans(ofChannel: $0, in: recording) }
        guard signals.count >= (type == 3 ? 8 : 6), signals.allSatisfy({ !$0.isEmpty }) else { return [] }
        var result = (0..<recording.frameCount).map { frame -> Wrench in
            let (force, moment) = local(signals.map { $0[frame] })
            let push = axes.laboratory(force)
            return Wrench(force: push, moment: axes.laboratory(moment) + centre.cross(push))
        }
        // Files disagree about the sign: whoever stands on a plate is pushed up.
        let most = result.map(\.force.z).max() ?? 0
        let least = result.map(\.force.z).min() ?? 0
        if -least > most {
            result = result.map { Wrench(force: $0.force * -1, moment: $0.moment * -1) }
        }
        return result
    }

    /// Force and moment about the centre of the plate's surface, in the plate's axes.
    private func local(_ s: [Double]) -> (force: Vector3, moment: Vector3) {
        switch type {
        case 1:
            // Channels: force, place of the push, free moment.
            let force = Vector3(s[0], s[1], s[2])
            return (force, Vector3(s[3], s[4], 0).cross(force) + Vector3(0, 0, s[5] * momentUnit))
        case 3:
            let force = Vector3(s[0] + s[1], s[2] + s[3], s[4] + s[5] + s[6] + s[7])
            let (a, b) = (abs(origin.x), abs(origin.y))
            let moment = Vector3(
                b * (s[4] + s[5] - s[6] - s[7]), a * (-s[4] + s[5] + s[6] - s[7]),
                b * (-s[0] + s[1]) + a * (s[2] - s[3]))
            return (force, moment + Vector3(0, 0, abs(origin.z)).cross(force))
        default:
            var values = s
            if type == 4, calibration.count >= 36 {
                values = (0..<6).map { row in (0..<6).reduce(0) { $0 + calibration[row + 6 * $1] * s[$1] } }
            }
            let force = Vector3(values[0], values[1], values[2])
            let moment = Vector3(values[3], values[4], values[5]) * (type == 4 ? 1 : momentUnit)
            // The sensor lies below the surface; in the plate's axes, whose z points down, that is positive. Many files
            // have the sign wrong.
            return (force, moment + Vector3(origin.x, origin.y, abs(origin.z)).cross(force))
        }
    }

    private func frameMeans(ofChannel channel: Int, in recording: Recording) -> [Double] {
        let values = recording.analogChannel(channel)
        let perFrame = recording.analogSamplesPerFrame
        guard values.count >= recording.frameCount * perFrame, !values.isEmpty else { return [] }
        var baseline = 0.0
        if let frames = unloadedFrames {
            let first = max(0, min(frames.lowerBound, recording.frameCount)) * perFrame
            let last = min(values.count, (max(0, min(frames.upperBound, recording.frameCount)) + 1) * perFrame)
            if first < last { baseline = values[first..<last].reduce(0) { $0 + Double($1) } / Double(last - first) }
        }
        let half = perFrame / 2
        return (0..<recording.frameCount).map { frame in
            let first = max(0, frame * perFrame - half)
            let last = min(values.count - 1, frame * perFrame + half)
            var sum = 0.0
            for index in first...last { sum += Double(values[index]) }
            let mean = sum / Double(last - first + 1) - baseline
            return mean.isFinite ? mean : 0
        }
    }
}
