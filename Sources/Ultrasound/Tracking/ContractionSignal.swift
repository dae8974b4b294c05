// SPDX-License-Identifier: Apache-2.0

extension MotionField {
    /// How contracted the muscle is in each frame, from the motion itself: the main way in which sites move relative to each other,
    /// as a root mean square in pixels, 0 at rest and positive at the height.
    ///
    ///     let phases = ContractionPhases(of: field.contractionSignal(), times: loop.times)
    ///
    /// Displacements of the sites that are never lost, their mean in each frame taken out (the probe), are decomposed into
    /// modes; this is the amplitude of the first (by power iteration). All zero where too few sites are followed.
    /// - Complexity: frames × sites.
    public func contractionSignal() -> [Double] {
        let still = [Double](repeating: 0, count: frameCount)
        let followed = (0..<(columns * rows)).filter { site in
            (0..<frameCount).allSatisfy { paths.bound(site, $0).isFinite }
        }
        guard followed.count >= 8, frameCount >= 3 else { return still }
        let every = max(followed.count / 300, 1)
        let sites = stride(from: 0, to: followed.count, by: every).map { followed[$0] }
        let moves: [[Double]] = (0..<frameCount).map { frame in
            let moved = sites.map { paths.position($0, frame) - paths.position($0, restFrame) }
            let mean = moved.reduce(SIMD2<Float>.zero, +) / Float(moved.count)
            return moved.flatMap { [Double($0.x - mean.x), Double($0.y - mean.y)] }
        }
        // Begins with the frame that moved most.
        let energies = moves.map { row in row.reduce(0) { $0 + $1 * $1 } }
        guard let most = energies.indices.max(by: { energies[$0] < energies[$1] }), energies[most] > 1e-6 else {
            return still
        }
        var mode = Self.normal(moves[most])
        for _ in 0..<30 {
            var next = [Double](repeating: 0, count: mode.count)
            for row in moves {
                let amplitude = Self.dot(row, mode)
                for index in next.indices { next[index] += amplitude * row[index] }
            }
            mode = Self.normal(next)
        }
        let amplitudes = moves.map { Self.dot($0, mode) / Double(sites.count).squareRoot() }
        let largest = amplitudes.max { abs($0) < abs($1) } ?? 0
        return largest < 0 ? amplitudes.map { -$0 } : amplitudes
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private static func normal(_ a: [Double]) -> [Double] {
        let length = dot(a, a).squareRoot()
        return length > 0 ? a.map { $0 / length } : a
    }
}
