// SPDX-License-Identifier: Apache-2.0

/// A day of the week, numbered as in ISO 8601: Monday is 1.
public enum Weekday: Int, CaseIterable, Hashable, Sendable, Codable {
    /// Monday to Sunday.
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday
}

/// A date of the proleptic Gregorian calendar, without a time zone.
public struct CivilDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before.
    public let daysSince1970: Int

    /// The date that many days after 1970-01-01.
    public init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

    /// A date by year (1 to 9999), month (1 to 12) and day of the month, or nil where there is no such date.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        daysSince1970 = Self.days(beforeYear: year) + Self.days(beforeMonth: month, year: year) + day - 1
    }

    /// A date written `YYYY-MM-DD` (ISO 8601 extended), or nil for anything else.
    public init?(iso text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            bytes[range].reduce(Int?.some(0)) { sum, byte in
                guard let sum, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                return sum * 10 + Int(byte - UInt8(ascii: "0"))
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Year, month and day of the month.
    public var components: (year: Int, month: Int, day: Int) {
        // 400 Gregorian years are 146 097 days, so the first guess is at most one year off.
        var year = floorDivide((daysSince1970 + 719_162) * 400, 146_097) + 1
        while Self.days(beforeYear: year) > daysSince1970 { year -= 1 }
        while Self.days(beforeYear: year + 1) <= daysSince1970 { year += 1 }
        let dayOfYear = daysSince1970 - Self.days(beforeYear: year)
        var month = 1
        while month < 12, Self.days(beforeMonth: month + 1, year: year) <= dayOfYear { month += 1 }
        return (year, month, dayOfYear - Self.days(beforeMonth: month, year: year) + 1)
    }

    /// The day of the week; 1970-01-01 was a Thursday.
    public var weekday: Weekday {
        let index = daysSince1970 + 3
        return Weekday(rawValue: index - floorDivide(index, 7) * 7 + 1) ?? .monday
    }

    /// The date `days` later.
    public func adding(days: Int) -> CivilDate { CivilDate(daysSince1970: daysSince1970 + days) }

    /// `YYYY-MM-DD`.
    public var description: String {
        var bytes: [UInt8] = []
        RFC3339.writeDate(self, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Earlier dates first.
    public static func < (left: CivilDate, right: CivilDate) -> Bool { left.daysSince1970 < right.daysSince1970 }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func days(beforeMonth month: Int, year: Int) -> Int {
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return before[month - 1] + (month > 2 && isLeap(year) ? 1 : 0)
    }

    /// Days from 1970-01-01 to 1 January of `year`.
    private static func days(beforeYear year: Int) -> Int {
        let past = year - 1
        return past * 365 + floorDivide(past, 4) - floorDivide(past, 100) + floorDivide(past, 400) - 719_162
    }
}
