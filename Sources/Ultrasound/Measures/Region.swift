// SPDX-License-Identifier: Apache-2.0

/// A connected set of pixels.
struct Region {
    let width: Int
    let height: Int
    private(set) var mask: [Bool]
    private(set) var count = 0

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        mask = [Bool](repeating: false, count: width * height)
    }

    /// The members that hang together with the start through necks no thinner than `reach`, without holes; nothing if
    /// the start is not among them.
    func grown(from start: Int, members: [Bool], reach: Int) -> Region? {
        // Eroded, connected, grown back: what hangs on by a thread falls off.
        let depth = depths(members)
        var core = connected(start, depth.map { Int($0) > reach / 2 })
        if core == nil { core = connected(start, members) }
        guard let core else { return nil }
        var region = self
        region.mask = core
        for _ in 0..<reach / 2 + 1 {
            let before = region.mask
            for place in before.indices where !before[place] && members[place] {
                let column = place % width
                if (column > 0 && before[place - 1]) || (column + 1 < width && before[place + 1])
                    || (place >= width && before[place - width])
                    || (place + width < before.count && before[place + width])
                {
                    region.mask[place] = true
                }
            }
        }
        region.fillHoles()
        region.count = region.mask.reduce(0) { $0 + ($1 ? 1 : 0) }
        return region
    }

    /// Steps to the nearest pixel that is no member (city blocks); beyond the picture lies more of the same.
    private func depths(_ members: [Bool]) -> [Int32] {
        let far = Int32(width + height)
        var depth = members.map { $0 ? far : 0 }
        for place in depth.indices where depth[place] > 0 {
            if place % width > 0 { depth[place] = min(depth[place], depth[place - 1] + 1) }
            if place >= width { depth[place] = min(depth[place], depth[place - width] + 1) }
        }
        for place in depth.indices.reversed() where depth[place] > 0 {
            if place % width + 1 < width { depth[place] = min(depth[place], depth[place + 1] + 1) }
            if place + width < depth.count { depth[place] = min(depth[place], depth[place + width] + 1) }
        }
        return depth
    }

    private func connected(_ start: Int, _ members: [Bool]) -> [Bool]? {
        guard members[start] else { return nil }
        var mask = [Bool](repeating: false, count: members.count)
        var stack = [start]
        mask[start] = true
        while let place = stack.popLast() {
            let column = place % width
            func visit(_ next: Int) {
                if members[next], !mask[next] {
                    mask[next] = true
                    stack.append(next)
                }
            }
            if column > 0 { visit(place - 1) }
            if column + 1 < width { visit(place + 1) }
            if place >= width { visit(place - width) }
            if place + width < mask.count { visit(place + width) }
        }
        return mask
    }

    private mutating func fillHoles() {
        // What can't be reached from the picture's edge is inside.
        var open = [Bool](repeating: false, count: mask.count)
        var stack: [Int] = []
        for place in mask.indices where !mask[place] {
            let column = place % width
            if column == 0 || column == width - 1 || place < width || place >= mask.count - width {
                open[place] = true
                stack.append(place)
            }
        }
        while let place = stack.popLast() {
            let column = place % width
            for (next, exists) in [
                (place - 1, column > 0), (place + 1, column + 1 < width), (place - width, place >= width),
                (place + width, place + width < mask.count),
            ] where exists && !mask[next] && !open[next] {
                open[next] = true
                stack.append(next)
            }
        }
        mask = open.map { !$0 }
    }

    /// Mean grey inside, and in a belt around; the seam between, where smoothing mixes the two, is left out.
    func greys(of picture: FloatPicture, margin: Int) -> (inside: Float, outside: Float) {
        let inner = depths(mask)
        let outer = depths(mask.map { !$0 })
        var (inside, insideCount, outside, outsideCount): (Float, Float, Float, Float) = (0, 0, 0, 0)
        let deepest = Int(inner.max() ?? 0)
        let skin = min(margin / 2, deepest / 2)
        for place in mask.indices {
            if mask[place], Int(inner[place]) > skin {
                inside += picture.values[place]
                insideCount += 1
            } else if !mask[place], Int(outer[place]) > margin / 2, Int(outer[place]) <= 4 * margin {
                outside += picture.values[place]
                outsideCount += 1
            }
        }
        return (inside / max(insideCount, 1), outsideCount > 0 ? outside / outsideCount : inside / max(insideCount, 1))
    }

    /// The outer outline along pixel edges, clockwise.
    func outline() -> [PicturePoint]? {
        guard let first = mask.firstIndex(of: true) else { return nil }
        func isInside(_ column: Int, _ row: Int) -> Bool {
            column >= 0 && row >= 0 && column < width && row < height && mask[row * width + column]
        }
        // Walking with the region on the right hand, from the upper left corner of its first pixel to the right.
        let start = (x: first % width, y: first / width)
        var (x, y, heading) = (start.x, start.y, 0)
        let steps = [(1, 0), (0, 1), (-1, 0), (0, -1)]
        var corners: [PicturePoint] = []
        repeat {
            let (dx, dy) = steps[heading]
            (x, y) = (x + dx, y + dy)
            // The pixels ahead: left and right of the way.
            let aheadLeft: Bool
            let aheadRight: Bool
            switch heading {
            case 0: (aheadLeft, aheadRight) = (isInside(x, y - 1), isInside(x, y))
            case 1: (aheadLeft, aheadRight) = (isInside(x, y), isInside(x - 1, y))
            case 2: (aheadLeft, aheadRight) = (isInside(x - 1, y), isInside(x - 1, y - 1))
            default: (aheadLeft, aheadRight) = (isInside(x - 1, y - 1), isInside(x, y - 1))
            }
            let before = heading
            if !aheadRight { heading = (heading + 1) % 4 } else if aheadLeft { heading = (heading + 3) % 4 }
            if heading != before { corners.append(PicturePoint(x: Double(x) - 0.5, y: Double(y) - 0.5)) }
            guard corners.count <= 4 * mask.count else { return nil }
        } while !(x == start.x && y == start.y && heading == 0)
        return corners
    }
}
