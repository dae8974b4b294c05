// SPDX-License-Identifier: Apache-2.0

/// What is true of a simulated loop, as `fascia.ultrasound.truth/1` JSON.
///
/// `sites` lie row by row at ((column + 1) · spacing, (row + 1) · spacing) at rest; `positions[frame][site]` is where their tissue
/// is, in pixels. `gapMillimetres` and `haematomaSquareMillimetres` are null for a healthy muscle.
public struct SimulatedTruthDocument: Encodable, Sendable {
    let schema = "fascia.ultrasound.truth/1"
    let seed: UInt64
    let millimetresPerPixel: [Double]
    let frameRate: Double
    let activation: [Double]
    let gapMillimetres: [Double]?
    let haematomaSquareMillimetres: [Double]?
    /// The middle of the tear at rest in pixels, and the rows of the muscle.
    let tear: Place?
    let spacingPixels: Int, columns: Int, rows: Int
    let tissues: [String]
    let positions: [[[Double]]]

    struct Place: Encodable {
        let x: Double, top: Double, bottom: Double
    }

    /// The truth of a muscle at sites a spacing apart.
    public init(_ muscle: SimulatedMuscle, spacingPixels: Int = 16) {
        let truth = muscle.truth, frames = 0..<muscle.frameCount
        let spacing = max(spacingPixels, 1)
        seed = muscle.seed
        millimetresPerPixel = [muscle.millimetresPerPixelX, muscle.millimetresPerPixelY]
        frameRate = muscle.frameRate
        activation = frames.map { rounded(truth.activation(frame: $0), 6) }
        gapMillimetres = muscle.tear == nil ? nil : frames.map { rounded(truth.gapMillimetres(frame: $0) ?? 0, 5) }
        haematomaSquareMillimetres =
            muscle.tear == nil
            ? nil : frames.map { rounded(truth.haematomaSquareMillimetres(frame: $0) ?? 0, 4) }
        tear = muscle.tear.map {
            Place(
                x: $0.centreMillimetres / muscle.millimetresPerPixelX,
                top: max(truth.musclesTop / muscle.millimetresPerPixelY, 0),
                bottom: min(truth.musclesBottom / muscle.millimetresPerPixelY, Double(muscle.height)))
        }
        self.spacingPixels = spacing
        columns = max((muscle.width - 1) / spacing, 0)
        rows = max((muscle.height - 1) / spacing, 0)
        var sites: [(Double, Double)] = []
        for row in 0..<rows {
            for column in 0..<columns { sites.append((Double((column + 1) * spacing), Double((row + 1) * spacing))) }
        }
        tissues = sites.map { truth.tissue(atRestX: $0.0, y: $0.1).rawValue }
        positions = frames.map { frame in
            sites.map { site in
                let place = truth.position(ofRestX: site.0, y: site.1, frame: frame)
                return [rounded(place.x, 4), rounded(place.y, 4)]
            }
        }
    }
}
