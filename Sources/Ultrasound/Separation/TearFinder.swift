// SPDX-License-Identifier: Apache-2.0

/// Looks all over a loop for a place where neighbouring tissue moves apart. Nothing is a frequent and correct answer.
///
///     for tear in TearFinder().find(in: loop) { print(tear.x, tear.y, tear.openingMillimetres ?? 0) }
///
/// A motion field is followed (``MotionField``), and at every site and frame the motion of the tissue on the left, carried on
/// to the site, is compared with that from the right (`JumpMap`). An opening counts when it is larger than the threshold and
/// than its error, spans several rows, goes along the row more than across it, and is no stretch: either it happens
/// between neighbouring sites, or the echo drops between its sides. Sliding layers, uniform stretch and the motion of the probe give none.
///
/// Limits: openings along the picture's width are looked for (the probe lies along the fibres); below about a millimetre, or
/// within a few rows of a sheath, nothing is said. A probe that tilts can hide a gap, or make one: ask for a repeat.
public struct TearFinder: Sendable {
    /// Openings smaller than this are not reported, in millimetres (calibrated loops).
    public var leastMillimetres = 1.2
    /// The same in pixels for loops without calibration; nothing stands for 1.5 % of the width, at least 8.
    public var leastPixels: Double?
    /// Use all cores.
    public var isParallel = true

    /// A finder with the usual thresholds.
    public init() {}

    /// Finds places where tissue parts, best first; none in a healthy loop.
    ///
    /// - Throws: ``TrackingError`` when the picture is too small to hold a field.
    public func find(
        in loop: CineLoop, progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(TrackingError) -> [TearCandidate] {
        let shorter = min(loop.width, loop.height)
        guard shorter >= 48, loop.frames.count >= 2 else { return [] }
        let field = try MotionField(
            of: loop, spacingPixels: shorter >= 384 ? 16 : max(shorter / 24, 6), isParallel: isParallel,
            progress: progress)
        return find(in: field, of: loop)
    }

    /// Finds places where the tissue of a field parts.
    ///
    /// - Parameter loop: the loop of which the field was made.
    public func find(in field: MotionField, of loop: CineLoop) -> [TearCandidate] {
        guard field.columns >= 6, field.rows >= 3, loop.frames.count >= 2 else { return [] }
        let least =
            loop.millimetresPerPixel.map { leastMillimetres / $0.x }
            ?? leastPixels ?? max(0.015 * Double(loop.width), 8)
        var found: [TearCandidate] = []
        for skip in [0, 1, 2] {
            let openings = OpeningMap(JumpMap(field: field, skip: skip), least: least, isParallel: isParallel)
            for region in openings.regions() {
                guard let candidate = TearMeasure(loop: loop, openings: openings, region: region).candidate() else {
                    continue
                }
                found.append(candidate)
            }
        }
        // The same place seen with different reach: the clearest stays.
        var kept: [TearCandidate] = []
        for candidate in found.sorted(by: { $0.score > $1.score }) {
            let near = Double(6 * field.spacingPixels)
            let isKnown = kept.contains {
                abs($0.x - candidate.x) < near + $0.openingPixels
                    && candidate.top < $0.bottom + near && $0.top < candidate.bottom + near
            }
            if !isKnown { kept.append(candidate) }
        }
        return kept
    }
}
