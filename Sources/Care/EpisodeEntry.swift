// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Recovery
package import Storage

/// One dated thing that an episode collects. What the rules know of it is its `fact`, in the words of `Recovery`.
package struct EpisodeEntry: Sendable, Hashable {
    package typealias ID = Identifier<EpisodeEntry>

    package let id: ID
    package let episode: Episode.ID
    package let day: Day
    /// Orders the entries of one day.
    package let secondOfDay: Int
    package let content: Content
    /// What a person reads beside it: "MRI of the left thigh".
    package let words: String
    /// Where it comes from: "intake/…", "note/…", "booking/…", "loop-measure/…", or "" for what was typed into the episode.
    package let source: String
    package let enteredAt: Date
    package let enteredBy: String

    static let gaitKind = "gaitReport"

    package enum Content: Sendable, Hashable {
        case fact(EpisodeHistory.Content)
        /// The result of an earlier imaging or referral came on this entry's day.
        case result(of: ID, expectedDays: Double?)
        /// Something to see on the time line that no rule counts: a gait report.
        case gaitReport
    }

    init(_ row: Row) throws {
        id = try row.get("id")
        episode = try row.get("episode")
        day = Day(number: try row.get("on_day"))
        secondOfDay = try row.get("second_of_day")
        words = try row.get("words")
        source = try row.get("source")
        enteredAt = try row.get("entered_at")
        enteredBy = try row.get("entered_by")
        let fields = try JSONText.value(EntryFields.self, row.get("content"))
        if let completed = try row.get("completes", as: ID?.self) {
            content = .result(of: completed, expectedDays: fields.expectedDays)
        } else if try row.get("kind", as: String.self) == Self.gaitKind {
            content = .gaitReport
        } else {
            content = .fact(try fields.fact(kind: try row.get("kind")))
        }
    }
}

/// A fact as it is stored: the fields of an entry of `fascia.history/1`, without its time and kind.
struct EntryFields: Codable {
    var measure: String?
    var value: Double?
    var flag: String?
    var answer: String?
    var signs: [String: String]?
    var strengthGrade: Double?
    var girthDifferenceCentimetres: Double?
    var treatment: String?
    var modality: String?
    var result: Int?
    var expectedDays: Double?
    var rule: String?
    var what: String?
    var until: Int?

    init() {}

    /// The fact's kind and fields.
    static func of(_ fact: EpisodeHistory.Content) -> (kind: String, fields: EntryFields) {
        var fields = EntryFields()
        switch fact {
        case .score(let measure, let value):
            (fields.measure, fields.value) = (measure.name, value)
            return ("score", fields)
        case .flag(let flag, let answer):
            (fields.flag, fields.answer) = (flag.rawValue, answer.rawValue)
            return ("flag", fields)
        case .tearSigns(let signs):
            fields.signs = Dictionary(uniqueKeysWithValues: signs.answers.map { ($0.key.rawValue, $0.value.rawValue) })
            fields.strengthGrade = signs.strengthGrade
            fields.girthDifferenceCentimetres = signs.girthDifferenceCentimetres
            return ("tearSigns", fields)
        case .visit(let treatment):
            fields.treatment = treatment.rawValue
            return ("visit", fields)
        case .missedVisit: return ("missedVisit", fields)
        case .imaging(let modality, let result, let expectedDays):
            (fields.modality, fields.result) = (modality.rawValue, result?.number)
            fields.expectedDays = expectedDays
            return ("imaging", fields)
        case .referral(let result):
            fields.result = result?.number
            return ("referral", fields)
        case .disposition(let rule, let what, let until):
            (fields.rule, fields.what, fields.until) = (rule, what.rawValue, until?.number)
            return ("disposition", fields)
        }
    }

    func fact(kind: String) throws -> EpisodeHistory.Content {
        func choice<T: RawRepresentable>(_ type: T.Type, _ text: String?) throws -> T where T.RawValue == String {
            guard let text, let value = T(rawValue: text) else {
                throw DatabaseError.column("an entry of kind \(kind) holds no \(T.self)")
            }
            return value
        }
        switch kind {
        case "score":
            guard let measure, let value else { throw DatabaseError.column("a score has no value") }
            return .score(Measure(measure), value)
        case "flag": return .flag(try choice(Flag.self, flag), try choice(Answer.self, answer))
        case "tearSigns":
            var answers: [TearSigns.Sign: Answer] = [:]
            for (sign, answer) in signs ?? [:] {
                answers[try choice(TearSigns.Sign.self, sign)] = try choice(Answer.self, answer)
            }
            return .tearSigns(
                TearSigns(
                    answers, strengthGrade: strengthGrade, girthDifferenceCentimetres: girthDifferenceCentimetres))
        case "visit": return .visit(try choice(Treatment.self, treatment))
        case "missedVisit": return .missedVisit
        case "imaging":
            return .imaging(
                try choice(Modality.self, modality), result: result.map { Day(number: $0) }, expectedDays: expectedDays)
        case "referral": return .referral(result: result.map { Day(number: $0) })
        case "disposition":
            guard let rule else { throw DatabaseError.column("a disposition names no rule") }
            return .disposition(
                rule: rule, try choice(Disposition.self, what), until: until.map { Day(number: $0) })
        default: throw DatabaseError.column("an entry has the unknown kind \(kind)")
        }
    }
}

/// Values kept as JSON in a column.
enum JSONText {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
