// SPDX-License-Identifier: Apache-2.0

/// Opening hours as people write them: "08:00-12:00, 13:00-18:00"; empty is closed.
public enum HoursText {
    /// What is wrong with a text.
    public struct Fault: Error, Hashable, Sendable {
        /// The part that could not be read, as it was written.
        public let part: String
        /// What to do, in a sentence.
        public let advice: String
    }

    /// Reads the intervals of a day; they must be in order and apart.
    /// - Throws: ``Fault`` naming the first part that is wrong.
    public static func intervals(_ text: some StringProtocol) throws(Fault) -> [WallInterval] {
        var intervals: [WallInterval] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let words = String(part).filter { !$0.isWhitespace }
            guard !words.isEmpty else { continue }
            let ends = words.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "-" || $0 == "–" })
                .map { minute($0) }
            guard ends.count == 2, let opens = ends[0], let closes = ends[1],
                let interval = WallInterval(opensMinute: opens, closesMinute: closes)
            else { throw Fault(part: String(part), advice: "Write it like 08:00-12:00, the earlier time first.") }
            if let last = intervals.last, last.closesMinute > interval.opensMinute {
                throw Fault(part: String(part), advice: "It must begin after the one before it has ended.")
            }
            intervals.append(interval)
        }
        return intervals
    }

    /// The intervals as `intervals(_:)` reads them.
    public static func text(_ intervals: [WallInterval]) -> String {
        intervals.map { "\(clock($0.opensMinute))-\(clock($0.closesMinute))" }.joined(separator: ", ")
    }

    /// Reads exceptions, one to a line: a date, then "closed" or hours: "2026-12-24 09:00-12:00".
    /// - Throws: ``Fault`` naming the line.
    public static func exceptions(_ text: some StringProtocol) throws(Fault) -> [CivilDate: [WallInterval]] {
        var exceptions: [CivilDate: [WallInterval]] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard let first = words.first else { continue }
            guard let date = CivilDate(iso: first) else {
                throw Fault(part: String(line), advice: "Begin the line with a date like 2026-12-24.")
            }
            let rest = words.count > 1 ? words[1].drop { $0.isWhitespace } : ""
            exceptions[date] = rest.isEmpty || rest.lowercased().hasPrefix("closed") ? [] : try intervals(rest)
        }
        return exceptions
    }

    /// The exceptions as `exceptions(_:)` reads them, in order of dates.
    public static func text(_ exceptions: [CivilDate: [WallInterval]]) -> String {
        exceptions.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.isEmpty ? "closed" : text($0.value))" }.joined(separator: "\n")
    }

    private static func minute(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let hour = Int(parts[0]), (0...24).contains(hour) else { return nil }
        let minute = parts.count == 2 ? Int(parts[1]) : 0
        guard let minute, (0..<60).contains(minute), hour * 60 + minute <= 1440 else { return nil }
        return hour * 60 + minute
    }

    private static func clock(_ minute: Int) -> String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}
