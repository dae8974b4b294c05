// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DICOM

@Suite struct HelperFrameTests {
    @Test(arguments: [[], [""], ["a"], ["", "ÄÖ ß 漢", ""], [String(repeating: "x", count: 70_000), "y"]])
    func textsComeBackAsTheyWere(_ texts: [String]) {
        #expect(HelperFrame.texts(HelperFrame("S", texts: texts).payload) == texts)
    }

    /// A helper may be anybody's once it was broken: lengths that do not fit are no texts.
    @Test(
        arguments: [[1], [1, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0, 65], [255, 255, 255, 255, 65], [0, 0, 0, 0, 1]]
            as [[UInt8]])
    func lengthsThatDoNotFitAreNoTexts(_ payload: [UInt8]) {
        #expect(HelperFrame.texts(payload) == nil)
    }

    @Test func aHeadNeedsAllItsFacts() {
        let facts = ["1.2.840.10008.1.2.1", "300", "3", "0"] + (0..<11).map { "text \($0)" }
        let head = ObjectHead(facts: facts[...])
        #expect(head?.frameCount == 3 && head?.dataSetOffset == 300 && head?.isFilm == false)
        #expect(head?.text(.sopClass) == "text 0" && head?.text(.patientName) == "text 6")
        #expect(head?.text(.instanceNumber) == "text 10" && head?.text(.rows) == "")
        #expect(ObjectHead(facts: facts.dropLast()) == nil)
        #expect(ObjectHead(facts: (facts.prefix(1) + ["offset"] + facts.dropFirst(2))[...]) == nil)
    }
}
