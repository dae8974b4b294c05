// SPDX-License-Identifier: Apache-2.0

import Scheduling
import Testing

/// The oracle: a day as 288 truth values.
private func flags(_ cells: DayCells) -> [Bool] { (0..<288).map { cells.contains($0) } }

private func cells(_ flags: [Bool]) -> DayCells {
    flags.indices.reduce(DayCells()) { flags[$1] ? $0.union(DayCells($1..<$1 + 1)) : $0 }
}

private func randomFlags(_ generator: inout SeededGenerator) -> [Bool] {
    let density = Double.random(in: 0...1, using: &generator)
    var flags: [Bool] = []
    while flags.count < 288 {
        let value = Double.random(in: 0...1, using: &generator) < density
        flags += Array(repeating: value, count: Int.random(in: 1...40, using: &generator))
    }
    return Array(flags.prefix(288))
}

@Suite("Cells of a day")
struct DayCellsTests {
    @Test("every range of a day sets exactly its cells and fits six 48-bit words")
    func everyRange() throws {
        for first in 0...288 {
            for end in first...288 {
                let day = DayCells(first..<end)
                #expect(day.count == end - first)
                #expect(day.runs == (first < end ? [first..<end] : []))
                let words = (0..<6).map { day.word($0) }
                #expect(words.allSatisfy { $0 >= 0 && $0 < 1 << 48 })
                #expect(DayCells(words: words) == day)
            }
        }
        #expect(DayCells(-50..<400) == .wholeDay)
        #expect(DayCells(300..<400).isEmpty)
    }

    @Test("words that no day can have are refused")
    func badWords() {
        #expect(DayCells(words: [0, 0, 0, 0, 0]) == nil)
        #expect(DayCells(words: [0, 0, 0, 0, 0, -1]) == nil)
        #expect(DayCells(words: [1 << 48, 0, 0, 0, 0, 0]) == nil)
    }

    @Test("set operations, shifts and runs equal those of 288 truth values", arguments: 0..<24)
    func operations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let left = randomFlags(&generator)
        let right = randomFlags(&generator)
        let (a, b) = (cells(left), cells(right))
        #expect(flags(a) == left)
        var inserted = DayCells()
        for cell in -3..<300 where !left.indices.contains(cell) || left[cell] { inserted.insert(cell) }
        #expect(inserted == a)
        #expect(flags(a.union(b)) == zip(left, right).map { $0 || $1 })
        #expect(flags(a.intersection(b)) == zip(left, right).map { $0 && $1 })
        #expect(flags(a.subtracting(b)) == zip(left, right).map { $0 && !$1 })
        #expect(flags(a.complement) == left.map { !$0 })
        #expect(a.isDisjoint(with: b) == !zip(left, right).contains { $0 && $1 })
        #expect(a.isDisjoint(with: a.complement))
        for shift in -290...290 {
            let expected = (0..<288).map { (0..<288).contains($0 - shift) && left[$0 - shift] }
            #expect(flags(a.shifted(by: shift)) == expected, "shift \(shift)")
        }
        for length in 1...289 {
            let expected = (0..<288).map { $0 + length <= 288 && left[$0..<$0 + length].allSatisfy { $0 } }
            #expect(flags(a.runStarts(of: length)) == expected, "length \(length)")
            #expect(a.hasRun(of: length) == expected.contains(true))
        }
    }

    @Test("a span over midnight becomes one mask a day and loses no cell")
    func midnight() {
        for start in stride(from: -600, to: 600, by: 7) {
            for length in [0, 1, 12, 287, 288, 289, 700] {
                let masks = CellGrid.masks(of: start..<start + length)
                let cells = masks.flatMap { mask in mask.cells.runs.flatMap { $0.map { mask.day * 288 + $0 } } }
                #expect(cells == Array(start..<start + length))
                #expect(masks.map(\.day) == masks.map(\.day).sorted())
                #expect(masks.allSatisfy { !$0.cells.isEmpty })
            }
        }
    }

    @Test("starts over several days equal a cell-by-cell search", arguments: 0..<12)
    func timelineStarts(seed: UInt64) {
        var generator = SeededGenerator(seed: 100 + seed)
        var timeline = Timeline(firstDay: 20_000, dayCount: 3)
        var flags: [Bool] = []
        for day in timeline.days {
            let today = randomFlags(&generator)
            flags += today
            timeline[day: day] = cells(today)
        }
        let first = timeline.cells.lowerBound
        for (before, length) in [(0, 1), (0, 12), (3, 12), (1, 0), (48, 48), (50, 97), (0, 300), (100, 200), (0, 864)] {
            let found = timeline.starts(before: before, length: length)
            for index in flags.indices {
                let needed = index - before..<index + length
                let expected = needed.lowerBound >= 0 && needed.upperBound <= 864 && flags[needed].allSatisfy { $0 }
                #expect(found.contains(first + index) == expected, "before \(before), length \(length), cell \(index)")
            }
        }
    }

    @Test("a timeline inserts, contains and lists spans")
    func timelineSpans() {
        var timeline = Timeline(firstDay: -1, dayCount: 3)
        timeline.insert(-10..<300)
        #expect(timeline.contains(-10..<300))
        #expect(!timeline.contains(-11..<300))
        #expect(!timeline.contains(-10..<301))
        var listed: [Int] = []
        timeline.forEachCell { listed.append($0) }
        #expect(listed == Array(-10..<300))
        timeline.insert(-10_000..<10_000)
        #expect(timeline.contains(timeline.cells))
        var removed = Timeline(firstDay: 0, dayCount: 1)
        removed.insert(0..<288)
        timeline.subtract(removed)
        #expect(!timeline.contains(0) && timeline.contains(-1) && timeline.contains(288))
    }
}
