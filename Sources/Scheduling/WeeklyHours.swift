// SPDX-License-Identifier: Apache-2.0

/// A part of a day by the wall clock, in minutes since midnight, half-open.
public struct WallInterval: Hashable, Sendable, Codable {
    /// From 0 to 1440.
    public let opensMinute: Int
    /// From `opensMinute` to 1440, which is the next midnight.
    public let closesMinute: Int

    /// - Returns: nil unless 0 ≤ `opensMinute` < `closesMinute` ≤ 1440.
    public init?(opensMinute: Int, closesMinute: Int) {
        guard opensMinute >= 0, opensMinute < closesMinute, closesMinute <= 1440 else { return nil }
        self.opensMinute = opensMinute
        self.closesMinute = closesMinute
    }
}

/// When a resource is open: rules by weekday, replaced on single dates by exceptions, all in wall time.
///
/// An interval over midnight is written as two. A five-minute cell is open where the whole of it is inside an interval.
/// Over a change to daylight saving the rule "01:00 to 04:00" is two hours long, over the change back four; see
/// ``ZoneOffsets``.
public struct WeeklyHours: Hashable, Sendable {
    /// The intervals of each weekday; a weekday that is not here is closed.
    public var rules: [Weekday: [WallInterval]]
    /// The intervals of single dates, which replace those of their weekday; an empty list closes the date.
    public var exceptions: [CivilDate: [WallInterval]]

    /// Hours by weekday and by exception.
    public init(rules: [Weekday: [WallInterval]], exceptions: [CivilDate: [WallInterval]] = [:]) {
        self.rules = rules
        self.exceptions = exceptions
    }

    /// The intervals of a local date.
    public func intervals(on date: CivilDate) -> [WallInterval] {
        exceptions[date] ?? rules[date.weekday] ?? []
    }

    /// The open cells of a UTC day.
    public func openCells(day: Int, offsets: ZoneOffsets) -> DayCells {
        let midnight = day * CellGrid.cellsPerDay
        var open = DayCells()
        for segment in offsets.segments(of: day) {
            let firstLocal = segment.cells.lowerBound * CellGrid.secondsPerCell + segment.utcOffsetSeconds
            let lastLocal = segment.cells.upperBound * CellGrid.secondsPerCell + segment.utcOffsetSeconds - 1
            for date in floorDivide(firstLocal, 86_400)...floorDivide(lastLocal, 86_400) {
                let localMidnight = date * 86_400 - segment.utcOffsetSeconds
                for interval in intervals(on: CivilDate(daysSince1970: date)) {
                    // Rounded inwards: a cell only partly inside is closed.
                    let opens = -floorDivide(-(localMidnight + interval.opensMinute * 60), CellGrid.secondsPerCell)
                    let closes = floorDivide(localMidnight + interval.closesMinute * 60, CellGrid.secondsPerCell)
                    guard opens < closes else { continue }
                    let cells = (opens..<closes).clamped(to: segment.cells)
                    open = open.union(DayCells(cells.lowerBound - midnight..<cells.upperBound - midnight))
                }
            }
        }
        return open
    }

    /// The open cells of consecutive UTC days.
    public func openTimeline(firstDay: Int, dayCount: Int, offsets: ZoneOffsets) -> Timeline {
        var timeline = Timeline(firstDay: firstDay, dayCount: dayCount)
        for day in timeline.days { timeline[day: day] = openCells(day: day, offsets: offsets) }
        return timeline
    }
}
