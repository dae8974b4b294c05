// SPDX-License-Identifier: Apache-2.0

import Foundation

/// On which side of a sheath or a torn face does a site lie? Decided once, by all frames.
///
/// While a loop is followed, a site at a boundary has to go with one of its sides before much has been seen, and one frame says
/// little: the boundary lies within what the picture resolves. All frames together say more, because along either path ever new speckle
/// slides past. Where their sum speaks for other neighbours than those the site went with, it gets the path that these predict.
extension SitePaths {
    /// Sites that part by less than this are not told apart, in pixels of the picture that is worked on.
    private static let parting: Float = 2
    /// By so much more must the evidence speak against the path that was taken.
    private static let margin: Float = 0.5

    mutating func settle(
        _ neighbours: SiteNeighbours, _ evidence: [Float], in loop: CineLoop, restFrame: Int, scale: Float
    ) {
        var changes: [(site: Int, positions: [SIMD2<Float>], bounds: [Float])] = []
        for site in 0..<siteCount {
            let entries = neighbours.entries(site).filter { Int(neighbours.lists[$0]) != site }
            guard entries.contains(where: { evidence[$0] > 0 }) else { continue }
            if let change = settled(
                site, entries.map { (Int(neighbours.lists[$0]), evidence[$0]) }, restFrame: restFrame, scale: scale)
            {
                changes.append((site, change.positions, change.bounds))
            }
        }
        for change in changes {
            for frame in 0..<frameCount where frame != restFrame {
                positions[frame * siteCount + change.site] = change.positions[frame]
                bounds[frame * siteCount + change.site] =
                    Self.isInside(change.positions[frame], loop) ? change.bounds[frame] : .infinity
            }
        }
    }

    /// Whether two sites' displacements never part by more than a limit, in frames in which both are followed.
    private func stayTogether(_ a: Int, _ b: Int, within limit: Float, restFrame: Int) -> Bool {
        let apart = position(b, restFrame) - position(a, restFrame)
        for frame in 0..<frameCount {
            let off = position(b, frame) - position(a, frame) - apart
            if (off * off).sum() > limit * limit, bound(a, frame).isFinite, bound(b, frame).isFinite { return false }
        }
        return true
    }

    private func settled(
        _ site: Int, _ others: [(site: Int, against: Float)], restFrame: Int, scale: Float
    ) -> (positions: [SIMD2<Float>], bounds: [Float])? {
        let place = position(site, restFrame)
        func distance(_ a: Int, _ b: Int) -> Float {
            let off = position(a, restFrame) - position(b, restFrame)
            return (off * off).sum().squareRoot()
        }
        func agree(_ a: Int, _ b: Int) -> Bool {
            stayTogether(a, b, within: Self.parting * scale + 0.1 * distance(a, b), restFrame: restFrame)
        }
        func weight(_ other: Int) -> Float {
            let far = distance(site, other) / scale
            return 1 / (64 + far * far)
        }
        func score(_ members: [Int]) -> Float {
            Self.mean(members.map { (others[$0].against, weight(others[$0].site)) })
        }
        let own = others.indices.filter { agree(site, others[$0].site) }
        // By so little must the evidence speak against another path.
        let enough = own.isEmpty ? .infinity : score(own) - Self.margin
        var best: (score: Float, members: [Int])?
        for leader in others.indices where others[leader].against < enough {
            let members = others.indices.filter { agree(others[leader].site, others[$0].site) }
            guard members.count >= 3 else { continue }
            let found = score(members)
            if found < best?.score ?? enough { best = (found, members) }
        }
        guard let best, best.members.count < others.count else { return nil }
        // The path that the members predict.
        var moved = [SIMD2<Float>](repeating: place, count: frameCount)
        var within = [Float](repeating: .infinity, count: frameCount)
        var most: Float = 0
        for frame in 0..<frameCount where frame != restFrame {
            let known = best.members.filter { bound(others[$0].site, frame).isFinite }
            let used = known.count >= 2 ? known : best.members
            var alongX = SiteSmoother.Normal(), alongY = SiteSmoother.Normal(), error: Float = 0
            for index in used {
                let other = others[index].site
                let share = weight(other), rest = (position(other, restFrame) - place) / scale
                let off = position(other, frame) - position(other, restFrame)
                alongX.add(share, rest.x, rest.y, off.x)
                alongY.add(share, rest.x, rest.y, off.y)
                error += share * (known.count >= 2 ? bound(other, frame) : 0)
            }
            guard let x = alongX.solve(ridge: 20, 0, 0), let y = alongY.solve(ridge: 20, 0, 0) else { return nil }
            moved[frame] = place + SIMD2(x.0, y.0)
            if known.count >= 2 { within[frame] = 2 * error / alongX.weight }
            let off = moved[frame] - position(site, frame)
            if bound(site, frame).isFinite, known.count >= 2 { most = max(most, (off * off).sum()) }
        }
        guard most.squareRoot() > Self.parting * scale else { return nil }
        return (moved, within)
    }

    private static func mean(_ values: [(value: Float, weight: Float)]) -> Float {
        var sum: Float = 0, total: Float = 0
        for item in values {
            sum += item.weight * item.value
            total += item.weight
        }
        return total > 0 ? sum / total : .infinity
    }
}
