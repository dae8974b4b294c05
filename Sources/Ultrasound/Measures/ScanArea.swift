// SPDX-License-Identifier: Apache-2.0

/// The part of a picture in which there is tissue: what a machine draws around it (black margins, text, rulers) is left
/// out.
public struct ScanArea: Hashable, Sendable {
    /// Columns of the picture in which there is tissue.
    public let columns: Range<Int>
    /// Rows of the picture in which there is tissue.
    public let rows: Range<Int>

    /// The largest bright area without thin parts; the whole picture where none stands out.
    public init(of image: GreyImage) {
        let (width, height) = (image.width, image.height)
        // Text is about the same size on most machines' pictures; very small and very large ones were resized.
        let side = Double(min(width, height))
        let scale = side < 300 ? side / 300 : max(1, side / 700)
        func odd(_ size: Double) -> Int { max(1, Int(size * scale / 2) * 2 + 1) }
        // Echo somewhere near; small dark places closed; text, rulers and lines opened away.
        var mask = Self.boxed(image.pixels.map { $0 > 4 }, width, height, odd(9)) { 10 * $0 > 3 * $1 }
        mask = Self.boxed(mask, width, height, odd(31)) { count, _ in count > 0 }
        mask = Self.boxed(mask, width, height, odd(31)) { $0 == $1 }
        mask = Self.boxed(mask, width, height, odd(61)) { $0 == $1 }
        mask = Self.boxed(mask, width, height, odd(61)) { count, _ in count > 0 }
        guard let box = Self.largest(mask, width, height) else {
            columns = 0..<width
            rows = 0..<height
            return
        }
        (columns, rows) = box
    }

    /// Counts set pixels in the square around each pixel, cut at the edge, and asks what that count of that many means.
    private static func boxed(
        _ mask: [Bool], _ width: Int, _ height: Int, _ size: Int, isSet: (_ count: Int, _ of: Int) -> Bool
    ) -> [Bool] {
        let stride = width + 1
        var sums = [Int32](repeating: 0, count: stride * (height + 1))
        for row in 0..<height {
            var line: Int32 = 0
            for column in 0..<width {
                line += mask[row * width + column] ? 1 : 0
                sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + line
            }
        }
        var result = mask
        let reach = size / 2
        for row in 0..<height {
            let (top, bottom) = (max(0, row - reach), min(height, row + reach + 1))
            for column in 0..<width {
                let (left, right) = (max(0, column - reach), min(width, column + reach + 1))
                let count =
                    sums[bottom * stride + right] - sums[top * stride + right] - sums[bottom * stride + left]
                    + sums[top * stride + left]
                result[row * width + column] = isSet(Int(count), (bottom - top) * (right - left))
            }
        }
        return result
    }

    /// The bounding box of the largest connected part.
    private static func largest(_ mask: [Bool], _ width: Int, _ height: Int) -> (Range<Int>, Range<Int>)? {
        var seen = mask.map { !$0 }
        var best = 0
        var box: (Range<Int>, Range<Int>)?
        var stack: [Int] = []
        for start in mask.indices where !seen[start] {
            var count = 0
            var (left, right, top, bottom) = (width, 0, height, 0)
            seen[start] = true
            stack.append(start)
            while let place = stack.popLast() {
                let (column, row) = (place % width, place / width)
                count += 1
                left = min(left, column)
                right = max(right, column)
                top = min(top, row)
                bottom = max(bottom, row)
                for (near, exists) in [
                    (place - 1, column > 0), (place + 1, column + 1 < width), (place - width, row > 0),
                    (place + width, row + 1 < height),
                ] where exists && !seen[near] {
                    seen[near] = true
                    stack.append(near)
                }
            }
            if count > best {
                best = count
                box = (left..<right + 1, top..<bottom + 1)
            }
        }
        return box
    }
}
