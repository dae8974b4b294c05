// SPDX-License-Identifier: Apache-2.0

/// Visits that repeat by the wall clock: "twelve, on Tuesdays and Fridays at 10:15".
///
///     let series = WeeklySeries(weekdays: [.tuesday, .friday], minuteOfDay: 615, count: 12)
///     series.starts(from: today, offsets: offsets)     // cell numbers, nil where the clock skips that time
///
/// The wall time stays over a change of the clocks, so the instants move against UTC.
public struct WeeklySeries: Hashable, Sendable {
    /// The days of the week on which there is a visit.
    public let weekdays: Set<Weekday>
    /// Minutes since midnight by the wall clock.
    public let minuteOfDay: Int
    /// How many visits.
    public let count: Int
    /// Every how many weeks; 1 is every week.
    public let everyWeeks: Int

    /// - Returns: nil where there is no weekday, no visit or no such minute; a series holds at most 104 visits.
    public init?(weekdays: Set<Weekday>, minuteOfDay: Int, count: Int, everyWeeks: Int = 1) {
        guard !weekdays.isEmpty, (0..<1440).contains(minuteOfDay), (1...104).contains(count),
            (1...8).contains(everyWeeks)
        else { return nil }
        self.weekdays = weekdays
        self.minuteOfDay = minuteOfDay
        self.count = count
        self.everyWeeks = everyWeeks
    }

    /// The dates of the visits, the first one on or after `first`. Weeks begin on Monday (ISO 8601).
    public func dates(from first: CivilDate) -> [CivilDate] {
        var dates: [CivilDate] = []
        let monday = first.adding(days: 1 - first.weekday.rawValue)
        var week = 0
        while dates.count < count {
            for weekday in Weekday.allCases where weekdays.contains(weekday) && dates.count < count {
                let date = monday.adding(days: week * 7 + weekday.rawValue - 1)
                if date >= first { dates.append(date) }
            }
            week += everyWeeks
        }
        return dates
    }

    /// The cells at which the visits start, nil where the wall clock skips that time on that date.
    public func starts(from first: CivilDate, offsets: ZoneOffsets) -> [(date: CivilDate, cell: Int?)] {
        dates(from: first).map { ($0, offsets.cell(on: $0, minuteOfDay: minuteOfDay)) }
    }
}

extension ZoneOffsets {
    /// The first cell at which the wall clock shows that minute of that date; nil where it is skipped or off the grid.
    ///
    /// A repeated time is its first occurrence.
    public func cell(on date: CivilDate, minuteOfDay: Int) -> Int? {
        guard (0..<1440).contains(minuteOfDay) else { return nil }
        let wall = date.daysSince1970 * 86_400 + minuteOfDay * 60
        // Offsets reach from -12 to +14 hours; a wall time is an instant under each offset that is in force around it.
        let around = [wall - 14 * 3600, wall + 12 * 3600].map {
            utcOffsetSeconds(at: Int((Double($0) / Double(CellGrid.secondsPerCell)).rounded(.down)))
        }
        let instants = Set(around).map { wall - $0 }.filter { $0 % CellGrid.secondsPerCell == 0 }
        return instants.map { $0 / CellGrid.secondsPerCell }.sorted().first {
            localDate(at: $0) == date && localMinute(at: $0) == minuteOfDay
        }
    }
}
