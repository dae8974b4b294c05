// SPDX-License-Identifier: Apache-2.0

/// The direction of bright lines at each place, from the structure tensor (Gaussian derivatives of 1.4 pixels, averaged
/// over 3.5).
struct FibreOrientation {
    /// Degrees above the horizontal, rising to the right positive, in -90..<90.
    let degrees: [Float]
    /// How strong the lines are: the difference of the tensor's eigenvalues.
    let strength: [Float]
    /// How much it is one direction alone, 0…1.
    let linearity: [Float]

    init(_ picture: FloatPicture) {
        let sigma: Float = 1.4
        let across = picture.smoothed(across: sigma, down: sigma, derivativeAcross: true).values
        let down = picture.smoothed(across: sigma, down: sigma, derivativeDown: true).values
        func averaged(_ one: [Float], _ other: [Float]) -> [Float] {
            FloatPicture(width: picture.width, height: picture.height, values: zip(one, other).map { $0 * $1 })
                .smoothed(across: 3.5, down: 3.5).values
        }
        let (xx, yy, xy) = (averaged(across, across), averaged(down, down), averaged(across, down))
        var (degrees, strength, linearity): ([Float], [Float], [Float]) = ([], [], [])
        for index in xx.indices {
            let gradient = 0.5 * Float.angle(y: 2 * xy[index], x: xx[index] - yy[index]) * 180 / .pi
            // Lines lie across the gradient; y points down.
            var line = -(gradient + 90)
            while line < -90 { line += 180 }
            while line >= 90 { line -= 180 }
            degrees.append(line)
            let difference = xx[index] - yy[index]
            let coherent = (difference * difference + 4 * xy[index] * xy[index]).squareRoot()
            strength.append(coherent)
            linearity.append(coherent / (xx[index] + yy[index] + 1e-6))
        }
        self.degrees = degrees
        self.strength = strength
        self.linearity = linearity
    }
}
