// SPDX-License-Identifier: Apache-2.0

/// A foot meeting or leaving the floor.
public struct GaitEvent: Hashable, Sendable, Codable {
    /// What happens.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// First contact of the foot with the floor, by whatever part.
        case footStrike
        /// Last contact of the foot with the floor.
        case footOff
    }

    /// How it is known.
    public enum Source: String, Sendable, Hashable, Codable, CaseIterable {
        /// Stored in the file, by a person or by the laboratory's program.
        case file
        /// The vertical force on a plate crossing 20 N.
        case plate
        /// The movement of the foot's markers.
        case kinematic
        /// Set or moved by a person in Fascia.
        case manual
    }

    /// Whose foot.
    public var side: Side
    /// Strike or off.
    public var kind: Kind
    /// When, in seconds from frame 1 (also where the file begins later).
    public var timeSeconds: Double
    /// How it is known.
    public var source: Source

    /// An event from its parts.
    public init(side: Side, kind: Kind, timeSeconds: Double, source: Source) {
        self.side = side
        self.kind = kind
        self.timeSeconds = timeSeconds
        self.source = source
    }
}

extension [GaitEvent] {
    /// The same events by time.
    var byTime: [GaitEvent] { sorted { ($0.timeSeconds, $0.side.rawValue) < ($1.timeSeconds, $1.side.rawValue) } }
}

/// Reads the events that a file stores.
enum StoredEventReading {
    /// The events within the trial whose side and kind are clear, by time; sides by context, else by the label's letter.
    static func events(in recording: Recording, warnings: inout [AnalysisWarning]) -> [GaitEvent] {
        var events: [GaitEvent] = []
        var outside = 0
        let margin = 1 / recording.pointRate
        for stored in recording.storedEvents {
            guard let side = side(of: stored), let kind = kind(of: stored) else { continue }
            guard stored.timeSeconds >= recording.startTimeSeconds - margin,
                stored.timeSeconds <= recording.endTimeSeconds + margin
            else {
                outside += 1
                continue
            }
            let event = GaitEvent(side: side, kind: kind, timeSeconds: stored.timeSeconds, source: .file)
            if !events.contains(event) { events.append(event) }
        }
        if outside > 0 {
            warnings.append(
                AnalysisWarning(
                    code: "eventsOutsideTrial",
                    message: "\(outside) stored events lie outside of the recorded frames and are not used."))
        }
        return events.byTime
    }

    static func side(of stored: StoredEvent) -> Side? {
        switch stored.context.lowercased() {
        case "left", "l": return .left
        case "right", "r": return .right
        case "general", "invalid": return nil
        default: break
        }
        let label = stored.label.lowercased()
        if label.hasPrefix("left") { return .left }
        if label.hasPrefix("right") { return .right }
        let name = MarkerNames.canonical(stored.label)
        guard let first = name.first, kindByAbbreviation(String(name.dropFirst())) != nil else { return nil }
        return first == "L" ? .left : first == "R" ? .right : nil
    }

    static func kind(of stored: StoredEvent) -> GaitEvent.Kind? {
        let name = MarkerNames.canonical(stored.label)
        if name.isEmpty {
            return stored.icon == 1 ? .footStrike : stored.icon == 2 ? .footOff : nil
        }
        for word in ["STRIKE", "CONTACT", "FOOTON", "HEELON", "TOUCHDOWN"] where name.contains(word) {
            return .footStrike
        }
        for word in ["FOOTOFF", "TOEOFF", "LIFTOFF"] where name.contains(word) { return .footOff }
        return kindByAbbreviation(name) ?? kindByAbbreviation(String(name.dropFirst()))
    }

    private static func kindByAbbreviation(_ name: String) -> GaitEvent.Kind? {
        switch name {
        case "HS", "FS", "IC", "FC", "HC", "ON": .footStrike
        case "TO", "FO", "OFF": .footOff
        default: nil
        }
    }
}
