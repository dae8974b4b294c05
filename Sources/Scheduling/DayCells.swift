// SPDX-License-Identifier: Apache-2.0

/// A set of five-minute cells of one UTC day: 288 bits, cell 0 beginning at 00:00Z.
///
/// The bits are held as six words of 48 (four hours each), so that a word fits a signed 64-bit database column on every
/// engine and `busy & mask = 0` can be asked in SQL. Bit *b* of word *w* is cell 48 *w* + *b*.
///
///     let morning = DayCells(96..<144)              // 08:00Z to 12:00Z
///     let visit = DayCells(120..<132)               // 10:00Z to 11:00Z
///     morning.subtracting(visit).hasRun(of: 24)     // true: two hours are left before the visit
public struct DayCells: Hashable, Sendable {
    /// Words of a day.
    public static let wordCount = 6
    /// Bits used of each word.
    public static let bitsPerWord = 48
    static let wordMask: UInt64 = (1 << 48) - 1

    /// The six words; lanes 6 and 7 stay zero.
    private(set) var lanes: SIMD8<UInt64> = .zero

    /// No cell.
    public init() {}

    init(lanes: SIMD8<UInt64>) { self.lanes = lanes }

    /// All 288 cells.
    public static let wholeDay = DayCells(0..<CellGrid.cellsPerDay)

    /// The cells of a range; what lies outside 0 ..< 288 is left out.
    public init(_ cells: Range<Int>) {
        let cells = cells.clamped(to: 0..<CellGrid.cellsPerDay)
        var word = cells.lowerBound / Self.bitsPerWord
        while word * Self.bitsPerWord < cells.upperBound {
            let first = max(0, cells.lowerBound - word * Self.bitsPerWord)
            let end = min(Self.bitsPerWord, cells.upperBound - word * Self.bitsPerWord)
            if first < end { lanes[word] = ((1 << UInt64(end - first)) - 1) << UInt64(first) }
            word += 1
        }
    }

    /// The day whose words were stored before.
    ///
    /// - Returns: nil unless there are six words, each from 0 to 2⁴⁸ − 1.
    public init?(words: [Int64]) {
        guard words.count == Self.wordCount else { return nil }
        for (index, word) in words.enumerated() {
            guard let bits = UInt64(exactly: word), bits <= Self.wordMask else { return nil }
            lanes[index] = bits
        }
    }

    /// Word `index` (0 to 5) as a database column holds it.
    public func word(_ index: Int) -> Int64 { Int64(lanes[index]) }

    /// Whether no cell is set.
    public var isEmpty: Bool { lanes == .zero }

    /// How many cells are set.
    public var count: Int { (0..<Self.wordCount).reduce(0) { $0 + lanes[$1].nonzeroBitCount } }

    /// Whether the cell is set; false outside 0 ..< 288.
    public func contains(_ cell: Int) -> Bool {
        guard cell >= 0, cell < CellGrid.cellsPerDay else { return false }
        return lanes[cell / Self.bitsPerWord] & (1 << UInt64(cell % Self.bitsPerWord)) != 0
    }

    /// Adds one cell; one outside 0 ..< 288 is left out.
    public mutating func insert(_ cell: Int) {
        guard cell >= 0, cell < CellGrid.cellsPerDay else { return }
        lanes[cell / Self.bitsPerWord] |= 1 << UInt64(cell % Self.bitsPerWord)
    }

    /// The cells in either.
    public func union(_ other: DayCells) -> DayCells { DayCells(lanes: lanes | other.lanes) }
    /// The cells in both.
    public func intersection(_ other: DayCells) -> DayCells { DayCells(lanes: lanes & other.lanes) }
    /// The cells that are not in `other`.
    public func subtracting(_ other: DayCells) -> DayCells { DayCells(lanes: lanes & ~other.lanes) }
    /// Whether no cell is in both.
    public func isDisjoint(with other: DayCells) -> Bool { (lanes & other.lanes) == .zero }
    /// The cells of the day that are not set.
    public var complement: DayCells { Self.wholeDay.subtracting(self) }

    /// All cells moved later (or, for a negative count, earlier); what leaves the day is dropped.
    public func shifted(by cells: Int) -> DayCells {
        guard cells.magnitude < UInt(CellGrid.cellsPerDay) else { return DayCells() }
        var shifted = SIMD8<UInt64>.zero
        let words = floorDivide(cells, Self.bitsPerWord)
        let bits = UInt64(cells - words * Self.bitsPerWord)
        for word in 0..<Self.wordCount {
            let source = word - words
            if source >= 0, source < Self.wordCount { shifted[word] = lanes[source] << bits }
            if bits > 0, source >= 1, source <= Self.wordCount {
                shifted[word] |= lanes[source - 1] >> (UInt64(Self.bitsPerWord) - bits)
            }
            shifted[word] &= Self.wordMask
        }
        return DayCells(lanes: shifted)
    }

    /// The cells from which `length` cells in a row are set within this day.
    ///
    /// - Complexity: O(log `length`).
    public func runStarts(of length: Int) -> DayCells {
        guard length > 1 else { return length == 1 ? self : .wholeDay }
        var starts = self
        var covered = 1
        while covered < length {
            let step = min(covered, length - covered)
            starts = starts.intersection(starts.shifted(by: -step))
            covered += step
        }
        return starts
    }

    /// Whether `length` cells in a row are set somewhere in this day.
    public func hasRun(of length: Int) -> Bool { !runStarts(of: length).isEmpty }

    /// The set cells as maximal ranges, in order.
    public var runs: [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for cell in 0...CellGrid.cellsPerDay {
            if contains(cell) {
                start = start ?? cell
            } else if let begun = start {
                runs.append(begun..<cell)
                start = nil
            }
        }
        return runs
    }
}
