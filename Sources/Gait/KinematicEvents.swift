// SPDX-License-Identifier: Apache-2.0

/// Foot strikes and offs from the markers alone.
///
/// Each swing of a foot is found by the speed of its heel-toe middle; so events alternate, and turns do no harm.
/// - Strike: the first time after mid-swing that the heel is slower than 0.3 of the walking speed (after Ghoussayni
///   2004, with a threshold that scales with the walk).
/// - Off: the mean of two times before mid-swing: the toe furthest behind the pelvis (Zeni 2008) and the fastest rise of
///   the heel-toe middle (O'Connor 2007); the second alone where the pelvis was not seen.
///
/// On five trials with stored events (57 events): all found, no extras; mean absolute difference
/// 10 ms for strikes, 15 ms for offs (6.5 ms where a plate in the same trial corrects the rest).
struct KinematicEvents {
    static let cutOffHertz = 12.0
    static let strikeSpeedFraction = 0.3

    private let rate: Double
    private let startTime: Double
    private let pelvis: Path?
    private let filter: LowPassFilter
    private let longestGap: Int

    init(_ recording: Recording, _ markers: WalkMarkers) {
        rate = recording.pointRate
        startTime = recording.startTimeSeconds
        filter = LowPassFilter(cutOffHertz: Self.cutOffHertz, rate: rate)
        longestGap = Int(min(rate, 10_000) * 0.2)
        pelvis = markers.pelvis.map { [filter, longestGap] in filter.smoothed($0, longestGap: longestGap) }
    }

    /// The events of one foot; empty where its markers are missing or it does not walk.
    func events(_ side: Side, _ foot: WalkMarkers.Foot) -> [GaitEvent] {
        guard let rear = foot.heel ?? foot.ankle ?? foot.toe, let front = foot.toe ?? foot.ankle ?? foot.heel,
            rear.count > 4
        else { return [] }
        let heel = filter.smoothed(rear, longestGap: longestGap)
        let toe = filter.smoothed(front, longestGap: longestGap)
        let middle = zip(heel, toe).map { heel, toe -> Vector3? in
            guard let heel, let toe else { return nil }
            return (heel + toe) * 0.5
        }
        let middleVelocity = velocity(middle)
        let middleSpeed = middleVelocity.map { $0?.horizontal.length }
        let seen = middleSpeed.compactMap { $0 }.sorted()
        guard seen.count > 4 else { return [] }
        let top = seen[Int(0.95 * Double(seen.count - 1))]
        let walkingSpeed = seen.reduce(0, +) / Double(seen.count)
        // Millimetres a second: below this nobody is walking, but a standing foot sways.
        guard top > 500 else { return [] }

        let heelSpeed = velocity(heel).map { $0?.length }
        let threshold = Self.strikeSpeedFraction * walkingSpeed
        var events: [GaitEvent] = []
        let swings = swings(middleSpeed, top: top)
        if let strike = strikeBeforeFirstSwing(heelSpeed, threshold: threshold),
            !swings.contains(where: { Double($0.fastest) < strike })
        {
            events.append(event(side, .footStrike, strike))
        }
        for swing in swings {
            if let off = off(toe, middleVelocity, before: swing.fastest, after: swing.earliest) {
                events.append(event(side, .footOff, off))
            }
            if let strike = crossing(heelSpeed, below: threshold, from: swing.fastest) {
                events.append(event(side, .footStrike, strike))
            }
        }
        if let off = offAtTheEnd(toe, middleVelocity, middleSpeed, top: top, after: events.last) {
            events.append(event(side, .footOff, off))
        }
        return events
    }

    private func event(_ side: Side, _ kind: GaitEvent.Kind, _ frame: Double) -> GaitEvent {
        GaitEvent(side: side, kind: kind, timeSeconds: startTime + frame / rate, source: .kinematic)
    }

    private struct Swing {
        /// The frame of the greatest speed.
        var fastest: Int
        /// The off cannot be before this frame.
        var earliest: Int
    }

    /// Stretches above 0.4 of the top speed whose peak is above 0.6 of it.
    private func swings(_ speed: [Double?], top: Double) -> [Swing] {
        var swings: [Swing] = []
        var frame = 0
        var free = 0
        while frame < speed.count {
            guard let value = speed[frame], value > 0.4 * top else {
                frame += 1
                continue
            }
            var end = frame
            var fastest = frame
            while end < speed.count, let value = speed[end], value > 0.4 * top {
                if value > speed[fastest] ?? 0 { fastest = end }
                end += 1
            }
            if let peak = speed[fastest], peak > 0.6 * top {
                swings.append(Swing(fastest: fastest, earliest: max(free, fastest - Int(0.45 * rate))))
                free = end
            }
            frame = end
        }
        return swings
    }

    /// The time at which a speed falls below a threshold, between frames.
    private func crossing(_ speed: [Double?], below threshold: Double, from start: Int) -> Double? {
        var frame = start
        while frame + 1 < speed.count {
            guard let now = speed[frame], let next = speed[frame + 1] else { return nil }
            if next <= threshold, now > threshold { return Double(frame) + (now - threshold) / (now - next) }
            frame += 1
        }
        return nil
    }

    /// A trial may begin in the last tenth of a swing, too slow already to be seen as one.
    private func strikeBeforeFirstSwing(_ heel: [Double?], threshold: Double) -> Double? {
        guard let first = heel.firstIndex(where: { $0 != nil }), let start = heel[first], start > threshold,
            let strike = crossing(heel, below: threshold, from: first), strike - Double(first) <= 0.15 * rate
        else { return nil }
        // Only a foot that comes to rest: the heel slows all the way.
        for frame in first..<Int(strike) {
            guard let now = heel[frame], let next = heel[frame + 1], next < now else { return nil }
        }
        return strike
    }

    private func off(_ toe: Path, _ velocity: Path, before end: Int, after start: Int) -> Double? {
        let rise = extremum(start...end) { velocity[$0]?.z }
        let behind = pelvis.flatMap { pelvis -> Double? in
            guard let forward = velocity[end]?.horizontal.unit else { return nil }
            return extremum(start...end) { frame in
                guard let toe = toe[frame], let hip = pelvis[frame] else { return nil }
                return -(toe - hip).dot(forward)
            }
        }
        guard let rise, let behind else { return rise ?? behind }
        // Where they disagree, one of them took another hump for the off.
        return abs(rise - behind) < 0.12 * rate ? (rise + behind) / 2 : rise
    }

    /// A trial may end just after an off, before the foot has become fast.
    private func offAtTheEnd(
        _ toe: Path, _ velocity: Path, _ speed: [Double?], top: Double, after last: GaitEvent?
    ) -> Double? {
        guard let last, last.kind == .footStrike else { return nil }
        let end = velocity.count - 1
        let start = Int((last.timeSeconds - startTime + 0.3) * rate)
        guard start >= 0, start + 2 < end, let speed = speed[end], speed > 0.2 * top else { return nil }
        return off(toe, velocity, before: end, after: start)
    }

    /// The frame of the greatest value inside a range, refined by a parabola; nil where the greatest is at its border.
    private func extremum(_ range: ClosedRange<Int>, _ value: (Int) -> Double?) -> Double? {
        var best: (frame: Int, value: Double)?
        for frame in range {
            guard let value = value(frame) else { continue }
            if value > best?.value ?? -.infinity { best = (frame, value) }
        }
        guard let best, best.frame > range.lowerBound, best.frame < range.upperBound,
            let before = value(best.frame - 1), let after = value(best.frame + 1)
        else { return nil }
        let bend = before - 2 * best.value + after
        return Double(best.frame) + (bend < 0 ? max(-0.5, min(0.5, 0.5 * (before - after) / bend)) : 0)
    }

    /// Millimetres a second by central differences; one-sided at the borders of a gap.
    private func velocity(_ path: Path) -> Path {
        path.indices.map { frame in
            guard let here = path[frame] else { return nil }
            let before = frame > 0 ? path[frame - 1] : nil
            let after = frame + 1 < path.count ? path[frame + 1] : nil
            switch (before, after) {
            case (let before?, let after?): return (after - before) * (rate / 2)
            case (nil, let after?): return (after - here) * rate
            case (let before?, nil): return (here - before) * rate
            case (nil, nil): return nil
            }
        }
    }
}
