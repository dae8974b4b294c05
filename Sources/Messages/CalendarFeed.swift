// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Many appointments as one iCalendar file that calendar programs fetch again and again. Equal appointments make equal bytes.
package struct CalendarFeed: Sendable {
    package struct Event: Sendable {
        package var uid: String
        package var sequence: Int
        package var stamp: Date
        package var start: Date
        package var end: Date
        package var summary: String
        package var location: String
        package var url: String
        package var isTentative: Bool

        package init(
            uid: String, sequence: Int, stamp: Date, start: Date, end: Date, summary: String, location: String,
            url: String, isTentative: Bool
        ) {
            self.uid = uid
            self.sequence = sequence
            self.stamp = stamp
            self.start = start
            self.end = end
            self.summary = summary
            self.location = location
            self.url = url
            self.isTentative = isTentative
        }
    }

    package var name: String
    package var timeZone: TimeZone
    package var events: [Event]

    package init(name: String, timeZone: TimeZone, events: [Event]) {
        self.name = name
        self.timeZone = timeZone
        self.events = events
    }

    package func text() -> String {
        let zone = timeZone.identifier
        var lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Fascia//Fascia 1//EN", "CALSCALE:GREGORIAN",
            "X-WR-CALNAME:\(CalendarFile.escaped(name))", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
        ]
        // A calendar must have a component (RFC 5545 §3.6); without appointments it is the zone.
        let first = events.map(\.start).min() ?? Date(timeIntervalSince1970: 1_767_225_600)
        let last = events.map(\.end).max() ?? first
        lines += CalendarZone(timeZone: timeZone, from: first, to: last).lines()
        for event in events {
            lines += [
                "BEGIN:VEVENT", "UID:\(event.uid)", "SEQUENCE:\(event.sequence)",
                "DTSTAMP:\(CalendarFile.utc(event.stamp))",
                "DTSTART;TZID=\(zone):\(CalendarFile.local(event.start, in: timeZone))",
                "DTEND;TZID=\(zone):\(CalendarFile.local(event.end, in: timeZone))",
                "SUMMARY:\(CalendarFile.escaped(event.summary))", "LOCATION:\(CalendarFile.escaped(event.location))",
                "URL:\(event.url)", "STATUS:\(event.isTentative ? "TENTATIVE" : "CONFIRMED")", "CLASS:PRIVATE",
                "TRANSP:OPAQUE", "END:VEVENT",
            ]
        }
        lines.append("END:VCALENDAR")
        return lines.map(CalendarFile.folded).joined(separator: "\r\n") + "\r\n"
    }
}
