// SPDX-License-Identifier: Apache-2.0

import Testing

/// The shortest list that still fails, as far as leaving steps out can find it: halves first, then smaller pieces, then
/// single steps, until nothing more can go (Zeller and Hildebrandt's ddmin, without its complements).
func shrunk<Step: Sendable>(
    _ steps: [Step], while fails: ([Step]) async throws -> Bool
) async throws -> [Step] {
    var left = steps
    var size = max(1, left.count / 2)
    while true {
        var start = 0
        var isShorter = false
        while start < left.count {
            var shorter = left
            shorter.removeSubrange(start..<min(start + size, left.count))
            if try await fails(shorter) {
                left = shorter
                isShorter = true
            } else {
                start += size
            }
        }
        if size == 1, !isShorter { return left }
        size = max(1, size / 2)
    }
}

@Suite("The shrinker")
struct ShrinkingTests {
    @Test("what does not matter is left out, wherever it stands", arguments: 0..<20)
    func leavesOut(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var steps = (0..<60).map { _ in Int.random(in: 10..<99, using: &generator) }
        steps.insert(3, at: Int.random(in: 0..<20, using: &generator))
        steps.insert(7, at: Int.random(in: 40..<60, using: &generator))
        let shortest = try await shrunk(steps) { list in
            guard let first = list.firstIndex(of: 3), let last = list.lastIndex(of: 7) else { return false }
            return first < last
        }
        #expect(shortest == [3, 7])
    }
}
