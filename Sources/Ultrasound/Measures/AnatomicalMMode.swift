// SPDX-License-Identifier: Apache-2.0

/// The picture along a line or curve, over time: one column for each frame, in order; one row for each pixel of the
/// line's length, its first point on top.
///
/// Motion across the line shows as waves, a gap that opens as a dark wedge. Values between pixels are interpolated
/// from the four around them; what lies outside the picture is black. Columns are frames, so where frames are unevenly
/// spaced in time, so is the picture's axis: ``times`` says when each was taken.
public struct AnatomicalMMode: Sendable {
    /// `frames` wide, as high as the line is long.
    public let image: GreyImage
    /// The place in the loop's picture of each row.
    public let positions: [PicturePoint]
    /// Seconds of each column.
    public let times: [Double]

    /// The M-mode along a line through these points.
    ///
    /// Takes time in proportion to frames × length.
    /// - Throws: ``MModeError`` when there is no line.
    public init(of loop: CineLoop, along line: [PicturePoint]) throws(MModeError) {
        let positions = try Self.positions(along: line)
        var image = GreyImage(width: loop.frames.count, height: positions.count, filledWith: 0)
        for (column, frame) in loop.frames.enumerated() {
            for (row, position) in positions.enumerated() {
                image[column, row] = frame.interpolated(position)
            }
        }
        self.image = image
        self.positions = positions
        times = loop.times
    }

    /// Places one pixel apart along the line, its first and last point among them.
    private static func positions(along line: [PicturePoint]) throws(MModeError) -> [PicturePoint] {
        guard line.count >= 2 else { throw .tooFewPoints }
        guard line.allSatisfy({ $0.x.isFinite && $0.y.isFinite && abs($0.x) <= 100_000 && abs($0.y) <= 100_000 }) else {
            throw .outsideThePicture
        }
        let length = PictureLength(along: line, spacing: nil).pixels
        guard length > 0 else { throw .noLength }
        let count = min(Int(length.rounded()) + 1, 20_000)
        guard count >= 2 else { throw .noLength }
        var positions: [PicturePoint] = []
        var piece = 0
        var walked = 0.0
        for index in 0..<count {
            let wanted = length * Double(index) / Double(count - 1)
            while true {
                let (from, to) = (line[piece], line[piece + 1])
                let pieceLength = PictureLength(along: [from, to], spacing: nil).pixels
                if wanted <= walked + pieceLength || piece + 2 == line.count {
                    let part = pieceLength > 0 ? min(1, (wanted - walked) / pieceLength) : 0
                    positions.append(
                        PicturePoint(x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part))
                    break
                }
                walked += pieceLength
                piece += 1
            }
        }
        return positions
    }
}

/// Why there is no M-mode.
public enum MModeError: Error, Hashable, Sendable {
    /// A line has at least two points.
    case tooFewPoints
    /// All points are one, or nearer than a pixel.
    case noLength
    /// A point is no number, or far outside any picture.
    case outsideThePicture
}

extension GreyImage {
    /// The grey between pixels, from the four around the place; 0 outside the picture.
    func interpolated(_ place: PicturePoint) -> UInt8 {
        guard place.x >= 0, place.y >= 0, place.x <= Double(width - 1), place.y <= Double(height - 1) else { return 0 }
        let (column, row) = (min(Int(place.x), max(width - 2, 0)), min(Int(place.y), max(height - 2, 0)))
        let (right, down) = (place.x - Double(column), place.y - Double(row))
        let (nextColumn, nextRow) = (min(column + 1, width - 1), min(row + 1, height - 1))
        let above = Double(self[column, row]) * (1 - right) + Double(self[nextColumn, row]) * right
        let below = Double(self[column, nextRow]) * (1 - right) + Double(self[nextColumn, nextRow]) * right
        return UInt8((above * (1 - down) + below * down).rounded())
    }
}
