// SPDX-License-Identifier: Apache-2.0

import Scheduling
import Storage
import Testing

@testable import Diary

@Suite("The guarded update of busy cells, on both engines")
struct BusyCellsTests {
    @Test("a claim is refused by the database itself when one cell of one word of one resource is taken")
    func guarded() async throws {
        try await DemoClinic.onEachEngine { clinic in
            // Two days, over midnight, on resource 1; another on resource 2 that shares no cell with it.
            let first = 20_515 * 288 + 200
            let taken = BusyCells.Claim(resource: 1, span: first..<first + 100)
            for cell in [first - 1, first, first + 40, first + 87, first + 88, first + 99, first + 100] {
                let overlaps = taken.span.contains(cell)
                struct Undo: Error {}
                await #expect(throws: Undo.self) {
                    try await clinic.store.write { transaction in
                        let wasFree = try BusyCells.take([taken], in: transaction)
                        let fits = try BusyCells.take(
                            [
                                BusyCells.Claim(resource: 2, span: first..<first + 3),
                                BusyCells.Claim(resource: 1, span: cell..<cell + 1),
                            ], in: transaction)
                        #expect(wasFree && fits == !overlaps, "cell \(cell)")
                        throw Undo()
                    }
                }
            }
            let kept = try await clinic.store.write { transaction in
                _ = try BusyCells.take([taken], in: transaction)
                _ = try BusyCells.take(
                    [BusyCells.Claim(resource: 1, span: taken.span.upperBound..<taken.span.upperBound + 5)],
                    in: transaction)
                try BusyCells.free([taken], in: transaction)
                return try BusyCells.read(days: 20_515..<20_518, at: clinic.time.now, in: transaction).load(of: 1)
            }
            #expect(kept == 5)
        }
    }
}
