// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scheduling
import Testing

private let zones = [
    "America/New_York", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe", "America/Santiago",
    "Asia/Kathmandu",
    "Pacific/Apia", "UTC",
]

private func offsets(_ name: String, _ days: Range<Int>) throws -> ZoneOffsets {
    ZoneOffsets(zone: try #require(TimeZone(identifier: name)), days: days)
}

private func interval(_ opens: Int, _ closes: Int) throws -> WallInterval {
    try #require(WallInterval(opensMinute: opens, closesMinute: closes))
}

@Suite("Wall time over clock changes")
struct DaylightSavingTests {
    /// 2026 in days since 1970, with its margins.
    static let year = 20_454..<20_822

    @Test("each cell of 2026 has the offset and the wall time that Foundation's calendar says", arguments: zones)
    func wallTimes(name: String) throws {
        let ahead = try offsets(name, Self.year)
        let late = try offsets(name, 0..<0)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = ahead.zone
        for day in Self.year {
            let segments = ahead.segments(of: day)
            #expect(segments == late.segments(of: day))
            #expect(segments.first?.cells.lowerBound == day * 288)
            #expect(segments.last?.cells.upperBound == day * 288 + 288)
            // All cells of the days on which the clock changes, a few of the others.
            for cell in stride(from: day * 288, to: day * 288 + 288, by: segments.count > 1 ? 1 : 95) {
                let instant = CellGrid.instant(of: cell)
                let offset = ahead.zone.secondsFromGMT(for: instant)
                #expect(ahead.utcOffsetSeconds(at: cell) == offset)
                #expect(late.utcOffsetSeconds(at: cell) == offset)
                #expect(segments.first { $0.cells.contains(cell) }?.utcOffsetSeconds == offset)
                let wall = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: instant)
                let (year, month, dayOfMonth) = ahead.localDate(at: cell).components
                #expect([year, month, dayOfMonth] == [wall.year, wall.month, wall.day])
                #expect(ahead.localMinute(at: cell) == (wall.hour ?? -1) * 60 + (wall.minute ?? -1))
            }
        }
    }

    @Test("open cells equal a minute-by-minute walk through the wall clock", arguments: zones)
    func openCells(name: String) throws {
        let offsets = try offsets(name, Self.year)
        let holiday = CivilDate(daysSince1970: 20_534)
        let hours = WeeklyHours(
            rules: [
                .monday: [try interval(480, 720), try interval(780, 1083)],
                .tuesday: [try interval(0, 1440)],
                .thursday: [try interval(1, 4), try interval(7, 1440)],
                .saturday: [try interval(90, 185), try interval(1380, 1440)],
                .sunday: [try interval(0, 30), try interval(75, 150)],
            ],
            exceptions: [
                holiday: [], holiday.adding(days: 1): [try interval(600, 660)],
                holiday.adding(days: 2): [try interval(0, 90)],
            ])
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = offsets.zone
        // Around each change of the clock and around the exceptions, days that follow one another.
        let changes = Self.year.filter { offsets.segments(of: $0).count > 1 }
        let days = Set((changes + [20_534]).flatMap { $0 - 3...$0 + 4 })
        for day in days.sorted() {
            let open = hours.openCells(day: day, offsets: offsets)
            for cell in 0..<288 {
                let minutesOpen = (0..<5).filter { minute in
                    let instant = Date(timeIntervalSince1970: Double(day * 86_400 + cell * 300 + minute * 60))
                    let wall = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: instant)
                    guard let year = wall.year, let month = wall.month, let dayOfMonth = wall.day,
                        let date = CivilDate(year: year, month: month, day: dayOfMonth)
                    else { return false }
                    let minuteOfDay = (wall.hour ?? 0) * 60 + (wall.minute ?? 0)
                    let rules = hours.exceptions[date] ?? hours.rules[date.weekday] ?? []
                    return rules.contains { $0.opensMinute <= minuteOfDay && minuteOfDay < $0.closesMinute }
                }
                #expect(open.contains(cell) == (minutesOpen.count == 5), "day \(day), cell \(cell)")
            }
        }
    }

    @Test(
        "a skipped quarter of an hour is never a start, a repeated one is twice",
        arguments: [
            // zone, date, skipped wall minutes, repeated wall minutes
            ("America/New_York", "2026-03-08", 120..<180, 0..<0), ("America/New_York", "2026-11-01", 0..<0, 60..<120),
            ("Europe/London", "2026-03-29", 60..<120, 0..<0), ("Europe/London", "2026-10-25", 0..<0, 60..<120),
            ("Australia/Sydney", "2026-10-04", 120..<180, 0..<0), ("Australia/Sydney", "2026-04-05", 0..<0, 120..<180),
            ("Australia/Lord_Howe", "2026-10-04", 120..<150, 0..<0),
            ("Australia/Lord_Howe", "2026-04-05", 0..<0, 90..<120),
            ("America/Santiago", "2026-09-06", 0..<60, 0..<0), ("America/Santiago", "2026-04-04", 0..<0, 1380..<1440),
        ])
    func gapsAndRepeats(zone: String, date: String, skipped: Range<Int>, repeated: Range<Int>) throws {
        let date = try #require(CivilDate(iso: date))
        let offsets = try offsets(zone, Self.year)
        var times: [Int: Int] = [:]
        for day in ZoneOffsets.days(holding: date...date) {
            let starts = offsets.gridStarts(everyMinutes: 15, dates: date...date, day: day)
            for cell in starts.runs.flatMap({ Array($0) }) {
                times[offsets.localMinute(at: day * 288 + cell), default: 0] += 1
            }
        }
        for minute in stride(from: 0, to: 1440, by: 15) {
            let expected = skipped.contains(minute) ? 0 : repeated.contains(minute) ? 2 : 1
            #expect(times[minute, default: 0] == expected, "\(minute / 60):\(minute % 60)")
        }
        #expect(times.keys.allSatisfy { $0 % 15 == 0 })
    }
}
