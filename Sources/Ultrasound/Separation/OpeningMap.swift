// SPDX-License-Identifier: Apache-2.0

/// How far the two sides of every site part during a loop, and which sites together make a tear.
struct OpeningMap {
    let jumps: JumpMap
    let least: Double
    /// `openings[row * columns + column]`: the largest opening, its frame, and the standard deviation of one jump there.
    private(set) var openings: [Opening?]

    struct Opening {
        var amount: Double, peak: Int, closed: Int, deviation: Double
    }

    /// Cells that hang together, by row: the column where the opening is largest.
    struct Region {
        var columns: [(row: Int, column: Int)]
        var peak: Int, closed: Int
    }

    init(_ jumps: JumpMap, least: Double, isParallel: Bool) {
        self.jumps = jumps
        self.least = least
        let columns = jumps.field.columns, rows = jumps.field.rows
        let cells = UnsafeMutablePointer<Opening?>.allocate(capacity: columns * rows)
        unsafe cells.initialize(repeating: nil, count: columns * rows)
        defer { unsafe cells.deallocate() }
        // Every thread writes the cells of its own rows.
        nonisolated(unsafe) let target = unsafe cells
        Cores.perform(rows, grain: 1, isParallel: isParallel) { range in
            for row in range {
                for column in 0..<columns {
                    unsafe target[row * columns + column] = Self.opening(jumps, column, row, least: least)
                }
            }
        }
        openings = (0..<(columns * rows)).map { unsafe cells[$0] }
    }

    private static func opening(_ jumps: JumpMap, _ column: Int, _ row: Int, least: Double) -> Opening? {
        let frames = jumps.field.frameCount
        var x: [Double] = [], y: [Double] = [], index: [Int] = [], deviation: [Double] = []
        for frame in 0..<frames {
            guard let jump = jumps.jump(column: column, row: row, frame: frame) else { continue }
            x.append(jump.x)
            y.append(jump.y)
            deviation.append(jump.deviation)
            index.append(frame)
        }
        guard x.count >= 2 else { return nil }
        // A median of three takes out single frames.
        let smooth =
            x.count < 5
            ? x
            : x.indices.map { at in
                let near = [x[max(at - 1, 0)], x[at], x[min(at + 1, x.count - 1)]].sorted()
                return near[1]
            }
        var low = 0, high = 0
        for at in smooth.indices {
            if smooth[at] < smooth[low] { low = at }
            if smooth[at] > smooth[high] { high = at }
        }
        let amount = smooth[high] - smooth[low]
        let across = abs(y[high] - y[low])
        guard amount > least, amount > 1.3 * across, amount > 4 * deviation[high] else { return nil }
        return Opening(amount: amount, peak: index[high], closed: index[low], deviation: deviation[high])
    }

    /// Groups of neighbouring cells that span at least three rows.
    func regions() -> [Region] {
        let columns = jumps.field.columns, rows = jumps.field.rows
        var isSeen = [Bool](repeating: false, count: openings.count)
        var result: [Region] = []
        for start in openings.indices where openings[start] != nil && !isSeen[start] {
            var stack = [start], cells: [Int] = []
            isSeen[start] = true
            while let cell = stack.popLast() {
                cells.append(cell)
                let row = cell / columns, column = cell % columns
                for down in max(row - 1, 0)...min(row + 1, rows - 1) {
                    for across in max(column - 1, 0)...min(column + 1, columns - 1) {
                        let next = down * columns + across
                        if !isSeen[next], openings[next] != nil {
                            isSeen[next] = true
                            stack.append(next)
                        }
                    }
                }
            }
            if let region = region(cells) { result.append(region) }
        }
        return result
    }

    private func region(_ cells: [Int]) -> Region? {
        let columns = jumps.field.columns
        var best: [Int: Int] = [:]
        for cell in cells {
            let row = cell / columns
            if let known = best[row], amount(known) >= amount(cell) { continue }
            best[row] = cell
        }
        // The typical opening; rows far below it (a sheath's, beside the gap) don't belong.
        let amounts = best.values.map(amount).sorted()
        let typical = amounts[amounts.count / 2]
        let members = best.keys.sorted().filter { row in best[row].map { amount($0) > 0.5 * typical } ?? false }
        guard members.count >= 3 else { return nil }
        // One frame for all: the median of the rows'.
        let chosen = members.compactMap { best[$0] }
        let peaks = chosen.compactMap { openings[$0]?.peak }.sorted()
        let closed = chosen.compactMap { openings[$0]?.closed }.sorted()
        return Region(
            columns: chosen.map { ($0 / columns, $0 % columns) }, peak: peaks[peaks.count / 2],
            closed: closed[closed.count / 2])
    }

    private func amount(_ cell: Int) -> Double { openings[cell]?.amount ?? 0 }
}
