// SPDX-License-Identifier: Apache-2.0

/// The little of an object by which it is filed when it arrives, so that nothing else of it needs to be read then.
package struct ObjectHead: Sendable, Hashable {
    package let transferSyntax: String
    /// Bytes before the data set.
    package let dataSetOffset: Int64
    /// 0 where it has no pictures.
    package let frameCount: Int
    /// A film (MPEG-4, H.264).
    package let isFilm: Bool
    /// The first value of each, of a name its alphabetic writing.
    private let texts: [DICOMTag: String]

    /// In the order in which the helper tells them (`filedBy` in Sources/fascia-dicom/index.cpp).
    private static let tags: [DICOMTag] = [
        .sopClass, .sopInstance, .studyDate, .accessionNumber, .modality, .seriesDescription, .patientName, .patientID,
        .studyInstance, .seriesInstance, .instanceNumber,
    ]

    /// What it says, or nothing.
    package func text(_ tag: DICOMTag) -> String { texts[tag] ?? "" }

    /// As the helper tells it: four facts, then the texts.
    static let factCount = 4 + tags.count

    /// - Parameter facts: `factCount` of them.
    init?(facts: ArraySlice<String>) {
        let facts = Array(facts)
        guard facts.count == Self.factCount, let offset = Int64(facts[1]), let frames = Int(facts[2]) else {
            return nil
        }
        transferSyntax = facts[0]
        dataSetOffset = offset
        frameCount = frames
        isFilm = facts[3] == "1"
        texts = Dictionary(uniqueKeysWithValues: zip(Self.tags, facts.dropFirst(4)))
    }

    fileprivate init(_ index: ObjectIndex) {
        transferSyntax = index.transferSyntax
        dataSetOffset = index.dataSetOffset
        frameCount = index.pictures?.frames ?? 0
        isFilm = index.pictures?.isFilm ?? false
        texts = Dictionary(uniqueKeysWithValues: Self.tags.map { ($0, index.attributes.text($0) ?? "") })
    }
}

extension ObjectIndex {
    package var head: ObjectHead { ObjectHead(self) }
}
