// SPDX-License-Identifier: Apache-2.0

import Care
import Clinic
import Foundation
import Recovery

/// A note: written, or read once it is signed.
struct NotePage: PageValue {
    static let template = "desk-note"

    struct Text: Sendable {
        var name: String
        var label: String
        var value: String
        /// What the last note says, where this one says something else.
        var before: String?
    }

    struct Pair: Sendable {
        var name: String
        var label: String
        var injured: String
        var other: String
        /// "difference −1.5 cm (−3 %)"
        var difference: String?
        var before: String?
    }

    struct Ask: Sendable {
        var name: String
        var label: String
        var choices: [Choice]
        var before: String?
        /// It must be answered before signing.
        var isNeeded: Bool
    }

    struct Addendum: Sendable {
        var words: String
        var signed: String
    }

    var frame: Frame
    var episodeURL: String
    var place: String
    var patientName: String
    var day: String
    var errorSummary: ErrorSummary?
    /// Nil once it is signed.
    var editing: Editing?
    var signed: Signed?

    struct Editing: Sendable {
        var action: String
        /// "Copied forward from the note of 3 March 2026"
        var copied: String?
        var texts: [Text]
        var pairs: [Pair]
        var movement: Text
        var asks: [Ask]
        var treatments: [Choice]
        var diagnosis: Text
        var statuses: [Choice]
    }

    struct Signed: Sendable {
        var facts: [Fact]
        var signed: String
        var addenda: [Addendum]
        let hasAddenda: Bool
        var addendumAction: String?
    }
}

enum NoteWords {
    static let texts = [
        ("said", "What the patient says"), ("palpation", "Palpation"), ("assessment", "Assessment"), ("plan", "Plan"),
    ]
    static let pairs = [
        ("strength", "Strength, 0 to 5", ""), ("girth", "Girth, cm", "cm"),
        ("motion", "Range of movement, degrees", "°"),
    ]

    static func editing(_ view: Clinic.NoteView) -> NotePage.Editing {
        let fields = view.note.fields
        let before = view.previous?.fields
        func changed(_ name: String) -> String? {
            guard let before, before[name] != fields[name] else { return nil }
            return before[name].isEmpty ? "empty" : before[name]
        }
        func text(_ name: String, _ label: String) -> NotePage.Text {
            .init(name: name, label: label, value: fields[name], before: changed(name))
        }
        func choices(_ name: String) -> [Choice] {
            [Answer.notAsked, .no, .yes].map {
                Choice(
                    value: $0.rawValue, label: CareWords.capital(CareWords.name(of: $0)),
                    isChosen: fields.answer(name) == $0)
            }
        }
        let emergency = WarningQuestion.questions(for: view.episode.region).map(\.flag)
        let asksForTear = view.episode.kind == .muscle || WarningQuestion.asksForTear(view.episode.region)
        let signs = asksForTear ? TearSigns.Sign.allCases : []
        return NotePage.Editing(
            action: "/desk/notes/\(view.note.id)",
            copied: view.previous.map { "Copied forward from the note of \(CareWords.date($0.day))." },
            texts: texts.map { text($0.0, $0.1) },
            pairs: pairs.map { name, label, unit in
                .init(
                    name: name, label: label, injured: fields["\(name)-injured"], other: fields["\(name)-other"],
                    difference: difference(fields, name, unit), before: changed("\(name)-injured"))
            }, movement: text("movement", "Movement that was measured"),
            asks: signs.map {
                let name = "sign-\($0.rawValue)"
                return .init(
                    name: name, label: $0.words.prefix(1).uppercased() + $0.words.dropFirst(), choices: choices(name),
                    before: changed(name), isNeeded: view.episode.kind == .muscle)
            }
                + emergency.map {
                    let name = "flag-\($0.rawValue)"
                    return .init(
                        name: name, label: "Warning: \($0.words)", choices: choices(name), before: changed(name),
                        isNeeded: $0.triage == .emergency)
                },
            treatments: Treatment.allCases.map {
                Choice(value: $0.rawValue, label: $0.rawValue.capitalized, isChosen: fields.treatment == $0)
            }, diagnosis: text("diagnosis", "Working diagnosis"),
            statuses: EpisodeHistory.Diagnosis.Status.allCases.map {
                Choice(value: $0.rawValue, label: CareWords.name(of: $0), isChosen: fields["status"] == $0.rawValue)
            })
    }

    /// "−1.5 cm, 97 % of the other side"
    static func difference(_ fields: NoteFields, _ pair: String, _ unit: String) -> String? {
        guard let difference = fields.difference(pair), let injured = fields.number("\(pair)-injured"),
            let other = fields.number("\(pair)-other")
        else { return nil }
        let sign = difference > 0 ? "+" : difference < 0 ? "−" : ""
        let share = other == 0 ? "" : ", \(Int((injured / other * 100).rounded())) % of the other side"
        return "\(sign)\(CareWords.plain(abs(difference)))\(unit.isEmpty || unit == "°" ? unit : " " + unit)\(share)"
    }

    static func facts(_ fields: NoteFields) -> [Fact] {
        var facts: [Fact] = []
        func add(_ label: String, _ value: String) {
            if !value.isEmpty { facts.append(.init(label: label, value: value)) }
        }
        for (name, label) in texts { add(label, fields[name]) }
        for (name, label, unit) in pairs where !fields["\(name)-injured"].isEmpty {
            add(
                label,
                "\(fields["\(name)-injured"]) against \(fields["\(name)-other"].isEmpty ? "—" : fields["\(name)-other"])"
                    + (difference(fields, name, unit).map { " (\($0))" } ?? ""))
        }
        add("Movement that was measured", fields["movement"])
        for sign in TearSigns.Sign.allCases {
            let answer = fields.answer("sign-\(sign.rawValue)")
            if answer != .notAsked {
                add(sign.words.prefix(1).uppercased() + sign.words.dropFirst(), CareWords.name(of: answer))
            }
        }
        for flag in Flag.allCases {
            let answer = fields.answer("flag-\(flag.rawValue)")
            if answer != .notAsked { add("Warning: \(flag.words)", CareWords.name(of: answer)) }
        }
        add("Treatment", fields.treatment.rawValue)
        add("Working diagnosis", fields["diagnosis"])
        return facts
    }
}
