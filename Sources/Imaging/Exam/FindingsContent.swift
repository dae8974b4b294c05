// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage
package import Ultrasound

/// What a signed report of an examination says. It is a copy: what is measured, renamed or taken away later changes nothing
/// in it.
package struct FindingsContent: Sendable, Hashable, Codable {
    /// One accepted measure.
    package struct Measure: Sendable, Hashable, Codable {
        /// What it is of: "opening" for a separation, else the annotation's meaning.
        package let meaning: String
        package let value: MeasuredValue
        /// At rest and at most, for a separation.
        package let rest: MeasuredValue?
        package let maximum: MeasuredValue?
        /// In 95 of 100 cases not farther off, by tracking alone.
        package let error95: Double?
        package let side: BodySide?
        package let muscle: ComparedMuscle
        package let loop: String
        package let fileName: String
        package let frame: Int
        /// The row that it was copied from.
        package let source: String
        package let acceptedBy: String
        package let acceptedAt: Date
    }

    /// One number beside another: the other side's, or an earlier visit's.
    package struct Comparison: Sendable, Hashable, Codable {
        package let meaning: String
        package let side: BodySide?
        package let now: MeasuredValue
        package let other: MeasuredValue
        /// "other side" or the day of the earlier visit.
        package let with: String
        /// Of the other, in percent; negative is smaller.
        package let percent: Double?
        /// How far healthy sides differ; nothing where no limit is published.
        package let limitPercent: Double?
        /// More than measuring again, or being healthy, would give; nothing where nobody knows.
        package let isMore: Bool?
    }

    package struct Clip: Sendable, Hashable, Codable {
        package let loop: String
        package let firstFrame: Int
        package let lastFrame: Int
        package let caption: String
        /// The frame that stands for the clip where it can't be played, on paper.
        package var stillFrame: Int

        package init(loop: String, firstFrame: Int, lastFrame: Int, caption: String) {
            self.loop = loop
            self.firstFrame = firstFrame
            self.lastFrame = lastFrame
            self.caption = caption
            stillFrame = firstFrame
        }

        package var isStill: Bool { firstFrame == lastFrame }
    }

    /// The frame where it hurts most.
    package struct Worst: Sendable, Hashable, Codable {
        package let fileName: String
        package let frame: Int
        package let value: Int
        /// "0.20 s before the widest opening"
        package let beside: String
    }

    /// Where the probe was: "left thigh, rectus femoris".
    package var region = ""
    /// What was seen, for colleagues.
    package var words = ""
    /// What it means, for the patient.
    package var wordsForPatient = ""
    package var measures: [Measure] = []
    package var comparisons: [Comparison] = []
    /// Percent of the cross-section, as the clinician judged it.
    package var sectionPercent: Double?
    /// The clinician's choices, by `GradingSystem`.
    package var grades: [String: String] = [:]
    package var clips: [Clip] = []
    package var worst: [Worst] = []

    package init() {}

    /// The worksheet, filled from the measures.
    package var worksheet: GradingWorksheet {
        func most(_ meaning: String, _ value: (Measure) -> MeasuredValue?) -> Double? {
            measures.filter { $0.meaning == meaning }.compactMap(value).filter { $0.unit == .millimetres }
                .map(\.value).max()
        }
        var torn = sectionPercent
        if torn == nil,
            let part = measures.first(where: { $0.meaning == LoopAnnotation.Meaning.tornSection.rawValue }),
            let whole = measures.first(where: { $0.meaning == LoopAnnotation.Meaning.crossSection.rawValue }),
            part.value.unit == whole.value.unit, whole.value.value > 0
        {
            torn = min(100, part.value.value / whole.value.value * 100)
        }
        var sheet = GradingWorksheet(
            sectionPercent: torn,
            lengthMillimetres: most(LoopAnnotation.Meaning.tearLength.rawValue) { $0.value },
            restGapMillimetres: most("opening") { $0.rest }, peakGapMillimetres: most("opening") { $0.maximum })
        for (system, grade) in grades {
            if let known = GradingSystem(rawValue: system) { sheet.decision[known] = grade }
        }
        return sheet
    }
}

/// A signed version of the findings of a visit.
package struct Findings: Sendable {
    package let id: Identifier<Findings>
    package let visit: String
    package let patient: String
    package let version: Int
    package let content: FindingsContent
    package let signedAt: Date
    package let signedBy: String
    package let signedName: String
    package let releasedAt: Date?

    package typealias ID = Identifier<Findings>
}
