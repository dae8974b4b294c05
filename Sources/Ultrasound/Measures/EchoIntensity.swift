// SPDX-License-Identifier: Apache-2.0

/// The grey of a region: mean and spread.
///
/// It changes with the machine's settings (gain, preset, depth): compare only pictures of the same device and preset.
public struct EchoIntensity: Hashable, Sendable, Codable {
    /// Mean grey, 0…255.
    public let mean: Double
    /// Spread of the grey values around their mean.
    public let standardDeviation: Double
    /// How many pixels were looked at.
    public let pixelCount: Int

    /// The grey of the pixels whose centre is inside a closed outline; nothing when there is none.
    public init?(of image: GreyImage, inside outline: [PicturePoint]) {
        guard outline.count >= 3, outline.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
        var sum = 0.0
        var squares = 0.0
        var count = 0
        for row in 0..<image.height {
            // Where the outline crosses this row; between odd and even crossings is inside.
            var crossings: [Double] = []
            for (index, from) in outline.enumerated() {
                let to = outline[(index + 1) % outline.count]
                let y = Double(row)
                if (from.y <= y) != (to.y <= y) {
                    crossings.append(from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x))
                }
            }
            crossings.sort()
            for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                let first = max(0, crossings[pair].rounded(.up))
                let last = min(Double(image.width - 1), crossings[pair + 1].rounded(.down))
                guard first <= last else { continue }
                for column in Int(first)...Int(last) {
                    let value = Double(image[column, row])
                    sum += value
                    squares += value * value
                    count += 1
                }
            }
        }
        guard count > 0 else { return nil }
        mean = sum / Double(count)
        standardDeviation = max(0, squares / Double(count) - mean * mean).squareRoot()
        pixelCount = count
    }
}
