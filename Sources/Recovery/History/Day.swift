// SPDX-License-Identifier: Apache-2.0

/// A date of the Gregorian calendar without a time zone, as a number, so that a rule's clock is subtraction.
///
///     let onset = Day(iso: "2026-01-30")
///     let check = onset?.adding(14)          // 2026-02-13
public struct Day: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before.
    public let number: Int

    /// The day that many days after 1970-01-01.
    public init(number: Int) { self.number = number }

    /// A date written `YYYY-MM-DD` (ISO 8601, years 0001 to 9999), or nil for anything else.
    public init?(iso text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.digits(bytes[0..<4]), let month = Self.digits(bytes[5..<7]),
            let day = Self.digits(bytes[8..<10]), year >= 1, (1...12).contains(month), day >= 1,
            day <= Self.length(of: month, in: year)
        else { return nil }
        number = Self.days(before: year) + Self.days(beforeMonth: month, in: year) + day - 1
    }

    /// The day `days` later.
    public func adding(_ days: Int) -> Day { Day(number: number + days) }

    /// The day on which `count` days from Monday to Friday have passed. Holidays are not known here.
    public func addingWorkingDays(_ count: Int) -> Day {
        var day = self, left = count
        while left > 0 {
            day = day.adding(1)
            // 1970-01-01 was a Thursday: Saturdays leave 2 when divided by 7, Sundays 3.
            let remainder = ((day.number % 7) + 7) % 7
            if remainder != 2, remainder != 3 { left -= 1 }
        }
        return day
    }

    /// Whole days from `earlier` to `later`.
    public static func - (later: Day, earlier: Day) -> Int { later.number - earlier.number }

    /// Earlier days first.
    public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// `YYYY-MM-DD`.
    public var description: String {
        // 400 years are 146 097 days, so the first guess is at most one year off.
        var year = Int((Double(number + 719_162) * 400 / 146_097).rounded(.down)) + 1
        while Self.days(before: year) > number { year -= 1 }
        while Self.days(before: year + 1) <= number { year += 1 }
        let past = number - Self.days(before: year)
        var month = 1
        while month < 12, Self.days(beforeMonth: month + 1, in: year) <= past { month += 1 }
        let day = past - Self.days(beforeMonth: month, in: year) + 1
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func days(beforeMonth month: Int, in year: Int) -> Int {
        [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1] + (month > 2 && isLeap(year) ? 1 : 0)
    }

    /// Days from 1970-01-01 to 1 January of `year`.
    private static func days(before year: Int) -> Int {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400 - 719_162
    }
}
