// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// The questionnaires of the house and those that the clinic imported, and the scores made with them.
///
/// A version of a questionnaire is never changed: a score names the version that made it, with the answers that it was made of.
package struct Questionnaires: Sendable {
    /// The ones in our own words, from `Content/questionnaires`.
    package let shipped: [Questionnaire]
    private let audit = AuditTrail()

    package static let pain = "urn:fascia:questionnaire:pain-nrs"
    package static let activities = "urn:fascia:questionnaire:psfs"
    package static let change = "urn:fascia:questionnaire:global-change"

    /// - Parameter files: FHIR R4 `Questionnaire`s in JSON; what can't be read is left out (a test reads each).
    package init(files: [Data]) {
        shipped = files.compactMap { try? Questionnaire(reading: [UInt8]($0)) }
    }

    /// Those that make a score, each in its newest version, by title.
    package func all(in transaction: any Transaction) throws -> [Questionnaire] {
        var newest = Dictionary(shipped.map { ($0.url, $0) }, uniquingKeysWith: { $1 })
        for row in try transaction.rows("SELECT source FROM questionnaire ORDER BY imported_at, id") {
            let one = try read(row)
            newest[one.url] = one
        }
        return newest.values.filter { $0.scoring != nil }.sorted { ($0.title, $0.url) < ($1.title, $1.url) }
    }

    package func find(_ url: String, in transaction: any Transaction) throws -> Questionnaire {
        guard let found = try all(in: transaction).first(where: { $0.url == url }) else {
            throw CareError.field("questionnaire", "This questionnaire is not known here. Import it first.")
        }
        return found
    }

    private func read(_ row: Row) throws -> Questionnaire {
        do {
            return try Questionnaire(reading: Array(try row.get("source", as: String.self).utf8))
        } catch let error as DocumentError {
            throw DatabaseError.column("an imported questionnaire can't be read any more: \(error)")
        }
    }

    /// Keeps a questionnaire that the clinic has under its own licence.
    /// - Throws: `DocumentError` with line and field; `CareError.field` where the version is there already with other words.
    package func keep(
        _ file: Data, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Questionnaire {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        let new = try Questionnaire(reading: [UInt8](file))
        guard new.scoring != nil else {
            throw CareError.field(
                "questionnaire",
                "It has no scoring: add the extension \(Questionnaire.scoringExtension) (docs/questionnaires.md).")
        }
        guard !shipped.contains(where: { $0.url == new.url }) else {
            throw CareError.field("questionnaire", "\(new.url) comes with the program. Give yours a url of its own.")
        }
        let text = String(decoding: file, as: UTF8.self)
        let known = try transaction.first(
            "SELECT source FROM questionnaire WHERE url = \(new.url) AND version = \(new.version)")
        if let known {
            guard try known.get("source", as: String.self) == text else {
                throw CareError.field(
                    "questionnaire",
                    "Version \(new.version) of \(new.url) is here with other content, and scores may rest on it. Give the new one a new version."
                )
            }
            return new
        }
        let id = Identifier<Questionnaire>.make(at: now)
        try transaction.run(
            """
            INSERT INTO questionnaire (id, url, version, source, imported_at, imported_by)
            VALUES (\(id), \(new.url), \(new.version), \(text), \(now), \(actor.auditName))
            """)
        try audit.record(
            "questionnaire.import", patient: nil, subject: "questionnaire/\(id)",
            detail: ["url": new.url, "version": new.version], by: actor, at: now, in: transaction)
        return new
    }

    // MARK: Scores

    /// The answers that a score was made of, as typed, with its questionnaire and version.
    package struct Response: Sendable, Hashable {
        package let entry: EpisodeEntry.ID
        package let url: String
        package let version: String
        package let answers: [String: String]
    }

    /// Scores answers and keeps score, answers, questionnaire and version together.
    ///
    /// The items of the first score with this questionnaire must be answered again: other activities are not comparable.
    /// - Parameter answers: as typed, by `linkId`; what is empty was not answered.
    /// - Throws: `CareError.field` with why there is no score.
    @discardableResult
    package func enter(
        _ answers: [String: String], of questionnaire: Questionnaire, to id: Episode.ID, on day: Day,
        secondOfDay: Int = 0, source: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Score {
        let given = answers.filter { !$0.value.isEmpty }
        let baseline = try responses(of: id, in: transaction).first { $0.url == questionnaire.url }
        let scored = Set(questionnaire.scoring?.items ?? [])
        let score = try Self.score(
            given, of: questionnaire, like: baseline.map { $0.answers.keys.filter(scored.contains).sorted() })
        let names = questionnaire.items.filter { $0.kind == .text }.compactMap { given[$0.linkId] }
        let entry = try Episodes().add(
            .score(score.measure, score.value), to: id, on: day, secondOfDay: secondOfDay,
            words: names.joined(separator: "; "), source: source, by: actor, at: now, in: transaction)
        try keep(given, of: questionnaire, as: entry, in: id, transaction)
        return score
    }

    private static func score(
        _ given: [String: String], of questionnaire: Questionnaire, like baseline: [String]?
    ) throws -> Score {
        switch questionnaire.result(of: given, like: baseline) {
        case .success(let score): return score
        case .failure(let refusal):
            throw CareError.field(refusal.field ?? "questionnaire", refusal.description)
        }
    }

    /// Keeps what an entry was made of.
    func keep(
        _ answers: [String: String], of questionnaire: Questionnaire, as entry: EpisodeEntry.ID, in episode: Episode.ID,
        _ transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO questionnaire_response (entry, episode, url, version, answers)
            VALUES (\(entry), \(episode), \(questionnaire.url), \(questionnaire.version), \(try JSONText.text(answers)))
            """)
    }

    /// An episode's responses that were not withdrawn, in the order of their days.
    package func responses(of episode: Episode.ID, in transaction: any Transaction) throws -> [Response] {
        try transaction.rows(
            """
            SELECT r.* FROM questionnaire_response r JOIN episode_entry e ON e.id = r.entry
                LEFT JOIN episode_withdrawal w ON w.entry = e.id
            WHERE r.episode = \(episode) AND w.entry IS NULL ORDER BY e.on_day, e.second_of_day, e.id
            """
        ).map {
            Response(
                entry: try $0.get("entry"), url: try $0.get("url"), version: try $0.get("version"),
                answers: try JSONText.value([String: String].self, $0.get("answers")))
        }
    }

    /// What the patient named at the start: the same activities are scored each time (domain notes 1.1).
    package func activityNames(of episode: Episode.ID, in transaction: any Transaction) throws -> [String] {
        let first = try responses(of: episode, in: transaction).first { $0.url == Self.activities }
        return (1...3).compactMap { first?.answers["activity-\($0)-name"] }
    }
}

extension Questionnaire {
    fileprivate func result(of typed: [String: String], like baseline: [String]?) -> Result<Score, ScoringRefusal> {
        do throws(ScoringRefusal) {
            return .success(try score(try understood(typed), like: baseline))
        } catch {
            return .failure(error)
        }
    }

    /// Typed words as answers.
    fileprivate func understood(_ typed: [String: String]) throws(ScoringRefusal) -> [String: Answer] {
        var answers: [String: Answer] = [:]
        for (name, text) in typed {
            guard let item = items.first(where: { $0.linkId == name }) else { throw .unknownItem(name) }
            switch item.kind {
            case .boolean: answers[name] = .boolean(text == "true" || text == "yes")
            case .integer, .decimal:
                guard let number = Double(text.replacingOccurrences(of: ",", with: ".")) else {
                    throw .invalidAnswer(item: name, expected: "a number")
                }
                answers[name] = .number(number)
            case .choice: answers[name] = .code(text)
            case .text, .display: answers[name] = .text(text)
            }
        }
        return answers
    }
}

extension ScoringRefusal {
    /// The question that is at fault, where it is one.
    fileprivate var field: String? {
        switch self {
        case .unknownItem(let item), .invalidAnswer(let item, _): item
        case .missing(let items, _): items.first
        default: nil
        }
    }
}
