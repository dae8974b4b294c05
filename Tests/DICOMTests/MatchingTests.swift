// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DICOM

@Suite struct MatchingTests {
    @Test(arguments: [
        ("Vega*", "Vega^Maria", true), ("*maria", "Vega^Maria", true), ("VEGA^?ARIA", "Vega^Maria", true),
        ("Vega", "Vega^Maria", false), ("odegard*", "Ödegård^Mira", true), ("*", "", true), ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYbZ", false),
    ]) func names(_ key: String, _ value: String, _ isMatch: Bool) {
        #expect(Matching.matches(key, value, vr: "PN") == isMatch)
    }

    @Test(arguments: [
        ("20260301", "20260301", true), ("20260301-", "20260302", true), ("-20260301", "20260302", false),
        ("20260228-20260301", "20260301", true), ("20260302-20260301", "20260301", false),
    ]) func dates(_ key: String, _ value: String, _ isMatch: Bool) {
        #expect(Matching.matches(key, value, vr: "DA") == isMatch)
    }

    @Test(arguments: [("09-1030", "100000", true), ("10", "105959", true), ("1100-", "105959", false)])
    func times(_ key: String, _ value: String, _ isMatch: Bool) {
        #expect(Matching.matches(key, value, vr: "TM") == isMatch)
    }

    @Test func aPatternThatGoesBackManyTimesIsQuick() {
        let pattern = String(repeating: "*a", count: 30) + "b"
        let started = ContinuousClock.now
        #expect(!Matching.matches(pattern, String(repeating: "a", count: 5000), vr: "LO"))
        #expect(ContinuousClock.now - started < .seconds(5))
    }

    @Test func keysOfASequenceLookIntoItsItems() {
        var step = Attributes()
        step.set(.stationAETitle, "AE", "US1")
        var row = Attributes()
        row.set(.scheduledSteps, items: [step])
        var keys = Attributes()
        keys.set(.scheduledSteps, items: [step])
        #expect(Matching.matches(keys, row))
        step.set(.stationAETitle, "AE", "US2")
        keys.set(.scheduledSteps, items: [step])
        #expect(!Matching.matches(keys, row))
    }

    @Test func jsonComesBackAsItWas() throws {
        let text =
            #"{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Ö^A"}]},"00186011":{"vr":"SQ","Value":[{"0018602C":{"vr":"FD","Value":[0.30000000000000004]}}]}}"#
        let attributes = try JSONDecoder().decode(Attributes.self, from: Data(text.utf8))
        #expect(attributes.text(.patientName) == "Ö^A")
        #expect(attributes.items(.ultrasoundRegions)[0].number(DICOMTag(0x0018_602C)) == 0.1 + 0.2)
        let again = try JSONDecoder().decode(Attributes.self, from: JSONEncoder().encode(attributes))
        #expect(again == attributes)
    }

    @Test func theWriterSaysEachElementOnceAndInOrder() {
        var attributes = Attributes()
        attributes.set(.patientID, "LO", "X1")
        attributes.set(.accessionNumber, "SH", "A")
        #expect(
            DataSetWriter.bytes(attributes)
                == [0x08, 0, 0x50, 0] + Array("SH".utf8) + [2, 0] + Array("A ".utf8)
                + [0x10, 0, 0x20, 0] + Array("LO".utf8) + [2, 0] + Array("X1".utf8))
    }
}
