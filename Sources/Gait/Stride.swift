// SPDX-License-Identifier: Apache-2.0

/// One stride: from a foot's strike to its next one, with what happens between. All lengths in metres, times in seconds.
///
/// Times follow the field's definitions and agree with Vicon Nexus exactly, given the same events. Lengths are those of
/// the toe marker at the strikes (on a treadmill as seen from its belt), along the stride's own line, as Nexus measures them (checked to 0.1 mm); the heel, then
/// the ankle marker stands in where it is missing. Only step width is taken between the heels (Huxham et al. 2006, Gait &
/// Posture 23:159), where both are there: between the toes it would grow with turned-out feet.
public struct Stride: Hashable, Sendable {
    /// Whose.
    public var side: Side
    /// The strike that begins it.
    public var startSeconds: Double
    /// The next strike of the same foot.
    public var endSeconds: Double
    /// When this foot leaves the floor.
    public var footOffSeconds: Double?
    /// When the other foot strikes.
    public var oppositeFootStrikeSeconds: Double?
    /// When the other foot leaves the floor.
    public var oppositeFootOffSeconds: Double?
    /// Horizontal travel of the foot.
    public var strideLengthMetres: Double?
    /// How far this foot lands ahead of the other, along the stride's line.
    public var stepLengthMetres: Double?
    /// How far the other heel's strike is from this heel's line.
    public var stepWidthMetres: Double?

    /// Strike to strike of the same foot.
    public var strideTimeSeconds: Double { endSeconds - startSeconds }
    /// The other foot's strike to this foot's.
    public var stepTimeSeconds: Double? { oppositeFootStrikeSeconds.map { endSeconds - $0 } }
    /// Strike to off.
    public var stanceTimeSeconds: Double? { footOffSeconds.map { $0 - startSeconds } }
    /// Off to strike.
    public var swingTimeSeconds: Double? { footOffSeconds.map { endSeconds - $0 } }
    /// The off, in per cent of the stride.
    public var footOffPercent: Double? { stanceTimeSeconds.map { 100 * $0 / strideTimeSeconds } }
    /// The time in which only this foot is on the floor.
    public var singleSupportSeconds: Double? {
        guard let oppositeFootStrikeSeconds, let oppositeFootOffSeconds else { return nil }
        return oppositeFootStrikeSeconds - oppositeFootOffSeconds
    }
    /// The time in which both feet are on the floor, at both ends of this foot's stance.
    public var doubleSupportSeconds: Double? {
        guard let oppositeFootStrikeSeconds, let oppositeFootOffSeconds, let footOffSeconds else { return nil }
        return (oppositeFootOffSeconds - startSeconds) + (footOffSeconds - oppositeFootStrikeSeconds)
    }
    /// Two steps a stride.
    public var cadenceStepsPerMinute: Double { 120 / strideTimeSeconds }
    /// Stride length over stride time.
    public var speedMetresPerSecond: Double? { strideLengthMetres.map { $0 / strideTimeSeconds } }
}

extension Stride {
    /// Longer than this between two strikes, somebody stood still or an event is missing.
    static let longestSeconds = 4.0

    /// All strides of a trial by time. Two strikes with two strikes of the other foot between them are no stride: one
    /// of this foot's is missing.
    static func all(
        in events: [GaitEvent], recording: Recording, markers: WalkMarkers
    ) -> (strides: [Stride], belt: Belt?) {
        var strides: [Stride] = []
        for side in Side.allCases {
            let strikes = times(events, side, .footStrike)
            for (start, end) in zip(strikes, strikes.dropFirst()) {
                guard end - start > 0.2, end - start < longestSeconds else { continue }
                let oppositeStrikes = times(events, side.opposite, .footStrike).filter { $0 > start && $0 < end }
                guard oppositeStrikes.count <= 1 else { continue }
                var stride = Stride(side: side, startSeconds: start, endSeconds: end)
                stride.oppositeFootStrikeSeconds = oppositeStrikes.first
                stride.footOffSeconds = only(times(events, side, .footOff).filter { $0 > start && $0 < end })
                let limit = oppositeStrikes.first ?? end
                stride.oppositeFootOffSeconds = only(
                    times(events, side.opposite, .footOff).filter { $0 > start && $0 < limit })
                strides.append(stride)
            }
        }
        var measure = LengthMeasure(recording, markers)
        measure.belt = Belt.under(strides, recording, paths: measure.lengths)
        for index in strides.indices { measure.measure(&strides[index]) }
        return (
            strides.sorted { ($0.startSeconds, $0.side.rawValue) < ($1.startSeconds, $1.side.rawValue) }, measure.belt
        )
    }

    private static func times(_ events: [GaitEvent], _ side: Side, _ kind: GaitEvent.Kind) -> [Double] {
        events.filter { $0.side == side && $0.kind == kind }.map(\.timeSeconds).sorted()
    }

    private static func only(_ times: [Double]) -> Double? { times.count == 1 ? times[0] : nil }
}

/// Measures lengths at strikes by one kind of marker for both feet.
private struct LengthMeasure {
    let recording: Recording
    /// What lengths are measured between, and what step width.
    let lengths: [Side: Path]
    /// On a treadmill.
    var belt: Belt?
    private let widths: [Side: Path]

    init(_ recording: Recording, _ markers: WalkMarkers) {
        self.recording = recording
        func first(of choices: [(WalkMarkers.Foot) -> Path?]) -> [Side: Path] {
            for choice in choices {
                if let left = markers.feet[.left].flatMap(choice), let right = markers.feet[.right].flatMap(choice) {
                    return [.left: left, .right: right]
                }
            }
            return [:]
        }
        lengths = first(of: [{ $0.toe }, { $0.heel }, { $0.ankle }])
        widths = first(of: [{ $0.heel }, { $0.ankle }, { $0.toe }])
    }

    func measure(_ stride: inout Stride) {
        guard let start = place(lengths, stride.side, stride.startSeconds),
            let end = place(lengths, stride.side, stride.endSeconds)
        else { return }
        stride.strideLengthMetres = (end - start).length / 1000
        guard let along = (end - start).unit, let time = stride.oppositeFootStrikeSeconds,
            let other = place(lengths, stride.side.opposite, time)
        else { return }
        stride.stepLengthMetres = (end - other).dot(along) / 1000
        guard let from = place(widths, stride.side, stride.startSeconds),
            let to = place(widths, stride.side, stride.endSeconds), let line = (to - from).unit,
            let heel = place(widths, stride.side.opposite, time)
        else { return }
        stride.stepWidthMetres = abs((heel - from).dot(Vector3(-line.y, line.x, 0))) / 1000
    }

    private func place(_ paths: [Side: Path], _ side: Side, _ seconds: Double) -> Vector3? {
        let frame = seconds * recording.pointRate - Double(recording.firstFrame - 1)
        let last = Double(recording.frameCount - 1)
        // An event may lie a fraction of a frame outside of the trial.
        guard frame > -1, frame < last + 1 else { return nil }
        let place = paths[side]?.place(atFrame: max(0, min(last, frame)))?.horizontal
        return place.map { $0 - (belt?.velocity ?? .zero) * seconds }
    }
}
