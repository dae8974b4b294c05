// SPDX-License-Identifier: Apache-2.0

/// A picture of real numbers for still measures; row by row.
struct FloatPicture {
    let width: Int
    let height: Int
    var values: [Float]

    init(width: Int, height: Int, values: [Float]) {
        self.width = width
        self.height = height
        self.values = values
    }

    /// A part of a grey picture.
    init(_ image: GreyImage, columns: Range<Int>, rows: Range<Int>) {
        width = columns.count
        height = rows.count
        values = []
        values.reserveCapacity(width * height)
        for row in rows {
            for column in columns { values.append(Float(image[column, row])) }
        }
    }

    subscript(column: Int, row: Int) -> Float {
        get { values[row * width + column] }
        set { values[row * width + column] = newValue }
    }

    /// Weights of a Gaussian or its first derivative, up to four standard deviations.
    private static func kernel(_ sigma: Float, derivative: Bool) -> [Float] {
        let reach = max(1, Int((4 * sigma).rounded()))
        let bell = (-reach...reach).map { offset in
            (-Float(offset * offset) / (2 * sigma * sigma)).exponential
        }
        let sum = bell.reduce(0, +)
        guard derivative else { return bell.map { $0 / sum } }
        return zip(-reach...reach, bell).map { Float($0) / (sigma * sigma) * $1 / sum }
    }

    /// Gaussian smoothing, or its derivative along an axis; edges are mirrored.
    func smoothed(
        across: Float, down: Float, derivativeAcross: Bool = false, derivativeDown: Bool = false
    ) -> FloatPicture {
        var result = self
        if across > 0 {
            let kernel = Self.kernel(across, derivative: derivativeAcross)
            result = result.filtered(kernel, length: width, lines: height, step: 1, lineStep: width)
        }
        if down > 0 {
            let kernel = Self.kernel(down, derivative: derivativeDown)
            result = result.filtered(kernel, length: height, lines: width, step: width, lineStep: 1)
        }
        return result
    }

    /// Nearly Gaussian smoothing over large distances: three running means, so that the time does not grow with them.
    func broadlySmoothed(across: Float, down: Float) -> FloatPicture {
        var result = self
        for _ in 0..<3 {
            // Three boxes of 2 r + 1 have the variance of the Gaussian where r (r + 1) is its own.
            result = result.averaged(
                reach: Int(((1 + 4 * across * across).squareRoot() - 1) / 2 + 0.5), length: width, lines: height,
                step: 1,
                lineStep: width)
            result = result.averaged(
                reach: Int(((1 + 4 * down * down).squareRoot() - 1) / 2 + 0.5), length: height, lines: width,
                step: width,
                lineStep: 1)
        }
        return result
    }

    private func averaged(reach: Int, length: Int, lines: Int, step: Int, lineStep: Int) -> FloatPicture {
        guard reach > 0 else { return self }
        var output = values
        for number in 0..<lines {
            let start = number * lineStep
            var sum = 0.0
            for index in -reach...reach { sum += Double(values[start + Self.mirrored(index, length) * step]) }
            for index in 0..<length {
                output[start + index * step] = Float(sum / Double(2 * reach + 1))
                sum += Double(values[start + Self.mirrored(index + reach + 1, length) * step])
                sum -= Double(values[start + Self.mirrored(index - reach, length) * step])
            }
        }
        return FloatPicture(width: width, height: height, values: output)
    }

    private func filtered(_ kernel: [Float], length: Int, lines: Int, step: Int, lineStep: Int) -> FloatPicture {
        let reach = kernel.count / 2
        var output = values
        var line = [Float](repeating: 0, count: length + 2 * reach)
        for number in 0..<lines {
            let start = number * lineStep
            for index in -reach..<length + reach {
                line[index + reach] = values[start + Self.mirrored(index, length) * step]
            }
            for index in 0..<length {
                var sum: Float = 0
                for tap in 0..<kernel.count { sum += kernel[tap] * line[index + tap] }
                output[start + index * step] = sum
            }
        }
        return FloatPicture(width: width, height: height, values: output)
    }

    private static func mirrored(_ index: Int, _ length: Int) -> Int {
        let period = 2 * length
        let inside = ((index % period) + period) % period
        return inside < length ? inside : period - 1 - inside
    }

    /// The picture at another size, corners on corners, interpolated between the four pixels around.
    func resized(width newWidth: Int, height newHeight: Int) -> FloatPicture {
        let stepX = newWidth > 1 ? Float(width - 1) / Float(newWidth - 1) : 0
        let stepY = newHeight > 1 ? Float(height - 1) / Float(newHeight - 1) : 0
        var output: [Float] = []
        output.reserveCapacity(newWidth * newHeight)
        for row in 0..<newHeight {
            let y = Float(row) * stepY
            let top = min(Int(y), height - 1)
            let bottom = min(top + 1, height - 1)
            let down = y - Float(top)
            for column in 0..<newWidth {
                let x = Float(column) * stepX
                let left = min(Int(x), width - 1)
                let right = min(left + 1, width - 1)
                let along = x - Float(left)
                let above = self[left, top] * (1 - along) + self[right, top] * along
                let below = self[left, bottom] * (1 - along) + self[right, bottom] * along
                output.append(above * (1 - down) + below * down)
            }
        }
        return FloatPicture(width: newWidth, height: newHeight, values: output)
    }

    /// Left and right exchanged.
    var flipped: FloatPicture {
        var result = self
        for row in 0..<height {
            for column in 0..<width { result[column, row] = self[width - 1 - column, row] }
        }
        return result
    }

    var mean: Float { values.isEmpty ? 0 : values.reduce(0, +) / Float(values.count) }
}
