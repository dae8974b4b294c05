// SPDX-License-Identifier: Apache-2.0

/// Fills short gaps in markers' paths by cubic curves through the neighbours, and says what it filled.
enum GapFilling {
    /// Longer gaps stay open.
    static let longestSeconds = 0.1

    /// Fills the gaps of one path; the ends of a trial are never made up.
    ///
    /// - Returns: how many frames were filled, and how many stay open between the first and the last seen one.
    static func fill(_ path: inout [Vector3], rate: Double) -> (filled: Int, open: Int) {
        let longest = max(1, Int(min(rate, 10_000) * longestSeconds))
        guard let first = path.firstIndex(where: \.isSeen), let last = path.lastIndex(where: \.isSeen) else {
            return (0, 0)
        }
        var filled = 0
        var open = 0
        var frame = first
        while frame < last {
            guard !path[frame + 1].isSeen else {
                frame += 1
                continue
            }
            var end = frame + 1
            while !path[end].isSeen { end += 1 }
            let missing = end - frame - 1
            if missing <= longest {
                let span = Double(end - frame)
                // Slopes from the frames outside of the gap, where there are any.
                let from = path[frame]
                let to = path[end]
                let before = frame > 0 && path[frame - 1].isSeen ? (from - path[frame - 1]) * span : to - from
                let after = end + 1 < path.count && path[end + 1].isSeen ? (path[end + 1] - to) * span : to - from
                for index in (frame + 1)..<end {
                    let t = Double(index - frame) / span
                    let (t2, t3) = (t * t, t * t * t)
                    path[index] =
                        from * (2 * t3 - 3 * t2 + 1) + before * (t3 - 2 * t2 + t) + to * (3 * t2 - 2 * t3)
                        + after * (t3 - t2)
                }
                filled += missing
            } else {
                open += missing
            }
            frame = end
        }
        return (filled, open)
    }
}

extension LegMarkers {
    /// Fills short gaps in every marker of the model; one warning names what was filled, one what stays open.
    mutating func fillGaps(rate: Double, warnings: inout [AnalysisWarning]) {
        var filled: [String] = []
        var open: [String] = []
        func fill(_ path: inout [Vector3], _ name: String) {
            let (done, left) = GapFilling.fill(&path, rate: rate)
            if done > 0 { filled.append("\(name) (\(done))") }
            if left > 0 { open.append("\(name) (\(left))") }
        }
        fill(&sacrum, "SACR")
        for side in Side.allCases {
            let l = side == .left ? "L" : "R"
            var leg = self[side]
            fill(&leg.anteriorSpine, l + "ASI")
            fill(&leg.posteriorSpine, l + "PSI")
            fill(&leg.thigh, l + "THI")
            fill(&leg.knee, l + "KNE")
            fill(&leg.shank, l + "TIB")
            fill(&leg.ankle, l + "ANK")
            fill(&leg.heel, l + "HEE")
            fill(&leg.toe, l + "TOE")
            if side == .left { left = leg } else { right = leg }
        }
        if !filled.isEmpty {
            warnings.append(
                AnalysisWarning(
                    code: "gapsFilled",
                    message: """
                        Short gaps (at most 0.1 s) were filled with cubic curves; frames per marker: \
                        \(filled.joined(separator: ", ")).
                        """))
        }
        if !open.isEmpty {
            warnings.append(
                AnalysisWarning(
                    code: "gapsOpen",
                    message: """
                        Longer gaps stay open, and angles that need these markers are missing there; frames per marker: \
                        \(open.joined(separator: ", ")).
                        """))
        }
    }
}
