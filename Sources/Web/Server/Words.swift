// SPDX-License-Identifier: Apache-2.0

import Content
import Foundation
import Storage

/// How the pages say amounts and times.
enum Words {
    /// "$280" where there are no cents, else "$280.50".
    static func price(_ money: Money) -> String {
        let text = money.formatted
        return money.minorUnitsPerUnit == 100 && text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }

    /// "3 March 2026"
    static func date(_ date: Date, in zone: TimeZone) -> String {
        format(date, isSpanish ? "d 'de' MMMM 'de' yyyy" : "d MMMM yyyy", zone)
    }

    /// "2026-03-03"
    static func isoDay(_ date: Date, in zone: TimeZone) -> String { format(date, "yyyy-MM-dd", zone) }

    /// "Tuesday, 3 March 2026"
    static func day(_ date: Date, in zone: TimeZone) -> String {
        format(date, isSpanish ? "EEEE, d 'de' MMMM 'de' yyyy" : "EEEE, d MMMM yyyy", zone)
    }

    /// "9:45 am"
    static func time(_ date: Date, in zone: TimeZone) -> String {
        isSpanish ? format(date, "H:mm", zone) : format(date, "h:mm a", zone).lowercased()
    }

    /// "Tuesday, 3 March 2026, 9:45 to 10:45 am"
    static func span(_ start: Date, _ end: Date, in zone: TimeZone) -> String {
        if isSpanish {
            return "\(day(start, in: zone)), de \(time(start, in: zone)) a \(time(end, in: zone))"
        }
        let sameHalf = format(start, "a", zone) == format(end, "a", zone)
        let from = sameHalf ? format(start, "h:mm", zone) : time(start, in: zone)
        return "\(day(start, in: zone)), \(from) to \(time(end, in: zone))"
    }

    /// "9:45 to 10:45 am"
    static func hours(_ start: Date, _ end: Date, in zone: TimeZone) -> String {
        String(span(start, end, in: zone).split(separator: ", ").last ?? "")
    }

    /// "3 March 2026, 10:52 am"
    static func moment(_ date: Date, in zone: TimeZone) -> String {
        "\(Words.date(date, in: zone)), \(time(date, in: zone))"
    }

    /// "New York time (EST, UTC−5)"
    static func zone(_ zone: TimeZone, at date: Date) -> String {
        let city = (zone.identifier.split(separator: "/").last ?? "").replacingOccurrences(of: "_", with: " ")
        let seconds = zone.secondsFromGMT(for: date)
        let minutes = abs(seconds) / 60 % 60
        let offset =
            "UTC\(seconds < 0 ? "−" : "+")\(abs(seconds) / 3600)"
            + (minutes == 0 ? "" : ":" + (minutes < 10 ? "0" : "") + String(minutes))
        let name = zone.abbreviation(for: date).map { $0.hasPrefix("GMT") ? "" : "\($0), " } ?? ""
        return said("{city} time ({offset})", ["city": city, "offset": name + offset])
    }

    /// The one other language whose dates are written here; a third one needs its patterns beside these.
    private static var isSpanish: Bool { Catalogue.current.language == "es" }

    /// "Tuesday" and "3 March", the parts of a day of the week's free times.
    static func weekday(_ date: Date, in zone: TimeZone) -> String { format(date, "EEEE", zone) }
    static func dayOfMonth(_ date: Date, in zone: TimeZone) -> String {
        format(date, isSpanish ? "d 'de' MMMM" : "d MMMM", zone)
    }

    private static func format(_ date: Date, _ pattern: String, _ zone: TimeZone) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: isSpanish ? "es" : "en_US_POSIX")
        formatter.timeZone = zone
        formatter.dateFormat = pattern
        return formatter.string(from: date)
    }
}
