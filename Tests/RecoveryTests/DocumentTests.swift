// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Recovery

@Suite struct DocumentTests {
    private static let example = """
        {"schema":"fascia.history/1","now":"2026-03-01",
         "episode":{"kind":"muscle","region":"thigh","onset":"2026-01-30",
           "diagnosis":[{"at":"2026-02-01","text":"quadriceps strain, minor","status":"provisional"}]},
         "entries":[
           {"at":"2026-02-01","kind":"score","measure":"nrs","value":6},
           {"at":"2026-02-01T09:30:00+01:00","kind":"score","measure":"psfs","value":3},
           {"at":"2026-02-01","kind":"flag","flag":"compartment","answer":"no"},
           {"at":"2026-02-01","kind":"tearSigns","palpableGap":"no","defectOpensOnContraction":"notAsked","pop":"no",
            "bruising":"no","cannotBearWeight":"no","motionLoss":"no","strengthGrade":null,"girthDifferenceCentimetres":0.5},
           {"at":"2026-02-01","kind":"visit","treatment":"acupuncture"},
           {"at":"2026-02-10","kind":"imaging","modality":"ultrasound","result":null},
           {"at":"2026-02-14","kind":"disposition","rule":"A5","what":"imagingOrdered","until":null},
           {"at":"2026-02-15","kind":"missedVisit"},
           {"at":"2026-02-16","kind":"referral","result":"2026-02-20"}]}
        """

    @Test func theExampleIsRead() throws {
        let document = try HistoryDocument(reading: Array(Self.example.utf8))
        #expect(document.now.description == "2026-03-01")
        #expect(document.history.onset == dayZero)
        #expect(document.history.entries.count == 9)
        var signs = noSigns(strength: nil, girth: 0.5)
        signs[.defectOpensOnContraction] = .notAsked
        #expect(document.history.entries.contains { $0.content == .tearSigns(signs) })
        // The founding case's alarm of the design: day 14 of the injury.
        let alarm = try #require(assess(document.history, now: document.now).first { $0.rule == "A5" })
        #expect(alarm.firedOn.description == "2026-02-13")
        #expect(!alarm.isOpen)
    }

    @Test func theResultHasTheFixedFields() throws {
        let document = try HistoryDocument(reading: Array(Self.example.utf8))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let bytes = try encoder.encode(AlarmsDocument(document))
        #expect(try encoder.encode(AlarmsDocument(document)) == bytes)
        let root = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        #expect(root["schema"] as? String == "fascia.alarms/1")
        #expect(root["rulesVersion"] as? String == RuleSet.current.version)
        let alarms = try #require(root["alarms"] as? [[String: Any]])
        let alarm = try #require(alarms.first { $0["rule"] as? String == "A5" })
        #expect(alarm["level"] as? String == "red")
        #expect(alarm["firedOn"] as? String == "2026-02-13")
        #expect(alarm["dueOn"] as? String == "2026-02-16")
        #expect(alarm["open"] as? Bool == false)
        let inputs = try #require(alarm["inputs"] as? [[String: String]])
        #expect(inputs.contains(["at": "2026-02-01", "what": "nrs 6 (baseline)"]))
        #expect((alarm["missing"] as? [String])?.contains("result of imaging") == true)
        #expect((alarm["options"] as? [String])?.isEmpty == false)
        #expect(alarm["threshold"] is String && alarm["source"] is String)
    }

    @Test(
        arguments: [
            ("\"value\":6}", "\"value\":\"6\"}", 5, "entries[0].value"),
            ("\"value\":6}", "\"value\":11}", 5, "entries[0].value"),
            ("\"value\":6}", "\"value\":null}", 5, "entries[0].value"),
            ("\"measure\":\"nrs\",", "", 5, "entries[0].measure"),
            ("\"2026-02-01T09:30:00+01:00\"", "\"2026-02-30\"", 6, "entries[1].at"),
            ("\"2026-02-01T09:30:00+01:00\"", "\"2026-02-01T25:00\"", 6, "entries[1].at"),
            ("\"flag\":\"compartment\"", "\"flag\":\"pain\"", 7, "entries[2].flag"),
            ("\"answer\":\"no\"", "\"answer\":\"maybe\"", 7, "entries[2].answer"),
            ("\"strengthGrade\":null", "\"strengthGrade\":6", 9, "entries[3].strengthGrade"),
            ("\"pop\":\"no\"", "\"pop\":true", 8, "entries[3].pop"),
            ("\"kind\":\"visit\"", "\"kind\":\"party\"", 10, "entries[4].kind"),
            ("\"result\":null", "\"result\":\"soon\"", 11, "entries[5].result"),
            ("\"rule\":\"A5\"", "\"rule\":\"A99\"", 12, "entries[6].rule"),
            ("imagingOrdered", "dismissed", 12, "entries[6].what"),
            ("\"kind\":\"muscle\",", "", 2, "episode.kind"), ("2026-01-30", "30.1.2026", 2, "episode.onset"),
            ("provisional", "sure", 3, "episode.diagnosis[0].status"),
            ("fascia.history/1", "fascia.history/9", 1, "schema"),
            ("\"now\":\"2026-03-01\",", "", 1, "now"),
        ] as [(String, String, Int, String)])
    func aMistakeIsNamedByLineAndField(old: String, new: String, line: Int, field: String) {
        let text = Self.example.replacingOccurrences(of: old, with: new)
        #expect(text != Self.example)
        do throws(DocumentError) {
            _ = try HistoryDocument(reading: Array(text.utf8))
            Issue.record("read without complaint")
        } catch {
            #expect(error.line == line)
            #expect(error.field == field)
            #expect(!error.what.isEmpty)
        }
    }

    @Test(
        arguments: [
            "", "{", "[1,2", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "nul", "01", "1.", "\"\\x\"", "\"\\ud800\"", "{} {}",
            "\"a",
            "{\"a\":1,\"a\":2}", "1e999", "\u{1}",
        ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: DocumentError.self) { try HistoryDocument(reading: Array(text.utf8)) }
    }

    @Test func depthAndDamageDoNotHarm() {
        #expect(throws: DocumentError.self) {
            try HistoryDocument(reading: Array(String(repeating: "[", count: 1_000_000).utf8))
        }
        let bytes = Array(Self.example.utf8)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1..<4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            // Refused or read; never a trap.
            _ = try? AlarmsDocument(HistoryDocument(reading: damaged)).alarms
        }
        for length in 0..<bytes.count { _ = try? HistoryDocument(reading: Array(bytes[..<length])) }
    }

    @Test func daysAreDays() throws {
        for text in ["0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2026-02-28", "9999-12-31"] {
            #expect(try #require(Day(iso: text)).description == text)
        }
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "0000-01-01", "2026-02-30"] {
            #expect(Day(iso: text) == nil)
        }
        // Friday to Monday is one working day.
        #expect(dayZero.addingWorkingDays(1) == day(3))
        #expect(day(1).addingWorkingDays(1) == day(3))
        #expect(day(3).addingWorkingDays(5) == day(10))
    }
}
