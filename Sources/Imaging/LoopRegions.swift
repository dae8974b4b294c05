// SPDX-License-Identifier: Apache-2.0

import Accounts
import DICOM
import Foundation
package import Storage
package import Ultrasound

/// A part of a loop's picture in which its maker says how large a pixel is.
package struct LoopRegion: Sendable, Hashable, Codable {
    /// Columns and rows that belong to it.
    package let columns: ClosedRange<Int>
    package let rows: ClosedRange<Int>
    /// Nothing for a trace, a spectrum, or numbers that can't be.
    package let millimetresPerColumn: Double?
    package let millimetresPerRow: Double?
    package let isPicture: Bool
    let hasPriority: Bool

    init(_ region: UltrasoundRegion) {
        columns = region.columns
        rows = region.rows
        millimetresPerColumn = region.spacing?.x
        millimetresPerRow = region.spacing?.y
        isPicture = region.isPicture
        hasPriority = region.hasPriority
    }

    var region: UltrasoundRegion {
        UltrasoundRegion(
            columns: columns, rows: rows,
            spacing: millimetresPerColumn.flatMap { x in millimetresPerRow.flatMap { PixelSpacing(x: x, y: $0) } },
            isPicture: isPicture, hasPriority: hasPriority)
    }
}

extension VisitLoops {
    /// The `how` of a calibration that the object itself brought along.
    package static let calibratedByObject = "dicom"

    /// Keeps what the object says of its picture's scale: its regions, and the one scale of its pictures of tissue.
    func recordRegions(
        _ regions: UltrasoundRegions, of id: VisitLoop.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard let loop = try find(id, in: transaction).frames else { return }
        try transaction.run(
            """
            INSERT INTO loop_regions (loop, width, height, regions)
            VALUES (\(id), \(loop.width), \(loop.height), \(try JSONText.text(regions.all.map(LoopRegion.init))))
            ON CONFLICT (loop) DO NOTHING
            """)
        guard let spacing = regions.pictureSpacing else { return }
        try transaction.run(
            """
            INSERT INTO loop_calibration (id, loop, mm_per_pixel_x, mm_per_pixel_y, how, set_at, set_by)
            VALUES (\(Identifier<LoopCalibration>.make(at: now)), \(id), \(spacing.x), \(spacing.y),
                \(Self.calibratedByObject), \(now), \(actor.auditName))
            """)
    }

    /// The regions that came with the loop; nothing for a loop that is not from DICOM.
    package func regions(of id: VisitLoop.ID, in transaction: any Transaction) throws -> [LoopRegion]? {
        try regionsRow(of: id, in: transaction)?.all.map(LoopRegion.init)
    }

    private func regionsRow(of id: VisitLoop.ID, in transaction: any Transaction) throws -> UltrasoundRegions? {
        guard let row = try transaction.first("SELECT * FROM loop_regions WHERE loop = \(id)") else { return nil }
        return UltrasoundRegions(
            all: try JSONText.value([LoopRegion].self, row.get("regions")).map(\.region), columns: try row.get("width"),
            rows: try row.get("height"))
    }

    /// The scale of a length between two places: what somebody set, else that of the region that holds both.
    package func spacing(
        of id: VisitLoop.ID, from one: PicturePoint, to other: PicturePoint, in transaction: any Transaction
    ) throws -> PixelSpacing? {
        let calibration = try calibration(of: id, in: transaction)
        if let calibration, !calibration.isFromObject { return calibration.spacing }
        return try regionsRow(of: id, in: transaction)?.spacing(from: (one.x, one.y), to: (other.x, other.y))
    }
}
