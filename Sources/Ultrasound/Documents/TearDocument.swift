// SPDX-License-Identifier: Apache-2.0

/// The result of looking for a tear, as `fascia.tear/1` JSON; best first, empty when there is none.
///
/// Beside the fixed fields, each candidate tells the gap in every frame (`gapMillimetres`, null without calibration, and `gapPixels`), whether its
/// width was seen in the echo (`isGapSeen`; otherwise the gap is the opening alone), its faces, and the rows that it spans.
public struct TearDocument: Encodable, Sendable {
    let candidates: [TearCandidate]
    let warnings: [LoopNote]

    /// What was found in a loop.
    public init(_ candidates: [TearCandidate], loop: CineLoop, notes: [LoopNote] = []) {
        self.candidates = candidates
        warnings = notes + LoopNote.about(loop)
    }

    private enum Key: CodingKey { case schema, candidates, warnings }

    /// Writes the document.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("fascia.tear/1", forKey: .schema)
        try container.encode(candidates, forKey: .candidates)
        try container.encode(warnings, forKey: .warnings)
    }
}

extension TearCandidate: Encodable {
    private enum Key: CodingKey {
        case x, y, openingMillimetres, openingPixels, peakFrame, score, top, bottom, gapMillimetres, gapPixels
        case isGapSeen, leftFace, rightFace
    }

    /// Writes null for millimetres without calibration.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rounded(x, 3), forKey: .x)
        try container.encode(rounded(y, 3), forKey: .y)
        try container.encode(openingMillimetres.map { rounded($0, 4) }, forKey: .openingMillimetres)
        try container.encode(rounded(openingPixels, 4), forKey: .openingPixels)
        try container.encode(peakFrame, forKey: .peakFrame)
        try container.encode(rounded(score, 4), forKey: .score)
        try container.encode(rounded(top, 3), forKey: .top)
        try container.encode(rounded(bottom, 3), forKey: .bottom)
        try container.encode(gapMillimetres.map { $0.map { rounded($0, 4) } }, forKey: .gapMillimetres)
        try container.encode(gapPixels.map { rounded($0, 4) }, forKey: .gapPixels)
        try container.encode(isGapSeen, forKey: .isGapSeen)
        try container.encode(leftFace.map { [rounded($0.x, 3), rounded($0.y, 3)] }, forKey: .leftFace)
        try container.encode(rightFace.map { [rounded($0.x, 3), rounded($0.y, 3)] }, forKey: .rightFace)
    }
}
