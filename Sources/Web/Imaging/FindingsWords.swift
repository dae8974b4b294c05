// SPDX-License-Identifier: Apache-2.0

import Clinic
import Content
import Foundation
import Imaging
import Ultrasound

/// How findings are put into words.
enum FindingsWords {
    static func table(_ content: FindingsContent) -> MeasureTable {
        MeasureTable(
            rows: content.measures.map { measure in
                .init(
                    name: LoopWords.meaning(measure.meaning), place: place(measure),
                    value: measure.value.text + (measure.value.isCalibrated ? "" : ", uncalibrated"),
                    detail: detail(measure))
            },
            comparisons: content.comparisons.map { comparison in
                .init(
                    name: LoopWords.meaning(comparison.meaning),
                    now: comparison.now.text + (comparison.side.map { ", \(LoopWords.side($0).lowercased())" } ?? ""),
                    other: comparison.other.text, with: comparison.with, difference: difference(comparison))
            },
            worst: content.worst.map { worst in
                "It hurt most in frame \(worst.frame) of \(worst.fileName) (\(worst.value) of 10)"
                    + (worst.beside.isEmpty ? "." : ", \(worst.beside).")
            })
    }

    private static func place(_ measure: FindingsContent.Measure) -> String {
        let side = LoopWords.side(measure.side)
        let muscle = measure.muscle == .other ? "" : LoopWords.muscle(measure.muscle)
        let words = [side, side.isEmpty ? muscle : muscle.lowercased()].filter { !$0.isEmpty }.joined(separator: " ")
        return words.isEmpty ? measure.fileName : words
    }

    private static func detail(_ measure: FindingsContent.Measure) -> String {
        guard let rest = measure.rest, let maximum = measure.maximum else { return "frame \(measure.frame)" }
        let error = measure.error95.map {
            String(
                format: "; ± %.1f %@ in 95 of 100 cases, by tracking alone", max($0, 0.1), measure.value.unit.rawValue)
        }
        return "\(rest.text) at rest, \(maximum.text) at most" + (error ?? "")
    }

    private static func difference(_ comparison: FindingsContent.Comparison) -> String {
        let change = comparison.now.value - comparison.other.value
        var words = MeasuredValue(abs(change), comparison.now.unit).text + (change < 0 ? " less" : " more")
        if let percent = comparison.percent { words += String(format: " (%.0f %%)", abs(percent)) }
        if let limit = comparison.limitPercent {
            words +=
                comparison.isMore == true
                ? String(format: ": more than healthy sides differ (%.1f %%)", limit)
                : String(format: ": healthy sides differ so much, too (%.1f %%)", limit)
        } else if comparison.meaning == "thickness", comparison.isMore == false {
            words += ": less than measuring again would give, so no change"
        }
        return words
    }

    static func system(_ system: GradingSystem) -> String {
        switch system {
        case .peetrons: "Peetrons"
        case .chan: "Chan"
        case .munich: "Munich"
        case .britishAthletics: "British Athletics"
        }
    }

    static func grades(_ content: FindingsContent) -> [FindingsEditPage.Grade] {
        let sheet = content.worksheet
        return GradingSystem.allCases.map { system in
            let fields = sheet.fieldsByClass(in: system).sorted { $0.key < $1.key }
            return .init(
                field: "grade-\(system.rawValue)", name: Self.system(system), note: system.note,
                hint: fields.map { "The \($0.key) lies in class \($0.value)." }.joined(separator: " "),
                classes: [.init(value: "", label: "Not graded", isChosen: content.grades[system.rawValue] == nil)]
                    + system.classes.map {
                        .init(
                            value: $0.name, label: "\($0.name): \($0.meaning)",
                            isChosen: content.grades[system.rawValue] == $0.name)
                    })
        }
    }

    static func chosenGrades(_ content: FindingsContent) -> [FindingsPage.Grade] {
        GradingSystem.allCases.compactMap { system in
            guard let name = content.grades[system.rawValue],
                let chosen = system.classes.first(where: { $0.name == name })
            else { return nil }
            return .init(system: Self.system(system), grade: "\(name): \(chosen.meaning)", note: system.note)
        }
    }

    static func paragraphs(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
    }

    /// What a measure is called for its patient.
    static func plainName(_ meaning: String) -> String {
        switch meaning {
        case "opening": said("How far the gap opens when the muscle tenses")
        case LoopAnnotation.Meaning.thickness.rawValue: said("How thick the muscle is")
        case LoopAnnotation.Meaning.tearLength.rawValue: said("How long the tear is")
        case LoopAnnotation.Meaning.haematomaLength.rawValue: said("How long the bruise inside is")
        case LoopAnnotation.Meaning.haematomaArea.rawValue: said("How large the bruise inside is")
        case LoopAnnotation.Meaning.crossSection.rawValue: said("How large the muscle is, cut across")
        case LoopAnnotation.Meaning.tornSection.rawValue: said("How large the torn part is, cut across")
        case LoopAnnotation.Meaning.pennation.rawValue: said("How steep the fibres lie")
        default: said("Another measure")
        }
    }

    static func plainSide(_ side: BodySide?) -> String {
        switch side {
        case .left: said("left")
        case .right: said("right")
        case nil: ""
        }
    }
}
