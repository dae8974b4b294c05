// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scheduling
import Testing

@Suite("Slot search")
struct SlotSearchTests {
    @Test("openings equal a naive search, minute by minute, over random diaries", arguments: 0..<40)
    func oracle(seed: UInt64) throws {
        var generator = SeededGenerator(seed: 1000 + seed)
        let names = ["America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"]
        let zone = try #require(TimeZone(identifier: names[Int(seed) % names.count]))
        // Days around a change of the clock in 2026 where the zone has one.
        let all = ZoneOffsets(zone: zone, days: 20_454..<20_822)
        let changes = (20_454..<20_822).filter { all.segments(of: $0).count > 1 }
        let middle = (changes.randomElement(using: &generator) ?? 20_600) + Int.random(in: -1...1, using: &generator)
        let dates = CivilDate(daysSince1970: middle)...CivilDate(daysSince1970: middle + 1)
        let offsets = ZoneOffsets(zone: zone, days: middle - 3..<middle + 4)
        let days = middle - 2..<middle + 4

        var free: [Int: Timeline] = [:]
        for resource in 0..<7 where resource != 6 {
            let opens = Int.random(in: 0...60, using: &generator) * 5
            let closes = Int.random(in: 200...288, using: &generator) * 5
            let interval = try #require(WallInterval(opensMinute: opens, closesMinute: closes))
            let hours = WeeklyHours(rules: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [interval]) }))
            var timeline = hours.openTimeline(firstDay: days.lowerBound, dayCount: days.count, offsets: offsets)
            var busy = Timeline(firstDay: days.lowerBound, dayCount: days.count)
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let start = Int.random(in: timeline.cells, using: &generator)
                busy.insert(start..<start + Int.random(in: 1...40, using: &generator))
            }
            timeline.subtract(busy)
            free[resource] = timeline
        }
        func span() -> ServiceSpan {
            ServiceSpan(
                minutesBefore: [0, 0, 5, 7, 15].randomElement(using: &generator) ?? 0,
                minutesAfter: [0, 0, 10, 12, 30].randomElement(using: &generator) ?? 0)
        }
        let search = SlotSearch(
            durationMinutes: [5, 30, 45, 60, 62].randomElement(using: &generator) ?? 30,
            requirements: [
                .init(pool: [0, 1, 2], span: span()), .init(pool: [3, 4, 6], span: span()),
                .init(pool: [5], span: span()),
            ])
        let step = [5, 15, 20, 30].randomElement(using: &generator) ?? 15
        var starts = Timeline(firstDay: days.lowerBound, dayCount: days.count)
        for day in days { starts[day: day] = offsets.gridStarts(everyMinutes: step, dates: dates, day: day) }
        let openings = search.openings(among: starts) { free[$0] }

        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var found = 0
        for cell in starts.cells {
            let instant = CellGrid.instant(of: cell)
            let wall = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: instant)
            let date = try #require(CivilDate(year: wall.year ?? 0, month: wall.month ?? 0, day: wall.day ?? 0))
            let onGrid = dates.contains(date) && ((wall.hour ?? 0) * 60 + (wall.minute ?? 0)) % step == 0
            let able = search.requirements.map { requirement in
                requirement.pool.filter { resource in
                    guard let timeline = free[resource] else { return false }
                    let begin = cell * 5 - requirement.span.minutesBefore
                    let end = cell * 5 + search.durationMinutes + requirement.span.minutesAfter
                    return (begin..<end).allSatisfy { timeline.contains(Int((Double($0) / 5).rounded(.down))) }
                }
            }
            let expected = onGrid && able.allSatisfy { !$0.isEmpty }
            #expect(openings.possible.contains(cell) == expected, "\(instant)")
            guard expected else { continue }
            found += 1
            for index in able.indices { #expect(openings.free(for: index, at: cell) == able[index]) }
        }
        #expect(openings.starts.count == found)
    }

    @Test("every placement of two half-hour visits in three hours leaves the right starts")
    func exhaustive() {
        let search = SlotSearch(durationMinutes: 30, requirements: [.init(pool: [0], span: .init(minutesAfter: 5))])
        #expect(search.reach == (0, 7))
        var every = Timeline(firstDay: 0, dayCount: 1)
        every.insert(0..<36)
        for first in 0...29 {
            for second in 0...29 {
                var free = every
                var busy = Timeline(firstDay: 0, dayCount: 1)
                busy.insert(first..<first + 7)
                busy.insert(second..<second + 7)
                free.subtract(busy)
                let starts = search.openings(among: every) { _ in free }.starts
                let expected = (0...29).filter { start in
                    abs(start - first) >= 7 && abs(start - second) >= 7
                }
                #expect(starts == expected)
            }
        }
    }

    @Test("without requirements every wanted start is open; with an empty pool none is")
    func edges() {
        var starts = Timeline(firstDay: 0, dayCount: 1)
        starts.insert(10..<13)
        #expect(
            SlotSearch(durationMinutes: 30, requirements: []).openings(among: starts) { _ in nil }.starts == [
                10, 11, 12,
            ])
        let nobody = SlotSearch(durationMinutes: 30, requirements: [.init(pool: [])])
        #expect(nobody.openings(among: starts) { _ in starts }.starts.isEmpty)
        #expect(nobody.openings(among: starts) { _ in starts }.free(for: 3, at: 10).isEmpty)
    }
}
