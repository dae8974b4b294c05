// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Follows many sites together from frame to frame.
///
/// For every frame: each site's window is matched against the key frame, a few frames back; neighbouring displacements are made to
/// agree (``SiteSmoother``); where neighbours move differently, the pixels close to the site say with whom it goes, and what
/// was learnt is kept, because tissue does not change sides. Sites that leave the picture are carried by their
/// neighbours. Every few frames the key frame moves on, and drift that shows against the picture at rest is taken out.
@safe final class SiteTracker: @unchecked Sendable {
    // The pointers below are owned by this object. During a parallel step a thread writes only the entries of its own sites
    // and reads others' only from arrays that this step does not write.

    /// One followed place.
    struct Site {
        let rest: SIMD2<Float>
        /// Where it was in the key frame, and where it is.
        var key: SIMD2<Float>, now: SIMD2<Float>
        /// Displacement since the key frame, and its last change.
        var moved = SIMD2<Float>.zero, speed = SIMD2<Float>.zero
        /// Of the window with the key frame, and of the pixels close by at the displacement taken in the end.
        var correlation: Float = 1, closeCorrelation: Float = 1
        var isInside = true
        /// Variance of the position at the key frame along x and y.
        var keyVariance = SIMD2<Float>.zero
        /// What planes have failed to follow since rest: errors that add up and don't average out, in pixels.
        var bias: Float = 0
        /// What planes left over since rest, summed up; its variance; and how much of it is part of the position.
        var remainder = SIMD2<Float>.zero, remainderVariance: Float = 0, takenRemainder = SIMD2<Float>.zero
        /// Variance of the position because it is not clear with which of its neighbours the site goes: since the key frame, and before it.
        var ambiguity: Float = 0, oldAmbiguity: Float = 0
        /// Was carried outside the picture and has not been recognised since.
        var isCarried = false
        /// Frames in a row that do not look like the key frame.
        var suspicion = 0
        /// How like the key frame before the key frame was, against what is usual elsewhere and at this site: what leaves in two steps, a key
        /// frame between, must not pass unseen.
        var keyLikeness: Float = 1, usualLikeness: Float = 0
        /// No longer followed: what is there now is not what was marked.
        var isLost = false
        /// It was lost after the key frame, which still shows what was marked.
        var isLostSinceKey = false
        /// Neighbours move differently.
        var isContested = false
    }

    let count: Int
    let neighbours: SiteNeighbours
    let isParallel: Bool
    let sites: UnsafeMutablePointer<Site>
    let inputs: UnsafeMutablePointer<SiteSmoother.Input>
    /// The fits of the last frame, and those of this one.
    let fits: UnsafeMutablePointer<SiteSmoother.Fit>, fresh: UnsafeMutablePointer<SiteSmoother.Fit>
    /// For every entry of the neighbour lists: what speaks against belonging together, as a log-likelihood.
    let against: UnsafeMutablePointer<Float>
    let begin: UnsafeMutablePointer<SIMD2<Float>?>
    /// For every entry of the neighbour lists: what all frames so far say against going with it, from the pixels at the site itself.
    let evidence: UnsafeMutablePointer<Float>
    private let entryCount: Int

    /// Pyramids of the key frame, of the frame at rest, of this and of the next.
    var key: FramePyramid, current: FramePyramid, next: FramePyramid
    let rest: FramePyramid
    private var isNextLoaded = false
    /// Less than this is suspicious: what is seen may not be what was marked.
    private var leastCorrelation: Float = 0.45
    private var isEnduring = false
    var sinceKey = 0
    /// The key frame moves on after this many frames.
    static let keyInterval = 4
    /// So many frames like nothing before are waited for to pass.
    private static let longestWait = 12
    /// The part of a plane's misfit that stays in the displacement, from simulated tissue that bends.
    private static let biasShare: Float = 0.06

    init(
        _ places: [SIMD2<Float>], contributes: [Bool], first: GreyImage, halvings: Int, isParallel: Bool
    ) {
        count = places.count
        self.isParallel = isParallel
        neighbours = SiteNeighbours(places, contributes: contributes, radius: 50)
        entryCount = neighbours.lists.count
        unsafe sites = .allocate(capacity: max(count, 1))
        unsafe inputs = .allocate(capacity: max(count, 1))
        unsafe fits = .allocate(capacity: max(count, 1))
        unsafe fresh = .allocate(capacity: max(count, 1))
        unsafe begin = .allocate(capacity: max(count, 1))
        unsafe against = .allocate(capacity: max(entryCount, 1))
        unsafe evidence = .allocate(capacity: max(entryCount, 1))
        unsafe inputs.initialize(repeating: .init(), count: count)
        unsafe fits.initialize(repeating: .init(), count: count)
        unsafe fresh.initialize(repeating: .init(), count: count)
        unsafe begin.initialize(repeating: nil, count: count)
        unsafe against.initialize(repeating: 0, count: entryCount)
        unsafe evidence.initialize(repeating: 0, count: entryCount)
        for index in 0..<count {
            unsafe (sites + index).initialize(to: Site(rest: places[index], key: places[index], now: places[index]))
        }
        func pyramid() -> FramePyramid { FramePyramid(width: first.width, height: first.height, halvings: halvings) }
        (key, current, next, rest) = (pyramid(), pyramid(), pyramid(), pyramid())
        key.load(first)
        rest.load(first)
    }

    deinit {
        unsafe sites.deallocate()
        unsafe inputs.deallocate()
        unsafe fits.deallocate()
        unsafe fresh.deallocate()
        unsafe begin.deallocate()
        unsafe against.deallocate()
        unsafe evidence.deallocate()
    }

    /// Where a site is now, the standard deviation of that, and whether it is still followed.
    func place(_ site: Int) -> (now: SIMD2<Float>, deviation: Float, isLost: Bool) {
        let place = unsafe sites[site]
        let fit = unsafe fits[site]
        let key = place.keyVariance
        var variance = key.x + key.y
        if sinceKey > 0 { variance += fit.varianceX + fit.varianceY }
        if place.isContested { variance = 4 * variance + place.ambiguity }
        // Carried by others, or with nothing of its own to say.
        if !place.isInside { variance += 0.5 }
        if isEnduring { variance += 1 + (place.moved * place.moved).sum() / 4 }
        variance += place.bias * place.bias + place.oldAmbiguity
        return (place.now, variance.squareRoot(), place.isLost)
    }

    /// What speaks against going with each neighbour, over all frames, one number for every entry of the neighbour lists.
    var allEvidence: [Float] { unsafe Array(UnsafeBufferPointer(start: evidence, count: entryCount)) }

    /// Goes on to a frame; the one after it is prepared meanwhile by another core.
    func advance(to image: GreyImage, then following: GreyImage?) {
        if isNextLoaded { swap(&current, &next) } else { current.load(image) }
        sinceKey += 1
        let matcher = SiteMatcher(template: key, target: current)
        let ahead = next
        let grain = 24, chunks = (count + grain - 1) / grain
        // Chunk 0 prepares the next frame, the others match sites.
        Cores.perform(chunks + 1, grain: 1, isParallel: isParallel) { range in
            for chunk in range {
                if chunk == 0 {
                    if let following { ahead.load(following) }
                } else {
                    for site in (chunk - 1) * grain..<min(chunk * grain, count) { measure(site, matcher) }
                }
            }
        }
        isNextLoaded = following != nil
        rescue(matcher)
        isEnduring = usualCorrelation() < 0.4 && sinceKey <= Self.longestWait
        if isEnduring {
            endure()
            return
        }
        Cores.perform(count, grain: 64, isParallel: isParallel) { range in
            for site in range {
                unsafe fresh[site] = SiteSmoother.fit(
                    site, inputs, neighbours, against, prior: fits[site], start: nil)
            }
        }
        Cores.perform(count, grain: 64, isParallel: isParallel) { range in
            for site in range { judge(site) }
        }
        Cores.perform(count, grain: 64, isParallel: isParallel) { range in
            for site in range where unsafe sites[site].isContested {
                // Judged against the fits of the first round, so the second is written aside.
                unsafe fits[site] = SiteSmoother.fit(
                    site, inputs, neighbours, against, prior: fits[site], start: begin[site])
            }
        }
        for site in 0..<count where unsafe sites[site].isContested { unsafe fresh[site] = fits[site] }
        carry()
        leastCorrelation = max(usualCorrelation(), 0.75) - 0.3
        Cores.perform(count, grain: 64, isParallel: isParallel) { range in
            for site in range { accept(site) }
        }
        if sinceKey >= Self.keyInterval || isFarFromKey { renew() }
    }

    /// What sites correlate with the key frame by, in the middle.
    private func usualCorrelation() -> Float {
        var known: [Float] = []
        for site in 0..<count where unsafe sites[site].isInside && !sites[site].isLost {
            unsafe known.append(sites[site].correlation)
        }
        known.sort()
        return known.isEmpty ? 1 : known[known.count / 2]
    }

    /// A frame that looks like nothing before it (black, or torn by transmission): everything stays where it was, and the key
    /// frame with it, so that the next good frame is compared with the last one.
    private func endure() {
        for site in 0..<count {
            unsafe sites[site].speed = .zero
            unsafe sites[site].closeCorrelation = 0
            unsafe sites[site].suspicion += 1
            if unsafe !sites[site].isLost, unsafe sites[site].suspicion >= 2 {
                unsafe sites[site].isLost = true
                unsafe sites[site].isLostSinceKey = true
            }
        }
    }

    /// Most of the picture looks little like the key frame any more.
    private var isFarFromKey: Bool {
        var far = 0, known = 0
        for site in 0..<count where unsafe sites[site].isInside && !sites[site].isLost {
            known += 1
            if unsafe sites[site].correlation < 0.85 { far += 1 }
        }
        return far * 3 > known
    }

    private func measure(_ site: Int, _ matcher: SiteMatcher) {
        let place = unsafe sites[site]
        let guess = place.moved + place.speed
        let match = matcher.match(x: place.key.x, y: place.key.y, guessX: guess.x, guessY: guess.y)
        take(site, match)
    }

    func take(_ site: Int, _ match: SiteMatcher.Match) {
        unsafe sites[site].isInside = match.isInside
        unsafe sites[site].correlation = match.isInside ? match.correlation : 0
        unsafe inputs[site] = .init(
            x: sites[site].key.x, y: sites[site].key.y, dx: match.dx, dy: match.dy,
            varianceX: match.varianceX, varianceY: match.varianceY)
    }

    private func accept(_ site: Int) {
        let fit = unsafe fresh[site]
        unsafe fits[site] = fit
        var place = unsafe sites[site]
        let moved = SIMD2(fit.dx, fit.dy)
        place.speed = moved - place.moved
        place.moved = moved
        place.now = place.key + moved
        if place.isInside {
            let like = WindowMatch.likeness(
                key.levels[0], current.levels[0], x: place.key.x, y: place.key.y, dx: moved.x, dy: moved.y,
                strips: 3, rows: 21)
            place.closeCorrelation = like?.correlation ?? place.correlation
            if place.closeCorrelation * place.keyLikeness > (place.isContested ? 0.45 : leastCorrelation) {
                place.suspicion = 0
                if place.isLostSinceKey, place.closeCorrelation > 0.6 {
                    place.isLost = false
                    place.isLostSinceKey = false
                }
            } else {
                place.suspicion += place.closeCorrelation < 0.2 ? 2 : 1
            }
        } else {
            place.closeCorrelation = 0
            place.suspicion += 1
        }
        if place.suspicion >= 2, !place.isLost {
            place.isLost = true
            place.isLostSinceKey = true
        }
        unsafe sites[site] = place
    }

    /// Makes this frame the key frame.
    private func renew() {
        takeRemainders()
        for site in 0..<count {
            if unsafe sites[site].isInside {
                let like = unsafe max(sites[site].closeCorrelation, 0) / (leastCorrelation + 0.3),
                    usual = unsafe sites[site].usualLikeness
                unsafe sites[site].keyLikeness = usual > 0 ? min(like / usual + 0.05, 1) : 1
                unsafe sites[site].usualLikeness = usual > 0 ? usual + 0.3 * (like - usual) : like
                unsafe sites[site].keyVariance += SIMD2(fits[site].varianceX, fits[site].varianceY)
                unsafe sites[site].bias += Self.biasShare * fits[site].misfit
                if unsafe sites[site].isContested { unsafe sites[site].oldAmbiguity += sites[site].ambiguity }
            } else {
                unsafe sites[site].keyVariance += 0.25
                unsafe sites[site].isCarried = true
            }
        }
        close()
        let elapsed = sinceKey
        sinceKey = 0
        swap(&key, &current)
        let part = 1 / Float(elapsed)
        for site in 0..<count {
            unsafe sites[site].key = sites[site].now
            unsafe sites[site].moved = .zero
            unsafe sites[site].isLostSinceKey = false
            unsafe fits[site].xx *= part
            unsafe fits[site].xy *= part
            unsafe fits[site].yx *= part
            unsafe fits[site].yy *= part
            if unsafe sites[site].isCarried { unsafe fits[site] = .init() }
        }
    }
}
