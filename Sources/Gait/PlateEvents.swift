// SPDX-License-Identifier: Apache-2.0

/// Foot strikes and offs from the force plates: the first sample at or above 20 N, the first below it again.
///
/// Checked against Vicon Nexus, which does the same: equal to the sample. A step counts only where one foot, whole,
/// is on the plate and the other one is not standing on it.
enum PlateEvents {
    /// Newtons.
    static let threshold = 20.0
    /// Shorter loads are knocks, not steps.
    static let shortestContactSeconds = 0.1
    /// Load that a step exceeds at some time, in newtons.
    static let smallestPeak = 60.0
    /// The plate's edge is not the foot's: markers stand up to this far within the outline of the shoe.
    static let edgeMarginMillimetres = -10.0
    /// Above this load, in newtons, the place of a push is known well enough to say whose foot it is under.
    static let steadyLoad = 100.0
    /// The push of one foot stays this close to the line from its heel to its toe, in millimetres.
    static let widestFootMillimetres = 120.0
    /// A marker slower than this (mm/s) stands.
    static let standingSpeed = 600.0

    /// One foot's whole step on one plate.
    struct Step {
        var side: Side
        /// With its corners in axes with z up.
        var plate: ForcePlate
        /// The analogue samples (from the file's first) in which the plate is loaded.
        var samples: Range<Int>
        /// How many samples there are, so that a step cut by an end of the trial can be told.
        var sampleCount: Int
    }

    /// The clean steps, and how many contacts were refused.
    static func steps(in recording: Recording, markers: WalkMarkers) -> (clean: [Step], refused: Int) {
        guard recording.analogSamplesPerFrame > 0 else { return ([], 0) }
        var steps: [Step] = []
        var refused = 0
        for plate in recording.forcePlates.map({ markers.plate($0) }) {
            let load = plate.load(in: recording)
            for contact in contacts(load, rate: recording.analogRate) {
                let foot =
                    plate.followsFoot
                    ? footUnder(contact, plate, recording, markers) : standingFoot(contact, plate, recording, markers)
                if let side = foot {
                    steps.append(Step(side: side, plate: plate, samples: contact, sampleCount: load.count))
                } else {
                    refused += 1
                }
            }
        }
        return (steps, refused)
    }

    static func events(
        in recording: Recording, markers: WalkMarkers, warnings: inout [AnalysisWarning]
    ) -> [GaitEvent] {
        let (steps, refused) = steps(in: recording, markers: markers)
        var events: [GaitEvent] = []
        let start = recording.startTimeSeconds
        for step in steps {
            let ends: [(GaitEvent.Kind, Int, Bool)] = [
                (.footStrike, step.samples.lowerBound, step.samples.lowerBound > 0),
                (.footOff, step.samples.upperBound, step.samples.upperBound < step.sampleCount),
            ]
            for (kind, sample, isWhole) in ends where isWhole {
                events.append(
                    GaitEvent(
                        side: step.side, kind: kind, timeSeconds: start + Double(sample) / recording.analogRate,
                        source: .plate))
            }
        }
        if refused > 0 {
            warnings.append(
                AnalysisWarning(
                    code: "plateStepRefused",
                    message: """
                        \(refused) contacts with a force plate are not one whole foot alone, so their events come from \
                        the markers.
                        """))
        }
        return events.byTime
    }

    /// The loads that are long and strong enough for a step; the chatter of an emptying plate is none.
    static func contacts(_ load: [Double], rate: Double) -> [Range<Int>] {
        var contacts: [Range<Int>] = []
        var start: Int?
        for index in 0...load.count {
            let isLoaded = index < load.count && load[index] >= threshold
            if isLoaded, start == nil { start = index }
            guard !isLoaded, let first = start else { continue }
            start = nil
            let peak = load[first..<index].max() ?? 0
            if Double(index - first) / rate >= shortestContactSeconds, peak >= smallestPeak {
                contacts.append(first..<index)
            }
        }
        return contacts
    }

    /// The foot that is whole on the plate while the other is not standing there; nil where it is not so clear.
    private static func standingFoot(
        _ contact: Range<Int>, _ plate: ForcePlate, _ recording: Recording, _ markers: WalkMarkers
    ) -> Side? {
        let perFrame = recording.analogSamplesPerFrame
        let frames = (contact.lowerBound / perFrame)..<(contact.upperBound / perFrame)
        let clean = Side.allCases.filter { side in
            guard let foot = markers.feet[side], let heel = foot.heel ?? foot.ankle, let toe = foot.toe else {
                return false
            }
            return stands([heel, toe], on: plate, frames, recording.pointRate, atLeast: 2)
        }
        guard clean.count == 1, let side = clean.first else { return nil }
        if let other = markers.feet[side.opposite] {
            let places = [other.heel ?? other.ankle, other.toe].compactMap { $0 }
            if stands(places, on: plate, frames, recording.pointRate, atLeast: 1) { return nil }
        }
        return side
    }

    /// The foot between whose heel and toe the push stays; nil where it wanders, as under two feet.
    private static func footUnder(
        _ contact: Range<Int>, _ plate: ForcePlate, _ recording: Recording, _ markers: WalkMarkers
    ) -> Side? {
        let perFrame = recording.analogSamplesPerFrame
        let wrenches = plate.wrenches(in: recording)
        let under = Side.allCases.filter { side in
            guard let foot = markers.feet[side], let heel = foot.heel ?? foot.ankle, let toe = foot.toe else {
                return false
            }
            var seen = 0
            for frame in (contact.lowerBound / perFrame)..<(contact.upperBound / perFrame) {
                guard frame < wrenches.count, frame < heel.count, frame < toe.count, let back = heel[frame],
                    let front = toe[frame], wrenches[frame].force.z >= steadyLoad
                else { continue }
                let push = wrenches[frame]
                let place = Vector3(-push.moment.y / push.force.z, push.moment.x / push.force.z, 0)
                guard distance(of: place, from: back.horizontal, to: front.horizontal) <= widestFootMillimetres else {
                    return false
                }
                seen += 1
            }
            return Double(seen) / recording.pointRate >= 0.05
        }
        return under.count == 1 ? under.first : nil
    }

    /// From a point to a line's nearest place, in millimetres.
    private static func distance(of point: Vector3, from start: Vector3, to end: Vector3) -> Double {
        let line = end - start
        let square = line.dot(line)
        let part = square > 0 ? max(0, min(1, (point - start).dot(line) / square)) : 0
        return (point - (start + line * part)).length
    }

    /// Whether at least so many of a foot's markers stand still over the plate, in at least 50 ms of the contact.
    private static func stands(
        _ paths: [Path], on plate: ForcePlate, _ frames: Range<Int>, _ rate: Double, atLeast count: Int
    ) -> Bool {
        var standing = 0
        for frame in frames where frame > 0 {
            let inside = paths.filter { path in
                guard frame < path.count, let place = path[frame], let before = path[frame - 1] else { return false }
                return (place - before).length * rate < standingSpeed
                    && plate.contains(place, marginMillimetres: edgeMarginMillimetres)
            }
            if inside.count >= count { standing += 1 }
        }
        return Double(standing) / rate >= 0.05
    }
}
