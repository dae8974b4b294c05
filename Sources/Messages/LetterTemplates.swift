// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Why a letter's text is not taken.
package enum LetterTextRefusal: Error, Sendable, Hashable {
    case empty(field: String)
    case tooLong(field: String)
    /// A word in braces that this letter does not know.
    case unknownPlaceholder(String, field: String, known: [LetterKind.Placeholder])
    case missing(LetterKind.Placeholder)
    case clinicalWord(String)

    package var field: String {
        switch self {
        case .empty(let field), .tooLong(let field), .unknownPlaceholder(_, let field, _): field
        case .missing: "body"
        case .clinicalWord: "subject"
        }
    }

    package var explanation: String {
        switch self {
        case .empty(let field): "The \(field == "subject" ? "subject" : "text") is empty."
        case .tooLong(let field): "The \(field == "subject" ? "subject" : "text") is too long."
        case .unknownPlaceholder(let name, let field, let known):
            "There is no {\(name)} in the \(field == "subject" ? "subject" : "text") of this letter. It knows "
                + known.map { "{\($0.rawValue)}" }.joined(separator: ", ") + "."
        case .missing(let placeholder):
            "{\(placeholder.rawValue)} is missing: \(placeholder.meaning). Without it this letter is of no use."
        case .clinicalWord(let word):
            "The subject says \"\(word)\". Subjects are seen by others, so they carry no clinical word."
        }
    }
}

/// The clinic's own texts of its letters, each with its history.
package struct LetterTemplates: Sendable {
    /// One text that held, from when, by whom. Without a text: the house's own words were put back.
    package struct Version: Sendable {
        package typealias ID = Identifier<Version>
        package let id: ID
        package let kind: LetterKind
        package let text: LetterText?
        package let writtenBy: String
        package let writtenAt: Date
    }

    private let audit = AuditTrail()

    package init() {}

    package func current(
        _ kind: LetterKind, language: String = "en", in transaction: any Transaction
    ) throws -> LetterText {
        try history(of: kind, language: language, limit: 1, in: transaction).first?.text
            ?? LetterTexts.text(of: kind, in: language)
    }

    /// The kinds whose text is the clinic's own.
    package func edited(in transaction: any Transaction) throws -> Set<LetterKind> {
        try Set(LetterKind.allCases.filter { try history(of: $0, limit: 1, in: transaction).first?.text != nil })
    }

    /// Newest first.
    package func history(
        of kind: LetterKind, language: String = "en", limit: Int, in transaction: any Transaction
    ) throws -> [Version] {
        try transaction.rows(
            """
            SELECT * FROM letter_text WHERE kind = \(kind) AND language = \(language)
            ORDER BY written_at DESC, id DESC LIMIT \(limit)
            """
        ).map { row in
            let subject: String? = try row.get("subject")
            let body: String? = try row.get("body")
            return Version(
                id: try row.get("id"), kind: try row.get("kind"),
                text: subject.flatMap { subject in body.map { LetterText(subject: subject, body: $0) } },
                writtenBy: try row.get("written_by"), writtenAt: try row.get("written_at"))
        }
    }

    /// - Throws: `LetterTextRefusal`.
    package func save(
        _ text: LetterText, for kind: LetterKind, language: String = "en", services: [String], by actor: Actor,
        named name: String, at now: Date,
        in transaction: any Transaction
    ) throws {
        if let refusal = Self.faults(of: text, for: kind, services: services).first { throw refusal }
        guard try current(kind, language: language, in: transaction) != text else { return }
        try write(text, for: kind, language: language, by: actor, named: name, at: now, in: transaction)
    }

    /// Puts the house's own words back.
    package func reset(
        _ kind: LetterKind, language: String = "en", by actor: Actor, named name: String, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard try history(of: kind, language: language, limit: 1, in: transaction).first?.text != nil else { return }
        try write(nil, for: kind, language: language, by: actor, named: name, at: now, in: transaction)
    }

    /// Everything that speaks against a text.
    /// - Parameter services: the names of the clinic's services, which a subject must not say.
    package static func faults(of text: LetterText, for kind: LetterKind, services: [String]) -> [LetterTextRefusal] {
        var faults: [LetterTextRefusal] = []
        for (field, words, limit, known) in [
            ("subject", text.subject, 150, kind.subjectPlaceholders), ("body", text.body, 5000, kind.placeholders),
        ] {
            if words.allSatisfy(\.isWhitespace) { faults.append(.empty(field: field)) }
            if words.count > limit { faults.append(.tooLong(field: field)) }
            for name in LetterText.names(in: words) where !known.contains(where: { $0.rawValue == name }) {
                faults.append(.unknownPlaceholder(name, field: field, known: known))
            }
        }
        let used = Set(LetterText.names(in: text.subject + "\n" + text.body))
        for placeholder in kind.required where !used.contains(placeholder.rawValue) {
            faults.append(.missing(placeholder))
        }
        if let word = ClinicalWords.first(in: text.subject, or: services) { faults.append(.clinicalWord(word)) }
        return faults
    }

    private func write(
        _ text: LetterText?, for kind: LetterKind, language: String, by actor: Actor, named name: String, at now: Date,
        in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO letter_text (id, kind, language, subject, body, written_by, written_at)
            VALUES (\(Version.ID.make(at: now)), \(kind), \(language), \(text?.subject), \(text?.body), \(name), \(now))
            """)
        try audit.record(
            text == nil ? "letter.reset" : "letter.write", patient: nil, subject: "letter/\(kind.rawValue)", by: actor,
            at: now, in: transaction)
    }
}
