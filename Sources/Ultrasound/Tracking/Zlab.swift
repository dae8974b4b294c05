// SPDX-License-Identifier: Apache-2.0
public func labTrack(_ loop: CineLoop, _ sites: [(Float, Float)], parallel: Bool = false) -> [[(Float, Float, Float, Bool, Float)]] {
    let tracker = SiteTracker(sites.map { SIMD2($0.0, $0.1) }, contributes: .init(repeating: true, count: sites.count), first: loop.frames[0], halvings: 0, isParallel: parallel)
    var out = [sites.map { ($0.0, $0.1, Float(0), false, Float(1)) }]
    for f in 1..<loop.frames.count {
        tracker.advance(to: loop.frames[f], then: f + 1 < loop.frames.count ? loop.frames[f + 1] : nil)
        out.append((0..<sites.count).map { let s = tracker.sites[$0], ft = tracker.fits[$0]; return (s.now.x, s.now.y, (s.keyVariance.x + s.keyVariance.y + ft.varianceX + ft.varianceY) * (s.isContested ? 4 : 1), s.isLost, s.closeCorrelation) })
    }
    return out
}
