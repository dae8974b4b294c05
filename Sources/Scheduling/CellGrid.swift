// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The grid that all of scheduling is counted on: cells of five minutes since 1970-01-01T00:00Z.
///
/// A *cell number* is an `Int` that counts cells since 1970; a *day number* counts UTC days since 1970. Both may be
/// negative. Leap seconds are not counted, as in POSIX time. Ranges are half-open, so an appointment that ends at 10:00
/// and one that starts at 10:00 do not meet.
public enum CellGrid {
    /// The length of a cell, in minutes.
    public static let minutesPerCell = 5
    /// The length of a cell, in seconds.
    public static let secondsPerCell = 300
    /// Cells in a UTC day.
    public static let cellsPerDay = 288

    /// The number of the cell that begins exactly at `instant`, or nil where `instant` is not on the grid.
    ///
    /// Instants more than 10¹² seconds (31 700 years) from 1970 are on no grid, so that no sum of cells can overflow.
    public static func cell(at instant: Date) -> Int? {
        let seconds = instant.timeIntervalSince1970
        guard let whole = Int(exactly: seconds), whole.magnitude <= 1_000_000_000_000,
            whole % secondsPerCell == 0
        else { return nil }
        return whole / secondsPerCell
    }

    /// The number of the cell that contains `instant`.
    public static func cell(containing instant: Date) -> Int {
        Int((instant.timeIntervalSince1970 / Double(secondsPerCell)).rounded(.down))
    }

    /// The instant at which a cell begins.
    public static func instant(of cell: Int) -> Date { Date(timeIntervalSince1970: Double(cell * secondsPerCell)) }

    /// The number of the UTC day that holds a cell.
    public static func day(of cell: Int) -> Int { floorDivide(cell, cellsPerDay) }

    /// How many cells cover `minutes`, rounded up, so that a claim is never shorter than what it stands for.
    public static func cells(covering minutes: Int) -> Int { -floorDivide(-minutes, minutesPerCell) }

    /// A span of cells cut at UTC midnight: one mask for each day that it touches, in order of days.
    ///
    /// - Complexity: O(days touched).
    public static func masks(of span: Range<Int>) -> [(day: Int, cells: DayCells)] {
        guard !span.isEmpty else { return [] }
        return (day(of: span.lowerBound)...day(of: span.upperBound - 1)).map { day in
            let midnight = day * cellsPerDay
            return (day, DayCells(span.lowerBound - midnight..<span.upperBound - midnight))
        }
    }
}

/// Division that rounds towards minus infinity, for times before 1970.
func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
}
