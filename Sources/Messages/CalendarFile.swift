// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Scheduling

/// One appointment as an iCalendar file (RFC 5545). The summary carries no clinical word: calendars are shared.
package struct CalendarFile: Sendable {
    package var uid: String
    /// Rises with each change of the appointment.
    package var sequence: Int
    package var stamp: Date
    package var start: Date
    package var end: Date
    package var timeZone: TimeZone
    package var summary: String
    package var location: String
    package var url: String
    package var isCancelled: Bool
    /// Where an appointment by video takes place (RFC 7986 §5.11).
    package var conferenceURL: String?

    package init(
        uid: String, sequence: Int, stamp: Date, start: Date, end: Date, timeZone: TimeZone, summary: String,
        location: String, url: String, isCancelled: Bool, conferenceURL: String? = nil
    ) {
        self.conferenceURL = conferenceURL
        self.uid = uid
        self.sequence = sequence
        self.stamp = stamp
        self.start = start
        self.end = end
        self.timeZone = timeZone
        self.summary = summary
        self.location = location
        self.url = url
        self.isCancelled = isCancelled
    }

    package func text() -> String {
        let zone = timeZone.identifier
        var lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Fascia//Fascia 1//EN", "CALSCALE:GREGORIAN",
            "METHOD:\(isCancelled ? "CANCEL" : "PUBLISH")",
        ]
        lines += CalendarZone(timeZone: timeZone, from: start, to: end).lines()
        lines += [
            "BEGIN:VEVENT", "UID:\(uid)", "SEQUENCE:\(sequence)", "DTSTAMP:\(Self.utc(stamp))",
            "DTSTART;TZID=\(zone):\(local(start))", "DTEND;TZID=\(zone):\(local(end))",
            "SUMMARY:\(Self.escaped(summary))", "LOCATION:\(Self.escaped(location))", "URL:\(url)",
            "STATUS:\(isCancelled ? "CANCELLED" : "CONFIRMED")", "TRANSP:OPAQUE",
        ]
        if let conferenceURL { lines.append("CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:\(conferenceURL)") }
        lines += ["END:VEVENT", "END:VCALENDAR"]
        return lines.map(Self.folded).joined(separator: "\r\n") + "\r\n"
    }

    private func local(_ date: Date) -> String { Self.local(date, in: timeZone) }

    static func local(_ date: Date, in zone: TimeZone) -> String {
        stamp(date.addingTimeInterval(TimeInterval(zone.secondsFromGMT(for: date))))
    }

    static func utc(_ date: Date) -> String { stamp(date) + "Z" }

    static func stamp(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let text = RFC3339.string(secondsSince1970: seconds, utcOffsetSeconds: 0)
        return text.filter { $0 != "-" && $0 != ":" && $0 != "Z" }
    }

    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: ";", with: "\\;")
            .replacingOccurrences(of: ",", with: "\\,").replacingOccurrences(of: "\r", with: "")
            .replacingOccurrences(of: "\n", with: "\\n")
    }

    /// Lines of at most 75 octets, broken between characters (RFC 5545 §3.1).
    static func folded(_ line: String) -> String {
        var result = ""
        var length = 0
        for character in line {
            let size = String(character).utf8.count
            if length + size > 75 {
                result += "\r\n "
                length = 1
            }
            result.append(character)
            length += size
        }
        return result
    }
}
