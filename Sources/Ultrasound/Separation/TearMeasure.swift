// SPDX-License-Identifier: Apache-2.0

/// Measures one region where tissue parts: is it a tear, where are its faces, how wide is it in each frame?
struct TearMeasure {
    let loop: CineLoop
    let openings: OpeningMap
    let region: OpeningMap.Region

    private var field: MotionField { openings.jumps.field }

    /// What one row says.
    private struct Row {
        let row: Int, column: Int
        /// The jump in every frame, where both sides are followed.
        let jumps: [Double?]
        /// The faces at the peak, in the picture, and at rest.
        let faces: GapEdges.Faces?
        /// Motion of the left and of the right side at the place, in every frame.
        let isSharp: Bool
        let restX: Double, restY: Double
        let width: Double?
    }

    /// The candidate, or nothing when this is stretch and no tear.
    func candidate() -> TearCandidate? {
        let grain = SpeckleSize.halfDistance(loop.frames[field.restFrame])
        let rows = region.columns.map { measure(row: $0.row, column: $0.column, grain: grain.x) }
        let seen = rows.filter { $0.faces != nil }
        let clear = rows.filter { $0.isSharp || $0.faces != nil }
        guard clear.count >= 3, clear.count * 2 >= rows.count else { return nil }
        guard isKeptFarther() else { return nil }
        let frames = field.frameCount
        // The median over rows in each frame; a frame in which too few rows are followed takes its neighbours' value.
        let together: [Double?] = (0..<frames).map { frame in
            let values = rows.compactMap { $0.jumps[frame] }.sorted()
            guard values.count * 3 >= rows.count, !values.isEmpty else { return nil }
            return Self.middle(values)
        }
        guard let series = Self.filled(together) else { return nil }
        let peak = series.indices.max { series[$0] < series[$1] } ?? region.peak
        let least = series.min() ?? 0
        let opening = series[peak] - least
        guard opening > openings.least else { return nil }
        let widths = seen.compactMap(\.width).sorted()
        let isGapSeen = seen.count * 2 >= rows.count && widths.count >= 3
        // Widths were measured in the region's peak frame.
        let base = isGapSeen ? Self.middle(widths) - series[region.peak] : -least
        let gap = series.map { max($0 + base, 0) }
        let placed = seen.isEmpty ? clear : seen
        let x = Self.middle(placed.map(\.restX).sorted()), y = rows.map(\.restY).reduce(0, +) / Double(rows.count)
        let noise = openings.openings.compactMap { $0?.deviation }.sorted()
        let doubt = noise.isEmpty ? 0.1 : Self.middle(noise)
        let clearness = opening / (opening + openings.least + 4 * doubt)
        let height = Double(clear.count) / Double(clear.count + 2)
        let echo = Double(seen.count) / Double(rows.count)
        let score = clearness * height * (0.5 + 0.5 * echo)
        guard score > 0.35 else { return nil }
        let perPixel = loop.millimetresPerPixel?.x
        let faces = faces(x: x, y: y, gap: gap)
        return TearCandidate(
            x: x, y: y, openingPixels: opening, openingMillimetres: perPixel.map { opening * $0 }, peakFrame: peak,
            score: score, top: rows.map(\.restY).min() ?? y,
            bottom: rows.map(\.restY).max() ?? y, gapPixels: gap,
            gapMillimetres: perPixel.map { mm in gap.map { $0 * mm } },
            isGapSeen: isGapSeen, leftFace: faces.left, rightFace: faces.right)
    }

    /// Whether tissue farther away parts, too. Beside a shadow that stands still, or where tissue has left the plane, only the
    /// nearest sites seem to.
    private func isKeptFarther() -> Bool {
        var ratios: [Double] = [], unknown = 0
        for place in region.columns {
            var ratio: Double?
            for skip in stride(from: openings.jumps.skip + 5, to: openings.jumps.skip + 1, by: -1) {
                ratio = farRatio(column: place.column, row: place.row, skip: skip)
                if ratio != nil { break }
            }
            if let ratio { ratios.append(ratio) } else { unknown += 1 }
        }
        guard ratios.count >= 3, ratios.count >= unknown else { return false }
        return Self.middle(ratios.sorted()) > 0.5
    }

    /// The opening seen by sites farther out, as a part of that seen by the nearest, in frames where both are followed.
    private func farRatio(column: Int, row: Int, skip: Int) -> Double? {
        let wide = JumpMap(field: field, skip: skip)
        var near: (low: Double, high: Double)?, far = (low: 0.0, high: 0.0)
        for frame in 0..<field.frameCount {
            guard
                let close = openings.jumps.jump(column: column, row: row, frame: frame)?.x,
                let away = wide.jump(column: column, row: row, frame: frame)?.x
            else { continue }
            guard let known = near else {
                near = (close, close)
                far = (away, away)
                continue
            }
            if close < known.low { (near, far) = ((close, known.high), (away, far.high)) }
            if close > known.high { (near, far) = ((known.low, close), (far.low, away)) }
        }
        guard let near, near.high - near.low > openings.least * 0.7 else { return nil }
        return (far.high - far.low) / (near.high - near.low)
    }

    private func measure(row: Int, column: Int, grain: Double) -> Row {
        let frames = field.frameCount
        let jumps = (0..<frames).map { openings.jumps.jump(column: column, row: row, frame: $0)?.x }
        let peak = region.peak
        let total = (jumps[peak] ?? 0) - (jumps[region.closed] ?? 0)
        // Sites that go with the left, and with the right, between the outermost that are sure to.
        let reach = openings.jumps.skip + 2
        let low = max(column - reach, 0), high = min(column + reach, field.columns - 1)
        func moved(_ at: Int) -> Double {
            field.displacement(column: at, row: row, frame: peak).x
                - field.displacement(column: at, row: row, frame: region.closed).x
        }
        let leftMoved = moved(low), rightMoved = moved(high)
        var left = low, right = high, between = 0
        for at in low...high {
            let part = (moved(at) - leftMoved) / max(rightMoved - leftMoved, 1e-6)
            let isFollowed = field.errorPixels95(column: at, row: row, frame: peak).isFinite
            if part < 0.25, isFollowed, at == left + 1 { left = at }
            if part >= 0.25, part <= 0.75, isFollowed { between += 1 }
        }
        for at in stride(from: high, through: low, by: -1) where at == right - 1 && at > left {
            let part = (moved(at) - leftMoved) / max(rightMoved - leftMoved, 1e-6)
            if part > 0.75, field.errorPixels95(column: at, row: row, frame: peak).isFinite { right = at }
        }
        let isSharp = between == 0 && rightMoved - leftMoved > 0.7 * total
        let leftPlace = field.position(column: left, row: row, frame: peak)
        let rightPlace = field.position(column: right, row: row, frame: peak)
        let y = Int(((leftPlace.y + rightPlace.y) / 2).rounded()), beyond = 2 * Double(field.spacingPixels)
        let half = max(field.spacingPixels / 2, 2)
        var faces = GapEdges.find(
            in: loop.frames[peak], rows: (y - half)...(y + half), from: Int(leftPlace.x - beyond),
            to: Int(rightPlace.x + beyond))
        if let found = faces, found.drop < 12 || found.right - found.left < 0.4 * total { faces = nil }
        // A dark band that was as wide when the sides were together is a shadow.
        var isShadow = false
        if let found = faces, let before = facesBefore(left: left, right: right, row: row),
            before.drop > 0.6 * found.drop,
            found.right - found.left - (before.right - before.left) < 0.4 * total
        {
            faces = nil
            isShadow = true
        }
        let restY = field.rest(column: column, row: row).y
        guard let found = faces else {
            let a = field.rest(column: left, row: row).x, b = field.rest(column: right, row: row).x
            return Row(
                row: row, column: column, jumps: jumps, faces: nil, isSharp: isSharp && !isShadow, restX: (a + b) / 2,
                restY: restY,
                width: nil)
        }
        let inset = GapEdges.inset(drop: found.drop, halfDistance: grain)
        let a = found.left - inset - field.displacement(column: left, row: row, frame: peak).x
        let b = found.right + inset - field.displacement(column: right, row: row, frame: peak).x
        return Row(
            row: row, column: column, jumps: jumps, faces: found, isSharp: isSharp, restX: (a + b) / 2, restY: restY,
            width: found.right - found.left + 2 * inset)
    }

    /// The faces in the frame in which the sides are closest, if a dark band is seen then.
    private func facesBefore(left: Int, right: Int, row: Int) -> GapEdges.Faces? {
        let from = field.position(column: left, row: row, frame: region.closed)
        let to = field.position(column: right, row: row, frame: region.closed)
        let y = Int(((from.y + to.y) / 2).rounded()), beyond = 2 * Double(field.spacingPixels)
        let half = max(field.spacingPixels / 2, 2)
        return GapEdges.find(
            in: loop.frames[region.closed], rows: (y - half)...(y + half), from: Int(from.x - beyond),
            to: Int(to.x + beyond))
    }

    /// The faces at the middle of the height in each frame: the middle of the gap goes as the mean of the sites on both sides.
    private func faces(x: Double, y: Double, gap: [Double]) -> (left: [PicturePoint], right: [PicturePoint]) {
        let middle = region.columns[region.columns.count / 2]
        let reach = openings.jumps.skip + 1
        let low = max(middle.column - reach, 0), high = min(middle.column + reach, field.columns - 1)
        var left: [PicturePoint] = [], right: [PicturePoint] = []
        for frame in 0..<field.frameCount {
            let a = field.displacement(column: low, row: middle.row, frame: frame)
            let b = field.displacement(column: high, row: middle.row, frame: frame)
            let centre = x + (a.x + b.x) / 2, depth = y + (a.y + b.y) / 2
            left.append(PicturePoint(x: centre - gap[frame] / 2, y: depth))
            right.append(PicturePoint(x: centre + gap[frame] / 2, y: depth))
        }
        return (left, right)
    }

    private static func middle(_ sorted: [Double]) -> Double {
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    private static func filled(_ values: [Double?]) -> [Double]? {
        let known = values.indices.filter { values[$0] != nil }
        guard known.count >= 2 else { return nil }
        return values.indices.map { at in
            if let value = values[at] { return value }
            let before = known.last { $0 < at }, after = known.first { $0 > at }
            switch (before, after) {
            case (let a?, let b?):
                let part = Double(at - a) / Double(b - a)
                return (values[a] ?? 0) * (1 - part) + (values[b] ?? 0) * part
            case (let a?, nil): return values[a] ?? 0
            case (nil, let b?): return values[b] ?? 0
            default: return 0
            }
        }
    }
}
