// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scheduling
import Testing

@Suite("Dates and their text")
struct CalendarTests {
    @Test("every date from 1890 to 2110 agrees with Foundation's calendar")
    func everyDate() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: -29_220, to: 51_500, by: 1) {
            let date = CivilDate(daysSince1970: day)
            let (year, month, dayOfMonth) = date.components
            #expect(CivilDate(year: year, month: month, day: dayOfMonth) == date)
            #expect(CivilDate(iso: date.description) == date)
            guard day % 11 == 0 else { continue }
            let expected = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            #expect([year, month, dayOfMonth] == [expected.year, expected.month, expected.day])
            #expect(date.weekday.rawValue % 7 + 1 == expected.weekday)
        }
    }

    @Test(
        "what is no date is refused",
        arguments: [
            "", "2026-2-3", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-04-00", "2026/04/01",
            "+026-04-01", "2026-04-01T", "０２６-04-01", "0000-01-01",
        ])
    func noDate(text: String) { #expect(CivilDate(iso: text) == nil) }

    @Test("leap days are dates")
    func leapDays() {
        #expect(CivilDate(iso: "2028-02-29") != nil)
        #expect(CivilDate(iso: "2000-02-29") != nil)
        #expect(CivilDate(iso: "2100-02-29") == nil)
    }

    @Test("RFC 3339 text is read back by Foundation as the same instant", arguments: 0..<4)
    func text(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<200 {
            let seconds = Int.random(in: -2_000_000_000...4_000_000_000, using: &generator)
            let offset = Int.random(in: -48...56, using: &generator) * 900
            let text = RFC3339.string(secondsSince1970: seconds, utcOffsetSeconds: offset)
            #expect(text.utf8.count == (offset == 0 ? 20 : 25))
            #expect(formatter.date(from: text)?.timeIntervalSince1970 == Double(seconds))
            formatter.timeZone = TimeZone(secondsFromGMT: offset) ?? .gmt
            #expect(formatter.string(from: Date(timeIntervalSince1970: Double(seconds))) == text)
        }
    }

    @Test("an instant is on the grid only at a whole five minutes")
    func grid() {
        #expect(CellGrid.cell(at: Date(timeIntervalSince1970: 600)) == 2)
        #expect(CellGrid.cell(at: Date(timeIntervalSince1970: -300)) == -1)
        #expect(CellGrid.cell(at: Date(timeIntervalSince1970: 601)) == nil)
        #expect(CellGrid.cell(at: Date(timeIntervalSince1970: 600.5)) == nil)
        for far in [3e12, -3e12, 9e18, 1e300, .infinity, .nan] {
            #expect(CellGrid.cell(at: Date(timeIntervalSince1970: far)) == nil)
        }
        #expect(CellGrid.cell(containing: Date(timeIntervalSince1970: -0.5)) == -1)
        #expect(CellGrid.cells(covering: 0) == 0 && CellGrid.cells(covering: 1) == 1)
        #expect(CellGrid.cells(covering: 5) == 1 && CellGrid.cells(covering: 61) == 13)
    }
}
