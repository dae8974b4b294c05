// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What happens where matching is not plain: second tries, sides, and places without a picture.
extension SiteTracker {
    /// Sites that fit badly try where their neighbours went, then search from coarse to fine, then everywhere near.
    func rescue(_ matcher: SiteMatcher) {
        tryAgain(below: 0.8) { neighbourly($0, matcher) }
        let lost = tryAgain(below: 0.7) { site in
            let place = unsafe sites[site]
            let guess = place.moved + place.speed
            var match = matcher.search(x: place.key.x, y: place.key.y, guessX: guess.x, guessY: guess.y)
            if !match.isInside || match.correlation < 0.7 {
                let wide = matcher.sweep(x: place.key.x, y: place.key.y, guessX: guess.x, guessY: guess.y)
                if wide.isInside, wide.correlation > match.correlation { match = wide }
            }
            // The farther off, the more likely by chance: streaks look alike along themselves.
            let off = SIMD2(match.dx, match.dy) - guess
            let needed = max(place.correlation + 0.05, 0.6 + 0.003 * (off * off).sum().squareRoot())
            return match.isInside && match.correlation > needed ? match : nil
        }
        if lost > 0 { tryAgain(below: 0.7) { neighbourly($0, matcher) } }
    }

    /// Looks again at sites that correlate less than a limit, and takes what is better; the number of those that were.
    @discardableResult
    private func tryAgain(below limit: Float, _ look: @Sendable (Int) -> SiteMatcher.Match?) -> Int {
        let weak = (0..<count).filter { unsafe sites[$0].isInside && sites[$0].correlation < limit }
        guard !weak.isEmpty else { return 0 }
        let found = UnsafeMutablePointer<SiteMatcher.Match?>.allocate(capacity: weak.count)
        unsafe found.initialize(repeating: nil, count: weak.count)
        defer { unsafe found.deallocate() }
        // Each thread writes the findings of its own sites; the sites themselves stay as they are until all have looked.
        nonisolated(unsafe) let findings = unsafe found
        Cores.perform(weak.count, grain: 8, isParallel: isParallel) { range in
            for index in range { unsafe findings[index] = look(weak[index]) }
        }
        var better = 0
        for (index, site) in weak.enumerated() {
            if let match = unsafe found[index] {
                take(site, match)
                better += 1
            }
        }
        return better
    }

    private func neighbourly(_ site: Int, _ matcher: SiteMatcher) -> SiteMatcher.Match? {
        let place = unsafe sites[site]
        let own = unsafe inputs[site]
        var best: SiteMatcher.Match?
        var tried: [SIMD2<Float>] = [SIMD2(own.dx, own.dy)]
        var correlation = place.correlation
        for entry in neighbours.entries(site) {
            let other = Int(neighbours.lists[entry])
            guard other != site, unsafe sites[other].correlation > 0.85 else { continue }
            let input = unsafe inputs[other]
            let offset = SIMD2(input.x, input.y) - place.key, candidate = SIMD2(input.dx, input.dy)
            if (offset * offset).sum() > 34 * 34 { continue }
            if tried.contains(where: { (($0 - candidate) * ($0 - candidate)).sum() < 1 }) { continue }
            tried.append(candidate)
            let match = matcher.match(x: place.key.x, y: place.key.y, guessX: candidate.x, guessY: candidate.y)
            if match.isInside, match.correlation > correlation + 0.02 {
                best = match
                correlation = match.correlation
            }
        }
        return best
    }

    /// The pixels that decide with whom a site goes: 16 × 5, flat because the sheaths that tissue slides along lie flat, and so few
    /// that a bright sheath four pixels off does not outshout the tissue in question (measured: 16 × 11 loses such sites).
    private static let closeStrips = 2, closeRows = 5
    /// The pixels at the site itself, on which side of a sheath it lies: what is decided once, by all frames, needs fewer in each.
    private static let innerStrips = 2, innerRows = 3

    /// Where neighbours disagree, looks at the pixels close to the site to see with whom it goes.
    func judge(_ site: Int) {
        let place = unsafe sites[site]
        let own = unsafe fresh[site]
        unsafe begin[site] = nil
        unsafe sites[site].isContested = false
        let range = neighbours.entries(site)
        func prediction(_ other: Int) -> (SIMD2<Float>, Float) {
            let fit = unsafe fresh[other]
            let offset = unsafe place.key - sites[other].key
            return (
                SIMD2(
                    fit.dx + fit.xx * offset.x + fit.xy * offset.y, fit.dy + fit.yx * offset.x + fit.yy * offset.y),
                (offset * offset).sum()
            )
        }
        let disagree = range.contains { entry in
            let other = Int(neighbours.lists[entry])
            guard unsafe fresh[other].support > 0 else { return false }
            let (candidate, distance) = prediction(other)
            return distance < 33 * 33 && abs(candidate.x - own.dx) + abs(candidate.y - own.dy) > 0.3
        }
        guard disagree else { return }
        var tried: [(candidate: SIMD2<Float>, cost: Float, inner: Float)] = []
        var costs: [(entry: Int, cost: Float, inner: Float, candidate: SIMD2<Float>, distance: Float)] = []
        var least = Float.infinity, innerLeast = Float.infinity, innerSum: Float = 0
        for entry in range {
            let other = Int(neighbours.lists[entry])
            guard other != site, unsafe sites[other].isInside, unsafe fresh[other].support > 0 else { continue }
            let (candidate, distance) = prediction(other)
            let cost: Float, inner: Float
            if let known = tried.first(where: {
                abs($0.candidate.x - candidate.x) < 0.12 && abs($0.candidate.y - candidate.y) < 0.12
            }) {
                (cost, inner) = (known.cost, known.inner)
            } else {
                guard
                    let like = WindowMatch.likeness(
                        key.levels[0], current.levels[0], x: place.key.x, y: place.key.y, dx: candidate.x,
                        dy: candidate.y, strips: Self.closeStrips, rows: Self.closeRows),
                    let at = WindowMatch.likeness(
                        key.levels[0], current.levels[0], x: place.key.x, y: place.key.y, dx: candidate.x,
                        dy: candidate.y, strips: Self.innerStrips, rows: Self.innerRows)
                else { return }
                cost = 8 * like.misfit
                // Half the logarithm of a variance is what residuals of unknown variance say, for each independent one.
                inner = 0.5 * log(0.05 + at.misfit)
                tried.append((candidate, cost, inner))
            }
            costs.append((entry, cost, inner, candidate, distance))
            least = min(least, cost)
            innerLeast = min(innerLeast, inner)
            innerSum += inner
        }
        guard least.isFinite else { return }
        var weight: Float = 0, sum = SIMD2<Float>.zero, squares = SIMD2<Float>.zero
        for item in costs {
            let doubt = unsafe against[item.entry] + 0.5 * (item.cost - least) - 0.02
            unsafe against[item.entry] = min(max(doubt, 0), 30)
            let share = unsafe exp(-against[item.entry]) / (64 + item.distance)
            weight += share
            sum += share * item.candidate
            squares += share * item.candidate * item.candidate
        }
        // Neighbours that say nothing in this frame are taken for the mean of those that do.
        let innerMean = innerSum / Float(costs.count)
        for entry in range { unsafe evidence[entry] += innerMean - innerLeast }
        for item in costs { unsafe evidence[item.entry] += item.inner - innerMean }
        unsafe sites[site].isContested = true
        guard weight > 0 else { return }
        let mean = sum / weight
        unsafe begin[site] = mean
        // Neighbours that are about as likely and go different ways: it could be either.
        unsafe sites[site].ambiguity = max((squares / weight - mean * mean).sum(), 0)
    }

    /// Sites without a picture around them go with their nearest neighbours that have one.
    func carry() {
        var open = (0..<count).filter { unsafe !sites[$0].isInside || fresh[$0].support <= 0 }
        guard !open.isEmpty else { return }
        var isSettled = [Bool](repeating: true, count: count)
        for site in open { isSettled[site] = false }
        // First with those that they belong to, however far along the row those are; only when there are none with any:
        // skin that stays must not hold a stump that has left the picture.
        let enough: Float = 1e-5
        var isStrict = true
        while !open.isEmpty {
            var done: [(site: Int, moved: SIMD2<Float>)] = [], left: [Int] = []
            for site in open {
                var weight: Float = 0, sum = SIMD2<Float>.zero
                for entry in neighbours.entries(site) {
                    let other = Int(neighbours.lists[entry])
                    guard isSettled[other] else { continue }
                    let offset = unsafe sites[site].rest - sites[other].rest
                    let distance = (offset * offset).sum()
                    // Those that have gone another way since rest are less likely to go its way now.
                    let apart = unsafe (sites[site].now - sites[other].now) - offset
                    let allowed = 2 + 0.1 * distance.squareRoot()
                    let strange = 0.5 * (apart * apart).sum() / (allowed * allowed)
                    let share = unsafe exp(-against[entry] - min(strange, 30)) / (64 + distance) + 1e-12
                    weight += share
                    unsafe sum += share * SIMD2(fresh[other].dx, fresh[other].dy)
                }
                if weight > (isStrict ? enough : 0) {
                    done.append((site, sum / weight))
                } else {
                    left.append(site)
                }
            }
            for item in done {
                unsafe fresh[item.site] = .init(dx: item.moved.x, dy: item.moved.y)
                isSettled[item.site] = true
            }
            if done.isEmpty, isStrict {
                isStrict = false
                continue
            }
            isStrict = true
            if done.isEmpty {
                // Nothing known anywhere near: they stay.
                for site in left {
                    unsafe fresh[site] = .init(dx: sites[site].moved.x, dy: sites[site].moved.y)
                }
                return
            }
            open = left
        }
    }

    /// Adds up what planes left over (``SiteSmoother/remainder(_:_:_:_:_:)``) and takes as much of the sum into the position as stands out of its noise.
    func takeRemainders() {
        Cores.perform(count, grain: 64, isParallel: isParallel) { range in
            for site in range where unsafe sites[site].isInside && !sites[site].isContested && fresh[site].support > 0 {
                var place = unsafe sites[site]
                unsafe place.remainder += SiteSmoother.remainder(site, inputs, fresh, neighbours, against)
                unsafe place.remainderVariance += fresh[site].varianceX + fresh[site].varianceY
                let size = (place.remainder * place.remainder).sum()
                // James and Stein's share: none of a sum that noise alone explains, nearly all of one that it does not.
                let share = size > 0 ? max(0, 1 - place.remainderVariance / size) : 0
                place.now += share * place.remainder - place.takenRemainder
                place.takenRemainder = share * place.remainder
                unsafe sites[site] = place
            }
        }
    }

    /// Compares with the picture at rest: takes out drift that shows, and recognises what came back.
    func close() {
        let matcher = SiteMatcher(template: rest, target: current)
        Cores.perform(count, grain: 24, isParallel: isParallel) { range in
            for site in range { unsafe inputs[site] = compareWithRest(site, matcher) }
        }
        Cores.perform(count, grain: 64, isParallel: isParallel) { range in
            for site in range where unsafe inputs[site].varianceX < SiteSmoother.unknown / 2 {
                let fit = unsafe SiteSmoother.fit(site, inputs, neighbours, against, prior: .init(), start: nil)
                guard fit.support > 0 else { continue }
                var place = unsafe sites[site]
                // Echoes that changed since rest stay changed for a while: the error of one comparison is that of the next, so
                // that a single one must count little. What has just come back has nothing better.
                let again: Float = place.isCarried ? 1 : 40
                let error = again * SIMD2(fit.varianceX, fit.varianceY)
                let gain = place.keyVariance / (place.keyVariance + error)
                place.now += gain * SIMD2(fit.dx, fit.dy)
                place.keyVariance *= 1 - gain
                place.bias *= 1 - 0.5 * (gain.x + gain.y)
                place.oldAmbiguity *= 1 - 0.5 * (gain.x + gain.y)
                place.isCarried = false
                place.isLost = false
                place.suspicion = 0
                unsafe sites[site] = place
            }
        }
    }

    /// Whether a place lies on the picture that is worked on.
    func isInPicture(_ place: SIMD2<Float>) -> Bool {
        let plane = rest.levels[0]
        return place.x >= 0 && place.y >= 0 && place.x <= Float(plane.width - 1) && place.y <= Float(plane.height - 1)
    }

    private func compareWithRest(_ site: Int, _ matcher: SiteMatcher) -> SiteSmoother.Input {
        let place = unsafe sites[site]
        let total = place.now - place.rest
        var input = SiteSmoother.Input(x: place.key.x, y: place.key.y)
        guard place.isInside || (place.isCarried && isInPicture(place.now)) else { return input }
        var match = matcher.match(x: place.rest.x, y: place.rest.y, guessX: total.x, guessY: total.y)
        if place.isCarried, match.correlation < 0.7 {
            match = matcher.search(x: place.rest.x, y: place.rest.y, guessX: total.x, guessY: total.y)
        }
        if place.isCarried, match.correlation < 0.7 {
            match = matcher.sweep(x: place.rest.x, y: place.rest.y, guessX: total.x, guessY: total.y)
        }
        let offset = SIMD2(match.dx, match.dy) - total
        let limit: Float = place.isCarried ? 80 : 1.5
        guard match.isInside, match.correlation > 0.7, (offset * offset).sum() < limit * limit else { return input }
        input.dx = offset.x
        input.dy = offset.y
        input.varianceX = match.varianceX
        input.varianceY = match.varianceY
        return input
    }
}
