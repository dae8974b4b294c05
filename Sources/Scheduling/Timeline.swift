// SPDX-License-Identifier: Apache-2.0

/// A set of cells over consecutive UTC days, so that spans may cross midnight.
///
/// Cells are named by their number since 1970 (see ``CellGrid``). Cells outside the days are never set.
public struct Timeline: Hashable, Sendable {
    /// The number of the first day.
    public let firstDay: Int
    /// How many days there are.
    public let dayCount: Int
    /// Six words of 48 bits a day, as in ``DayCells``.
    private var words: [UInt64]

    /// Days with no cell set.
    public init(firstDay: Int, dayCount: Int) {
        self.firstDay = firstDay
        self.dayCount = max(0, dayCount)
        words = [UInt64](repeating: 0, count: self.dayCount * DayCells.wordCount)
    }

    /// The day numbers that are covered.
    public var days: Range<Int> { firstDay..<firstDay + dayCount }
    /// The cell numbers that are covered.
    public var cells: Range<Int> {
        firstDay * CellGrid.cellsPerDay..<(firstDay + dayCount) * CellGrid.cellsPerDay
    }

    /// The cells of one day. Reading a day that is not covered gives none; writing to one does nothing.
    public subscript(day day: Int) -> DayCells {
        get {
            guard days.contains(day) else { return DayCells() }
            let base = (day - firstDay) * DayCells.wordCount
            var lanes = SIMD8<UInt64>.zero
            for word in 0..<DayCells.wordCount { lanes[word] = words[base + word] }
            return DayCells(lanes: lanes)
        }
        set {
            guard days.contains(day) else { return }
            let base = (day - firstDay) * DayCells.wordCount
            for word in 0..<DayCells.wordCount { words[base + word] = newValue.lanes[word] }
        }
    }

    /// Whether the cell is set.
    public func contains(_ cell: Int) -> Bool {
        guard cells.contains(cell) else { return false }
        let index = cell - cells.lowerBound
        return words[index / DayCells.bitsPerWord] & (1 << UInt64(index % DayCells.bitsPerWord)) != 0
    }

    /// Whether all cells of `span` are set.
    public func contains(_ span: Range<Int>) -> Bool {
        CellGrid.masks(of: span).allSatisfy { $0.cells.subtracting(self[day: $0.day]).isEmpty }
    }

    /// Whether no cell is set.
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Adds the cells of `span` that are covered.
    public mutating func insert(_ span: Range<Int>) {
        for (day, cells) in CellGrid.masks(of: span.clamped(to: self.cells)) {
            self[day: day] = self[day: day].union(cells)
        }
    }

    /// Adds the cells of a timeline that covers the same days.
    ///
    /// - Precondition: both cover the same days; cells of other days are not looked at.
    public mutating func formUnion(_ other: Timeline) { combine(other) { $0 | $1 } }

    /// Keeps the cells that are also in `other`, which covers the same days.
    public mutating func formIntersection(_ other: Timeline) { combine(other) { $0 & $1 } }

    /// Removes the cells of `other`, which covers the same days.
    public mutating func subtract(_ other: Timeline) { combine(other) { $0 & ~$1 } }

    @inline(__always)
    private mutating func combine(_ other: Timeline, _ operation: (UInt64, UInt64) -> UInt64) {
        if other.firstDay == firstDay, other.dayCount == dayCount {
            for index in words.indices { words[index] = operation(words[index], other.words[index]) }
        } else {
            for day in days {
                let theirs = other[day: day]
                let base = (day - firstDay) * DayCells.wordCount
                for word in 0..<DayCells.wordCount {
                    words[base + word] = operation(words[base + word], theirs.lanes[word])
                }
            }
        }
    }

    /// The cells *c* for which all of *c* − `before` ..< *c* + `length` are set: where something may start that needs
    /// `before` cells ahead of its start and `length` cells from it on.
    ///
    /// - Complexity: O(days · log(`before` + `length`)).
    public func starts(before: Int, length: Int) -> Timeline {
        let needed = before + length
        var result = self
        guard needed > 0 else { return result }
        var covered = 1
        while covered < needed {
            let step = min(covered, needed - covered)
            result.intersectWithEarlier(by: step)
            covered += step
        }
        if before > 0 { result.moveLater(by: before) }
        return result
    }

    /// Keeps the cells whose neighbour `cells` later is set too. Ascending, so it reads only words not yet changed.
    private mutating func intersectWithEarlier(by cells: Int) {
        let skip = cells / DayCells.bitsPerWord
        let bits = UInt64(cells % DayCells.bitsPerWord)
        let rest = UInt64(DayCells.bitsPerWord) - bits
        let count = words.count
        for index in 0..<count {
            let near = index + skip < count ? words[index + skip] >> bits : 0
            let far = index + skip + 1 < count ? (words[index + skip + 1] << rest) & DayCells.wordMask : 0
            words[index] &= near | far
        }
    }

    /// Moves all cells later. Descending, so it reads only words not yet changed.
    private mutating func moveLater(by cells: Int) {
        let skip = cells / DayCells.bitsPerWord
        let bits = UInt64(cells % DayCells.bitsPerWord)
        let rest = UInt64(DayCells.bitsPerWord) - bits
        for index in words.indices.reversed() {
            let near = index >= skip ? (words[index - skip] << bits) & DayCells.wordMask : 0
            let far = index >= skip + 1 ? words[index - skip - 1] >> rest : 0
            words[index] = near | far
        }
    }

    /// Calls `body` with the number of each set cell, in order.
    public func forEachCell(_ body: (Int) throws -> Void) rethrows {
        for (index, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                let bit = rest.trailingZeroBitCount
                try body(cells.lowerBound + index * DayCells.bitsPerWord + bit)
                rest &= rest - 1
            }
        }
    }
}
