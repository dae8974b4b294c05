// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The offsets of a time zone over many UTC days, looked up once.
///
/// A day has one offset, or two with the cell at which the second takes over. Everything about daylight saving follows
/// from asking each *instant* for its wall time: a wall time in the gap belongs to no instant, so it is never offered; a
/// repeated one belongs to two, so it is offered twice.
public struct ZoneOffsets: Sendable {
    /// A part of a UTC day with one offset.
    public struct Segment: Hashable, Sendable {
        /// Cell numbers since 1970.
        public let cells: Range<Int>
        /// Local time minus UTC, in seconds.
        public let utcOffsetSeconds: Int
    }

    /// The zone, with the rules of the installed time zone database.
    public let zone: TimeZone
    private let days: Range<Int>
    private let offsetAtMidnight: [Int32]
    private let changes: [Int: Segment]

    /// Looks up `days` (day numbers) ahead. Other days work too, at the cost of asking the zone each time.
    public init(zone: TimeZone, days: Range<Int>) {
        self.zone = zone
        self.days = days
        var offsets: [Int32] = []
        var changes: [Int: Segment] = [:]
        for day in days.lowerBound...days.upperBound {
            offsets.append(Int32(truncatingIfNeeded: Self.offset(of: zone, at: day * CellGrid.cellsPerDay)))
        }
        for (index, day) in days.enumerated() where offsets[index] != offsets[index + 1] {
            changes[day] = Self.change(of: zone, in: day)
        }
        offsetAtMidnight = offsets
        self.changes = changes
    }

    /// One or two segments that together are the UTC day.
    public func segments(of day: Int) -> [Segment] {
        let midnight = day * CellGrid.cellsPerDay
        let whole = midnight..<midnight + CellGrid.cellsPerDay
        let offset: Int
        let change: Segment?
        if days.contains(day) {
            offset = Int(offsetAtMidnight[day - days.lowerBound])
            change = changes[day]
        } else {
            offset = Self.offset(of: zone, at: whole.lowerBound)
            change = Self.offset(of: zone, at: whole.upperBound) == offset ? nil : Self.change(of: zone, in: day)
        }
        guard let change else { return [Segment(cells: whole, utcOffsetSeconds: offset)] }
        return [
            Segment(cells: whole.lowerBound..<change.cells.lowerBound, utcOffsetSeconds: offset), change,
        ]
    }

    /// Local time minus UTC at the beginning of a cell, in seconds.
    public func utcOffsetSeconds(at cell: Int) -> Int {
        let day = CellGrid.day(of: cell)
        guard days.contains(day) else { return Self.offset(of: zone, at: cell) }
        if let change = changes[day], cell >= change.cells.lowerBound { return change.utcOffsetSeconds }
        return Int(offsetAtMidnight[day - days.lowerBound])
    }

    /// The date on the wall calendar at the beginning of a cell.
    public func localDate(at cell: Int) -> CivilDate {
        CivilDate(
            daysSince1970: floorDivide(cell * CellGrid.secondsPerCell + utcOffsetSeconds(at: cell), 86_400))
    }

    /// Minutes since midnight by the wall clock at the beginning of a cell.
    public func localMinute(at cell: Int) -> Int {
        let seconds = cell * CellGrid.secondsPerCell + utcOffsetSeconds(at: cell)
        return (seconds - floorDivide(seconds, 86_400) * 86_400) / 60
    }

    /// The cells of a UTC day at which the wall clock shows a whole multiple of `stepMinutes` since midnight and the wall
    /// calendar a date in `dates`.
    ///
    /// Where the zone's offset is not a multiple of five minutes (none is since 1972) there are none.
    public func gridStarts(everyMinutes stepMinutes: Int, dates: ClosedRange<CivilDate>, day: Int) -> DayCells {
        guard stepMinutes > 0 else { return DayCells() }
        let midnight = day * CellGrid.cellsPerDay
        let wanted = dates.lowerBound.daysSince1970...dates.upperBound.daysSince1970
        var starts = DayCells()
        for segment in segments(of: day) {
            for cell in segment.cells {
                let local = cell * CellGrid.secondsPerCell + segment.utcOffsetSeconds
                let date = floorDivide(local, 86_400)
                if (local - date * 86_400) % (stepMinutes * 60) == 0, wanted.contains(date) {
                    starts.insert(cell - midnight)
                }
            }
        }
        return starts
    }

    /// The UTC days that hold all of the local dates `dates`, whatever the offset (at most a day either way).
    public static func days(holding dates: ClosedRange<CivilDate>) -> Range<Int> {
        dates.lowerBound.daysSince1970 - 1..<dates.upperBound.daysSince1970 + 2
    }

    /// The cells of the local dates `dates`, from the first midnight to the last by the wall clock.
    public func cells(of dates: ClosedRange<CivilDate>) -> Range<Int> {
        func firstCell(from date: CivilDate) -> Int {
            let start = (date.daysSince1970 - 1) * CellGrid.cellsPerDay
            return (start..<start + 3 * CellGrid.cellsPerDay).first { localDate(at: $0) >= date } ?? start
        }
        let first = firstCell(from: dates.lowerBound)
        return first..<max(first, firstCell(from: dates.upperBound.adding(days: 1)))
    }

    private static func offset(of zone: TimeZone, at cell: Int) -> Int {
        zone.secondsFromGMT(for: CellGrid.instant(of: cell))
    }

    /// The part of the day after the offset changed, found by bisection.
    private static func change(of zone: TimeZone, in day: Int) -> Segment {
        var low = day * CellGrid.cellsPerDay
        let end = low + CellGrid.cellsPerDay
        var high = end
        let before = offset(of: zone, at: low)
        while high - low > 1 {
            let middle = (low + high) / 2
            if offset(of: zone, at: middle) == before { low = middle } else { high = middle }
        }
        return Segment(cells: high..<end, utcOffsetSeconds: offset(of: zone, at: high))
    }
}
