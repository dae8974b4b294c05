// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A VTIMEZONE (RFC 5545 §3.6.5) that is right from one moment to another: every observance they fall in, written out, because
/// a rule would say more than is known.
struct CalendarZone {
    let timeZone: TimeZone
    let from: Date
    let to: Date

    private struct Key: Hashable {
        let zone: String
        let first: Int
        let last: Int
    }

    /// What was worked out lately: a letter is written in the transaction of every booking, and most are of the same weeks.
    private static let known = Mutex<[Key: [String]]>([:])
    private static let bucketSeconds = 30 * 86_400.0

    func lines() -> [String] {
        let key = Key(
            zone: timeZone.identifier, first: Int((from.timeIntervalSince1970 / Self.bucketSeconds).rounded(.down)),
            last: Int((to.timeIntervalSince1970 / Self.bucketSeconds).rounded(.up)))
        if let lines = Self.known.withLock({ $0[key] }) { return lines }
        // Right for all of the bucket, so right for every event in it.
        let wide = CalendarZone(
            timeZone: timeZone, from: Date(timeIntervalSince1970: Double(key.first) * Self.bucketSeconds),
            to: Date(timeIntervalSince1970: Double(key.last) * Self.bucketSeconds))
        let lines = wide.computed()
        Self.known.withLock { known in
            if known.count >= 64 { known.removeAll() }
            known[key] = lines
        }
        return lines
    }

    private func computed() -> [String] {
        var lines = ["BEGIN:VTIMEZONE", "TZID:\(timeZone.identifier)"]
        // One transition before the first moment, and those of the year after the last.
        var onsets: [Date] = []
        var probe = from.addingTimeInterval(-400 * 86_400)
        while let next = timeZone.nextDaylightSavingTimeTransition(after: probe),
            next < to.addingTimeInterval(400 * 86_400)
        {
            guard next > probe else { break }
            onsets.append(next)
            probe = next
        }
        if onsets.first.map({ $0 > from }) ?? true {
            lines += observance(
                onset: nil, before: timeZone.secondsFromGMT(for: from), after: timeZone.secondsFromGMT(for: from),
                daylight: timeZone.isDaylightSavingTime(for: from), name: timeZone.abbreviation(for: from))
        }
        for onset in onsets {
            lines += observance(
                onset: onset, before: timeZone.secondsFromGMT(for: onset.addingTimeInterval(-1)),
                after: timeZone.secondsFromGMT(for: onset), daylight: timeZone.isDaylightSavingTime(for: onset),
                name: timeZone.abbreviation(for: onset))
        }
        return lines + ["END:VTIMEZONE"]
    }

    private func observance(onset: Date?, before: Int, after: Int, daylight: Bool, name: String?) -> [String] {
        let kind = daylight ? "DAYLIGHT" : "STANDARD"
        // The onset is written in the wall time that held before it.
        let wall =
            onset.map { CalendarFile.stamp($0.addingTimeInterval(TimeInterval(before))) } ?? "19700101T000000"
        return [
            "BEGIN:\(kind)", "DTSTART:\(wall)", "TZOFFSETFROM:\(Self.offset(before))",
            "TZOFFSETTO:\(Self.offset(after))",
            "TZNAME:\(name ?? timeZone.identifier)", "END:\(kind)",
        ]
    }

    private static func offset(_ seconds: Int) -> String {
        String(format: "%@%02d%02d", seconds < 0 ? "-" : "+", abs(seconds) / 3600, abs(seconds) / 60 % 60)
    }
}
