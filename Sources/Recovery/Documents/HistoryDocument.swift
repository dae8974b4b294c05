// SPDX-License-Identifier: Apache-2.0

/// An episode history as `fascia.history/1` JSON, and the day on which to assess it. docs/recovery.md describes every field.
public struct HistoryDocument: Hashable, Sendable {
    /// The day.
    public var now: Day
    /// The episode.
    public var history: EpisodeHistory

    /// Reads a document.
    ///
    /// - Parameter bytes: UTF-8 JSON.
    /// - Throws: the line, the field and what is expected there, for the first mistake.
    public init(reading bytes: [UInt8], rules: RuleSet = .current) throws(DocumentError) {
        let root = LocatedField(json: try LocatedJSON.parse(bytes), path: "")
        let schema = try root.required("schema")
        let name = try schema.text()
        guard name == "fascia.history/1" else { throw schema.fault("is “\(name)”; fascia.history/1 is expected") }
        now = try root.required("now").day()
        let episode = try root.required("episode")
        var diagnoses: [EpisodeHistory.Diagnosis] = []
        for field in try episode.elements("diagnosis") {
            diagnoses.append(
                EpisodeHistory.Diagnosis(
                    at: try field.required("at").day(), text: try field.required("text").text(),
                    status: try field.required("status").choice(EpisodeHistory.Diagnosis.Status.self)))
        }
        var entries: [EpisodeHistory.Entry] = []
        for field in try root.elements("entries") {
            let moment = try field.required("at").moment()
            entries.append(
                EpisodeHistory.Entry(at: moment.day, secondOfDay: moment.second, try Self.content(field, rules)))
        }
        history = EpisodeHistory(
            kind: try episode.required("kind").choice(EpisodeKind.self),
            region: try episode.optional("region")?.text() ?? "",
            onset: try episode.required("onset").day(), opened: try episode.optional("opened")?.day(),
            diagnoses: diagnoses, entries: entries)
    }

    private enum Kind: String, CaseIterable {
        case score, flag, tearSigns, visit, missedVisit, imaging, referral, disposition
    }

    private static func content(_ field: LocatedField, _ rules: RuleSet) throws(DocumentError) -> EpisodeHistory.Content
    {
        switch try field.required("kind").choice(Kind.self) {
        case .score: return try score(field, rules)
        case .flag:
            return .flag(try field.required("flag").choice(Flag.self), try field.required("answer").choice(Answer.self))
        case .tearSigns: return .tearSigns(try signs(field))
        case .visit: return .visit(try field.required("treatment").choice(Treatment.self))
        case .missedVisit: return .missedVisit
        case .imaging:
            return .imaging(
                try field.required("modality").choice(Modality.self), result: try field.optional("result")?.day(),
                expectedDays: try field.optional("expectedDays")?.number(in: 1...365))
        case .referral: return .referral(result: try field.optional("result")?.day())
        case .disposition:
            let what = try field.required("what").choice(Disposition.self)
            let rule = try field.required("rule"), name = try rule.text()
            guard rules.rules.contains(where: { $0.id == name }) else {
                throw rule.fault("is “\(name)”; the rules are A1 to A19")
            }
            return .disposition(rule: name, what, until: try field.optional("until")?.day())
        }
    }

    private static func score(_ field: LocatedField, _ rules: RuleSet) throws(DocumentError) -> EpisodeHistory.Content {
        let name = try field.required("measure")
        let measure = Measure(try name.text())
        guard !measure.name.isEmpty else { throw name.fault("is empty") }
        // A measure that the rules do not know counts as contact; its numbers mean nothing to them.
        let range = rules.measures[measure]?.range ?? -1_000_000...1_000_000
        return .score(measure, try field.required("value").number(in: range))
    }

    private static func signs(_ field: LocatedField) throws(DocumentError) -> TearSigns {
        var signs = TearSigns()
        for sign in TearSigns.Sign.allCases {
            signs[sign] = try field.optional(sign.rawValue)?.choice(Answer.self) ?? .notAsked
        }
        signs.strengthGrade = try field.optional("strengthGrade")?.number(in: 0...5)
        signs.girthDifferenceCentimetres = try field.optional("girthDifferenceCentimetres")?.number(in: -50...50)
        return signs
    }
}
