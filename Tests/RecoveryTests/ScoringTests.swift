// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Recovery

/// Vectors by hand: the numbers stand in the tests, with how they come about.
@Suite struct ScoringTests {
    /// A questionnaire of `count` questions `q1`… on a scale.
    private func form(
        _ count: Int, _ range: ClosedRange<Int>, _ scoring: String, type: String = "integer"
    ) throws -> Questionnaire {
        let limits =
            type == "integer"
            ? #","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":\#(range.lowerBound)},{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":\#(range.upperBound)}]"#
            : ""
        let items = (1...count).map { #"{"linkId":"q\#($0)","text":"Question \#($0)","type":"\#(type)"\#(limits)}"# }
        return try Questionnaire(
            reading: Array(
                """
                {"resourceType":"Questionnaire","url":"urn:test","version":"1","title":"Test",
                 "extension":[{"url":"urn:fascia:scoring","extension":[\(scoring)]}],
                 "item":[\(items.joined(separator: ","))]}
                """.utf8))
    }

    private func part(_ name: String, _ value: String) -> String {
        let kind =
            Double(value) == nil
            ? #""valueCode":"\#(value)""#
            : name == "mostMissing" ? #""valueInteger":\#(value)"# : #""valueDecimal":\#(value)"#
        return #"{"url":"\#(name)",\#(kind)}"#
    }

    private func scoring(
        _ method: String, _ direction: String, _ floor: Int, _ ceiling: Int, _ more: (String, String)...
    ) -> String {
        ([
            ("measure", "test"), ("method", method), ("direction", direction), ("floor", "\(floor)"),
            ("ceiling", "\(ceiling)"),
        ] + more)
        .map(part).joined(separator: ",")
    }

    private func answers(_ values: [Double?]) -> [String: Questionnaire.Answer] {
        var answers: [String: Questionnaire.Answer] = [:]
        for (index, value) in values.enumerated() { answers["q\(index + 1)"] = value.map { .number($0) } }
        return answers
    }

    @Test func sumsNeedEveryAnswer() throws {
        let form = try form(3, 0...4, scoring("sum", "lowerIsBetter", 0, 12))
        #expect(try form.score(answers([1, 2, 4])).value == 7)
        #expect(throws: ScoringRefusal.missing(["q2"], allowed: 0)) { try form.score(answers([1, nil, 4])) }
        #expect(throws: ScoringRefusal.missing(["q1", "q2", "q3"], allowed: 0)) { try form.score([:]) }
    }

    @Test func statementsThatWereNotTickedCountNothing() throws {
        let form = try form(24, 0...1, scoring("sum", "lowerIsBetter", 0, 24, ("missing", "asZero")), type: "boolean")
        let score = try form.score(["q3": .boolean(true), "q9": .boolean(true), "q10": .boolean(false)])
        #expect(score.value == 2)
        #expect(score.missing.count == 21)
        #expect(try form.score([:]).value == 0)
        #expect(try form.score([:]).isAtBest)
    }

    /// Sum 30 over 18 of 20 answers: 30 × 20 / 18 = 33 1/3.
    @Test func proratingScalesUpWithinItsLimit() throws {
        let form = try form(
            20, 0...4, scoring("prorated", "higherIsBetter", 0, 80, ("missing", "leaveOut"), ("mostMissing", "2")))
        let values: [Double?] = Array(repeating: 2, count: 12) + Array(repeating: 1, count: 6) + [nil, nil]
        let score = try form.score(answers(values))
        #expect(abs(score.value - 100.0 / 3) < 1e-12)
        #expect(score.missing == ["q19", "q20"])
        #expect(throws: ScoringRefusal.missing(["q18", "q19", "q20"], allowed: 2)) {
            try form.score(answers(Array(values.prefix(17)) + [nil, nil, nil]))
        }
    }

    /// (mean − 1) × 25 with 10 of 11 answered: mean 3.1 → 52.5.
    @Test func meansAreShiftedAndScaled() throws {
        let form = try form(
            11, 1...5,
            scoring(
                "mean", "lowerIsBetter", 0, 100, ("missing", "leaveOut"), ("mostMissing", "1"), ("offset", "-1"),
                ("factor", "25")))
        let values: [Double?] = [3, 3, 3, 3, 3, 3, 3, 3, 3, 4, nil]
        #expect(abs(try form.score(answers(values)).value - 52.5) < 1e-12)
        #expect(try form.score(answers(Array(repeating: 5, count: 11))).isAtWorst)
        #expect(try form.score(answers(Array(repeating: 1, count: 11))).isAtBest)
        #expect(throws: ScoringRefusal.self) { try form.score(answers([nil, nil] + Array(repeating: 3, count: 9))) }
    }

    /// 100 × sum / (5 × answered): 18 of 45 is 40 %.
    @Test func theDenominatorShrinksWithTheAnswers() throws {
        let form = try form(
            10, 0...5,
            scoring("mean", "lowerIsBetter", 0, 100, ("missing", "leaveOut"), ("mostMissing", "9"), ("factor", "20")))
        #expect(abs(try form.score(answers([2, 2, 2, 2, 2, 2, 2, 2, 2, nil])).value - 40) < 1e-12)
    }

    @Test func tablesKnowTheirSumsOnly() throws {
        let table = [(2, 29.5), (3, 36.75), (4, 60)].map {
            #"{"url":"lookup","extension":[{"url":"sum","valueDecimal":\#($0)},{"url":"score","valueDecimal":\#($1)}]}"#
        }.joined(separator: ",")
        let form = try form(2, 1...5, scoring("lookup", "higherIsBetter", 0, 100) + "," + table)
        #expect(try form.score(answers([1, 2])).value == 36.75)
        #expect(throws: ScoringRefusal.notInTable(sum: 10)) { try form.score(answers([5, 5])) }
    }

    @Test func answersThatDoNotFitAreRefused() throws {
        let form = try form(1, 0...10, scoring("sum", "lowerIsBetter", 0, 10))
        for answer in [
            Questionnaire.Answer.number(11), .number(-1), .number(4.5), .number(.nan), .boolean(true), .code("4"),
            .text("4"),
        ] {
            #expect(throws: ScoringRefusal.invalidAnswer(item: "q1", expected: "a whole number from 0 to 10")) {
                try form.score(["q1": answer])
            }
        }
        #expect(throws: ScoringRefusal.unknownItem("q2")) { try form.score(["q1": .number(3), "q2": .number(3)]) }
        // A scoring that leaves its own scale is broken, and says so.
        let wrong = try self.form(2, 0...10, scoring("sum", "lowerIsBetter", 0, 10))
        #expect(throws: ScoringRefusal.outsideRange(15, 0...10)) { try wrong.score(answers([7, 8])) }
    }

    @Test func directionDecidesWhatIsBetter() throws {
        let pain = try #require(
            try form(1, 0...10, scoring("sum", "lowerIsBetter", 0, 10, ("importantChange", "2"))).scoring)
        let function = try #require(
            try form(1, 0...10, scoring("sum", "higherIsBetter", 0, 10, ("importantChange", "2"))).scoring)
        #expect(pain.change(from: 6, to: 4) == .improved)
        #expect(pain.change(from: 6, to: 5) == .unchanged)
        #expect(pain.change(from: 6, to: 8) == .worse)
        #expect(pain.change(from: 1, to: 0) == .notEvaluable)
        #expect(pain.change(from: 1, to: 3) == .worse)
        #expect(function.change(from: 6, to: 4) == .worse)
        #expect(function.change(from: 6, to: 8) == .improved)
        #expect(function.change(from: 9, to: 10) == .notEvaluable)
        let part = try #require(
            try form(1, 0...10, scoring("sum", "lowerIsBetter", 0, 10, ("importantChangePercent", "30"))).scoring)
        #expect(part.change(from: 10, to: 7) == .improved)
        #expect(part.change(from: 7, to: 5) == .unchanged)
        #expect(
            try #require(try form(1, 0...10, scoring("sum", "lowerIsBetter", 0, 10)).scoring).change(from: 9, to: 0)
                == .unknown)
    }

    @Test(
        arguments: [
            ("\"method\"", "\"methode\"", "is “methode”"), ("\"sum\"", "\"median\"", "sum, mean, prorated, lookup"),
            ("\"direction\",", "\"factor\",", "direction is missing"),
            ("\"floor\",\"valueDecimal\":0", "\"floor\",\"valueDecimal\":11", "floor"),
            ("\"type\":\"integer\"", "\"type\":\"attachment\"", "attachment"), ("\"version\":\"1\",", "", "is missing"),
            ("Questionnaire\",\"url\"", "Patient\",\"url\"", "Questionnaire"),
            ("{\"url\":\"measure\"", "{\"url\":\"item\",\"valueString\":\"q7\"},{\"url\":\"measure\"", "no item q7"),
        ] as [(String, String, String)])
    func whatIsNotUnderstoodIsRefused(old: String, new: String, says: String) {
        let text = """
            {"resourceType":"Questionnaire","url":"urn:test","version":"1","title":"Test",
             "extension":[{"url":"urn:fascia:scoring","extension":[\(scoring("sum", "lowerIsBetter", 0, 10))]}],
             "item":[{"linkId":"q1","type":"integer"}]}
            """
        let changed = text.replacingOccurrences(of: old, with: new)
        #expect(changed != text)
        do throws(DocumentError) {
            _ = try Questionnaire(reading: Array(changed.utf8))
            Issue.record("read without complaint")
        } catch {
            #expect("\(error)".contains(says))
        }
    }
}

/// The questionnaires that come with Fascia.
@Suite struct ShippedQuestionnaireTests {
    private func shipped(_ name: String) throws -> Questionnaire {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Content/questionnaires")
        return try Questionnaire(reading: [UInt8](Data(contentsOf: folder.appendingPathComponent("\(name).json"))))
    }

    @Test func painIsItsNumber() throws {
        let pain = try shipped("pain-nrs")
        #expect(try pain.score(["average": .number(6)]).value == 6)
        #expect(pain.scoring?.measure == .nrs)
        #expect(pain.scoring?.change(from: 6, to: 4) == .improved)
        #expect(throws: ScoringRefusal.missing(["average"], allowed: 0)) { try pain.score([:]) }
    }

    /// (3 + 5) / 2 = 4; with a third activity only if it was there at the start.
    @Test func activitiesStayTheSame() throws {
        let activities = try shipped("psfs")
        let two: [String: Questionnaire.Answer] = [
            "activity-1-name": .text("climbing stairs"), "activity-1-score": .number(3), "activity-2-score": .number(5),
        ]
        let first = try activities.score(two)
        #expect(first.value == 4)
        #expect(first.missing == ["activity-3-score"])
        #expect(try activities.score(two, like: first.answered).value == 4)
        var three = two
        three["activity-3-score"] = .number(10)
        #expect(
            throws: ScoringRefusal.otherItems(
                expected: ["activity-1-score", "activity-2-score"],
                answered: ["activity-1-score", "activity-2-score", "activity-3-score"])
        ) { try activities.score(three, like: first.answered) }
        #expect(throws: ScoringRefusal.self) { try activities.score(["activity-1-name": .text("running")]) }
    }

    @Test func changeGoesBothWays() throws {
        let change = try shipped("global-change")
        #expect(try change.score(["change": .number(-5)]).isAtWorst)
        #expect(try change.score(["change": .number(5)]).isAtBest)
        #expect(throws: ScoringRefusal.self) { try change.score(["change": .number(6)]) }
    }

    @Test func theIntakeAsksAndDoesNotScore() throws {
        let intake = try shipped("intake")
        #expect(intake.scoring == nil)
        #expect(throws: ScoringRefusal.notScored) { try intake.score([:]) }
        let asked = Set(intake.items.map(\.linkId))
        for flag in Flag.allCases where flag != .radicularPain { #expect(asked.contains(flag.rawValue)) }
        for name in ["anticoagulants", "pregnancy", "implants", "pain-now", "pain-average", "pain-worst"] {
            #expect(asked.contains(name))
        }
    }
}
