// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Ultrasound

/// What the helper found in an object: its attributes, and where its frames lie in the file.
package struct ObjectIndex: Sendable, Codable, Hashable {
    package struct Pictures: Sendable, Codable, Hashable {
        package let rows: Int
        package let columns: Int
        package let samples: Int
        package let bitsAllocated: Int
        package let frames: Int
        /// A film (MPEG-4, H.264), which the helper does not decode.
        package let isFilm: Bool
        package let nativeOffset: Int64
        package let nativeFrameBytes: Int64
        /// Of each frame, its fragments as offset and length; empty where frames are not compressed. A film has one
        /// entry, for the whole of it.
        package let fragments: [[[Int64]]]

        /// The stored bytes of one frame (from 0).
        package func ranges(ofFrame frame: Int) -> [Range<Int64>] {
            guard (0..<frames).contains(frame), !isFilm else { return [] }
            if fragments.isEmpty {
                let start = nativeOffset + Int64(frame) * nativeFrameBytes
                return [start..<start + nativeFrameBytes]
            }
            return fragments[frame].compactMap { $0.count == 2 ? $0[0]..<$0[0] + $0[1] : nil }
        }

        /// The stored bytes of a film; nothing for what is none.
        package var filmRanges: [Range<Int64>] {
            guard isFilm, let parts = fragments.first else { return [] }
            return parts.compactMap { $0.count == 2 ? $0[0]..<$0[0] + $0[1] : nil }
        }
    }

    package let transferSyntax: String
    package let dataSetOffset: Int64
    package let pictures: Pictures?
    package let attributes: Attributes

    /// Whether a frame's stored bytes are a picture that browsers show in its own colours: baseline JPEG, in colour.
    package var hasBrowserPictures: Bool {
        guard transferSyntax == "1.2.840.10008.1.2.4.50", let pictures else { return false }
        return pictures.samples == 3 && pictures.bitsAllocated == 8
            && attributes.text(.photometric)?.hasPrefix("YBR_FULL") == true
    }

    /// Of an object without pictures that the clinic made itself.
    package init(transferSyntax: String, dataSetOffset: Int64, attributes: Attributes) {
        self.transferSyntax = transferSyntax
        self.dataSetOffset = dataSetOffset
        self.attributes = attributes
        pictures = nil
    }

    package init(json: Foundation.Data) throws { self = try JSONDecoder().decode(ObjectIndex.self, from: json) }

    // MARK: Times

    /// Seconds of each frame from the first, where the object says them.
    package var frameTimes: [Double]? {
        guard let pictures else { return nil }
        let count = pictures.frames
        let steps = attributes.numbers(.frameTimeVector)
        let pointer = attributes.text(.frameIncrementPointer)
        // The vector's first step leads to the first frame and is not waited for.
        if steps.count == count, count > 1, pointer != DICOMTag.frameTime.description,
            steps.dropFirst().allSatisfy({ $0.isFinite && $0 > 0 })
        {
            var time = 0.0
            return [0]
                + steps.dropFirst().map {
                    time += $0 / 1000; return time
                }
        }
        if let step = attributes.number(.frameTime), step.isFinite, step > 0 {
            return (0..<count).map { Double($0) * step / 1000 }
        }
        if let rate = attributes.number(.frameRateShown) ?? attributes.number(.cineRate), rate.isFinite, rate > 0 {
            return (0..<count).map { Double($0) / rate }
        }
        return count == 1 ? [0] : nil
    }

    // MARK: Calibration

    /// The regions of one frame (from 0): its own where the object has them by frame, else those of all.
    package func regions(ofFrame frame: Int = 0) -> UltrasoundRegions {
        guard let pictures else { return UltrasoundRegions([], columns: 0, rows: 0) }
        let groups = attributes.items(.perFrameGroups)
        let own = frame < groups.count ? groups[frame].items(.ultrasoundRegions) : []
        return UltrasoundRegions(
            own.isEmpty ? attributes.items(.ultrasoundRegions) : own, columns: pictures.columns, rows: pictures.rows)
    }

    /// The regions that hold for every frame; none where they change on the way.
    package var regionsOfAllFrames: UltrasoundRegions {
        let first = regions()
        let groups = attributes.items(.perFrameGroups)
        for frame in groups.indices where regions(ofFrame: frame) != first {
            return UltrasoundRegions([], columns: first.columns, rows: first.rows)
        }
        return first
    }
}
