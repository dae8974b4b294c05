// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Where sites were in every frame, and within what.
struct SitePaths: Sendable {
    let siteCount: Int, frameCount: Int
    /// Positions in pixels: `positions[frame * siteCount + site]`.
    var positions: [SIMD2<Float>]
    /// In 95 of 100 cases the true place is not farther off than this, in pixels; infinite where the site is lost.
    var bounds: [Float]

    /// The ratio of the bound to the standard deviation that a tracker works out, from simulated loops.
    private static let boundRatio: Float = 4.4

    /// Follows sites from the rest frame to both ends of a loop.
    ///
    /// - Parameter contributes: sites that others may lean on.
    init(
        _ places: [SIMD2<Float>], contributes: [Bool], in loop: CineLoop, restFrame: Int, isParallel: Bool,
        progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void
    ) {
        let frames = loop.frames.count, sites = places.count
        siteCount = sites
        frameCount = frames
        positions = [SIMD2<Float>](repeating: .zero, count: sites * frames)
        bounds = [Float](repeating: .infinity, count: sites * frames)
        let halvings = SpeckleSize.halvings(loop.frames[restFrame])
        let scale = Float(1 << halvings)
        // The coarser the grain, the fewer independent places a window holds: the deviation is that of a usual grain.
        let grain = SpeckleSize.halfDistance(loop.frames[restFrame])
        let area = Float(grain.x * grain.y) / (scale * scale)
        let ratio = Self.boundRatio * min(max((area / 3.2).squareRoot(), 0.8), 3)
        let ways = [
            Array(stride(from: restFrame, to: frames, by: 1)), Array(stride(from: restFrame, through: 0, by: -1)),
        ].filter { $0.count > 1 }
        for site in 0..<sites {
            positions[restFrame * sites + site] = places[site]
            let isInside = Self.isInside(places[site], loop)
            bounds[restFrame * sites + site] = isInside ? 0 : .infinity
        }
        let done = Atomic<Int>(1)
        let sides = Mutex<(neighbours: SiteNeighbours, evidence: [Float])?>(nil)
        unsafe positions.withUnsafeMutableBufferPointer { positions in
            unsafe bounds.withUnsafeMutableBufferPointer { bounds in
                // The two ways write different frames.
                nonisolated(unsafe) let (to, within) = unsafe (positions, bounds)
                let body: @Sendable (Int) -> Void = { way in
                    let order = ways[way]
                    let tracker = SiteTracker(
                        places.map { $0 / scale }, contributes: contributes, first: loop.frames[order[0]],
                        halvings: halvings, isParallel: isParallel && ways.count == 1)
                    for index in 1..<order.count {
                        let frame = order[index]
                        tracker.advance(
                            to: loop.frames[frame],
                            then: index + 1 < order.count ? loop.frames[order[index + 1]] : nil)
                        for site in 0..<sites {
                            let place = tracker.place(site)
                            let now = place.now * scale
                            unsafe to[frame * sites + site] = now
                            let isFollowed = !place.isLost && Self.isInside(now, loop)
                            unsafe within[frame * sites + site] =
                                isFollowed ? ratio * scale * place.deviation : .infinity
                        }
                        progress(done.add(1, ordering: .relaxed).newValue, frames)
                    }
                    let found = tracker.allEvidence
                    sides.withLock { known in
                        known = (tracker.neighbours, known.map { zip($0.evidence, found).map(+) } ?? found)
                    }
                }
                if isParallel, ways.count > 1 {
                    DispatchQueue.concurrentPerform(iterations: ways.count, execute: body)
                } else {
                    for way in ways.indices { body(way) }
                }
            }
        }
        if let found = sides.withLock({ $0 }) {
            settle(found.neighbours, found.evidence, in: loop, restFrame: restFrame, scale: scale)
        }
    }

    static func isInside(_ place: SIMD2<Float>, _ loop: CineLoop) -> Bool {
        place.x >= 0 && place.y >= 0 && place.x <= Float(loop.width - 1) && place.y <= Float(loop.height - 1)
    }

    func position(_ site: Int, _ frame: Int) -> SIMD2<Float> { positions[frame * siteCount + site] }
    func bound(_ site: Int, _ frame: Int) -> Float { bounds[frame * siteCount + site] }
}
