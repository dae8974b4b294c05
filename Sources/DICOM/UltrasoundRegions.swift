// SPDX-License-Identifier: Apache-2.0

package import Ultrasound

/// A part of an ultrasound picture in which a pixel has a size (PS3.3 C.8.5.5): a B-mode picture, an M-mode trace, a spectrum.
package struct UltrasoundRegion: Sendable, Hashable {
    /// Columns and rows that belong to it.
    package let columns: ClosedRange<Int>
    package let rows: ClosedRange<Int>
    /// Of a picture of tissue, the size of a pixel; nothing for a time axis, a speed, or numbers that can't be.
    package let spacing: PixelSpacing?
    /// A picture in two dimensions of tissue or flow, not a trace.
    package let isPicture: Bool
    /// Lies over those of the same place that have it not.
    package let hasPriority: Bool

    package init(
        columns: ClosedRange<Int>, rows: ClosedRange<Int>, spacing: PixelSpacing?, isPicture: Bool, hasPriority: Bool
    ) {
        self.columns = columns
        self.rows = rows
        self.spacing = spacing
        self.isPicture = isPicture
        self.hasPriority = hasPriority
    }

    package func contains(x: Double, y: Double) -> Bool {
        x >= Double(columns.lowerBound) - 0.5 && x <= Double(columns.upperBound) + 0.5
            && y >= Double(rows.lowerBound) - 0.5 && y <= Double(rows.upperBound) + 0.5
    }
}

/// The regions of a picture. A length is in millimetres only inside of one of them, and only by its own scale.
package struct UltrasoundRegions: Sendable, Hashable {
    package let all: [UltrasoundRegion]
    package let columns: Int
    package let rows: Int

    /// Centimetres per pixel that can be: anything else is a slip of the maker's.
    static let plausibleCentimetres = 0.0001...1.0

    /// Regions that do not lie inside the picture are left out: it was resized or cut after they were written, so
    /// what they say of its pixels is no longer true.
    package init(_ items: [Attributes], columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        all = items.compactMap { Self.region($0, columns: columns, rows: rows) }
    }

    /// Regions that were looked at before.
    package init(all: [UltrasoundRegion], columns: Int, rows: Int) {
        self.all = all
        self.columns = columns
        self.rows = rows
    }

    private static func region(_ item: Attributes, columns: Int, rows: Int) -> UltrasoundRegion? {
        func whole(_ tag: UInt32) -> Int? { item.number(DICOMTag(tag)).flatMap { Int(exactly: $0) } }
        guard let left = whole(0x0018_6018), let top = whole(0x0018_601A), var right = whole(0x0018_601C),
            var bottom = whole(0x0018_601E)
        else { return nil }
        // Some makers name the column behind the last one.
        if right == columns { right -= 1 }
        if bottom == rows { bottom -= 1 }
        guard left >= 0, top >= 0, left < right, top < bottom, right < columns, bottom < rows else { return nil }
        let centimetres = 3
        let isLength = whole(0x0018_6024) == centimetres && whole(0x0018_6026) == centimetres
        var spacing: PixelSpacing?
        if isLength, let x = item.number(DICOMTag(0x0018_602C)), let y = item.number(DICOMTag(0x0018_602E)),
            plausibleCentimetres.contains(abs(x)), plausibleCentimetres.contains(abs(y))
        {
            // The sign tells the direction of the axis, which is none of a length's business.
            spacing = PixelSpacing(x: abs(x) * 10, y: abs(y) * 10)
        }
        let flags = whole(0x0018_6016) ?? 0
        return UltrasoundRegion(
            columns: left...right, rows: top...bottom, spacing: spacing, isPicture: whole(0x0018_6012) == 1,
            hasPriority: flags & 1 == 0)
    }

    /// The scale that counts for a length between two places (pixels, from the centre of the top left one); nothing where
    /// they are not in one calibrated region, or where regions that lie over each other disagree.
    package func spacing(from one: (x: Double, y: Double), to other: (x: Double, y: Double)) -> PixelSpacing? {
        let holding = all.filter { $0.contains(x: one.x, y: one.y) && $0.contains(x: other.x, y: other.y) }
        let first = holding.filter(\.hasPriority)
        let counting = first.isEmpty ? holding : first
        guard let spacing = counting.first?.spacing, counting.allSatisfy({ $0.spacing == spacing }) else { return nil }
        // A place that also lies in another region (a trace over the picture) is not only tissue.
        for place in [one, other] {
            for region in all where region.contains(x: place.x, y: place.y) && region.hasPriority {
                if region.spacing != spacing { return nil }
            }
        }
        return spacing
    }

    /// The one scale of all pictures of tissue in it (two of a dual picture have one), or nothing.
    package var pictureSpacing: PixelSpacing? {
        let pictures = all.filter { $0.isPicture && $0.spacing != nil }
        guard let spacing = pictures.first?.spacing, pictures.allSatisfy({ $0.spacing == spacing }) else { return nil }
        return spacing
    }
}
