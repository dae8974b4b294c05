// SPDX-License-Identifier: Apache-2.0

/// Finds the events of a trial.
public enum EventDetection {
    /// Which events to use.
    public enum Policy: String, Sendable, Hashable, Codable, CaseIterable {
        /// Those stored in the file where they make a stride, else detected ones.
        case storedFirst
        /// Always plates and markers, whatever the file stores.
        case detected
    }

    /// The events of a trial by time, with what a reader must know about them.
    public static func events(
        in recording: Recording, policy: Policy = .storedFirst
    ) -> (events: [GaitEvent], warnings: [AnalysisWarning]) {
        var warnings: [AnalysisWarning] = []
        let markers = WalkMarkers(recording)
        let events = events(in: recording, markers: markers, policy: policy, warnings: &warnings)
        return (events, warnings)
    }

    static func events(
        in recording: Recording, markers: WalkMarkers, policy: Policy, warnings: inout [AnalysisWarning]
    ) -> [GaitEvent] {
        if policy == .storedFirst {
            let stored = StoredEventReading.events(in: recording, warnings: &warnings)
            let hasStride = Side.allCases.contains { side in
                stored.count { $0.side == side && $0.kind == .footStrike } >= 2
            }
            if hasStride { return stored }
        }
        let plate = PlateEvents.events(in: recording, markers: markers, warnings: &warnings)
        let detector = KinematicEvents(recording, markers)
        let kinematic = Side.allCases.flatMap { side in
            markers.feet[side].map { detector.events(side, $0) } ?? []
        }
        let events = merged(plate: plate, kinematic: kinematic)
        if events.isEmpty {
            let hasFeet = Side.allCases.allSatisfy { markers.feet[$0]?.heel != nil && markers.feet[$0]?.toe != nil }
            warnings.append(
                AnalysisWarning(
                    code: hasFeet ? "noWalking" : "noFootMarkers",
                    message: hasFeet
                        ? "The feet do not walk in this trial, so there are no events."
                        : "Heel and toe markers were not found, so foot strikes cannot be detected."))
        } else if markers.pelvis == nil {
            warnings.append(
                AnalysisWarning(
                    code: "noPelvisMarkers",
                    message: "The pelvis markers were not found; foot-offs come from the foot markers alone."))
        }
        return events
    }

    /// The same event found twice is within this many seconds.
    static let sameEventSeconds = 0.15

    /// Plate events take the place of kinematic ones. What the two differ by in this walk is a trait of this person's
    /// feet and markers, so the other kinematic events are shifted by the median difference of their kind.
    static func merged(plate: [GaitEvent], kinematic: [GaitEvent]) -> [GaitEvent] {
        var result = plate
        for kind in GaitEvent.Kind.allCases {
            var differences: [Double] = []
            var others: [GaitEvent] = []
            for event in kinematic where event.kind == kind {
                let twin = plate.filter {
                    $0.kind == kind && $0.side == event.side
                        && abs($0.timeSeconds - event.timeSeconds) < sameEventSeconds
                }.min { abs($0.timeSeconds - event.timeSeconds) < abs($1.timeSeconds - event.timeSeconds) }
                if let twin {
                    differences.append(event.timeSeconds - twin.timeSeconds)
                } else {
                    others.append(event)
                }
            }
            let shift = differences.isEmpty ? 0 : max(-0.06, min(0.06, median(differences)))
            result += others.map { event in
                var event = event
                event.timeSeconds -= shift
                return event
            }
        }
        return result.byTime
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
