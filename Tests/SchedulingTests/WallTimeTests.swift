// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scheduling
import Testing

@Suite struct WallTimeTests {
    /// Foundation's calendar as the judge: zones with summer time, with odd offsets and beyond the date line, before 1970 too.
    @Test(arguments: [
        "UTC", "America/New_York", "Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati",
        "America/St_Johns",
    ]) func itShowsWhatTheCalendarShows(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var random = SeededGenerator(seed: 17)
        for _ in 0..<2000 {
            let instant = Date(timeIntervalSince1970: Double.random(in: -1e8...4e9, using: &random))
            let wall = WallTime(instant, in: zone)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: instant)
            let (year, month, day) = wall.date.components
            #expect([year, month, day] == [parts.year, parts.month, parts.day], "\(instant) in \(name)")
            #expect(
                [wall.secondOfDay / 3600, wall.minuteOfDay % 60, wall.secondOfDay % 60]
                    == [parts.hour, parts.minute, parts.second], "\(instant) in \(name)")
        }
    }
}
