// SPDX-License-Identifier: Apache-2.0

/// The alarms of an episode as `fascia.alarms/1` JSON. docs/recovery.md describes every field.
///
/// Beside the fixed fields: each alarm's rule `version`, `owner` and `says`, the `status` on that day, and under `signing` what keeps a diagnosis
/// from being signed.
public struct AlarmsDocument: Encodable, Sendable {
    /// The alarms, in order of the days on which they fired.
    public let alarms: [Alarm]
    /// How the patient stands.
    public let status: RecoveryStatus
    /// What keeps a diagnosis from being signed.
    public let obstacles: [SigningObstacle]
    let rulesVersion: String

    /// Assesses a history.
    public init(_ document: HistoryDocument, _ rules: RuleSet = .current) {
        alarms = assess(document.history, rules, now: document.now)
        status = Progress(of: document.history, rules, on: document.now).status
        obstacles = signingObstacles(document.history, now: document.now)
        rulesVersion = rules.version
    }

    private enum Key: CodingKey { case schema, rulesVersion, status, signing, alarms }
    private struct Signing: Encodable {
        struct Obstacle: Encodable {
            let field: String
            let what: String
        }
        let allowed: Bool
        let obstacles: [Obstacle]
    }

    /// Writes the document.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("fascia.alarms/1", forKey: .schema)
        try container.encode(rulesVersion, forKey: .rulesVersion)
        try container.encode(status.rawValue, forKey: .status)
        try container.encode(
            Signing(
                allowed: obstacles.isEmpty,
                obstacles: obstacles.map { Signing.Obstacle(field: $0.field, what: $0.words) }), forKey: .signing)
        try container.encode(alarms, forKey: .alarms)
    }
}

extension Alarm: Encodable {
    private enum Key: String, CodingKey {
        case rule, version, level, firedOn, dueOn
        case isOpen = "open"
        case owner, says, inputs, missing, threshold, source, options
    }

    /// Writes one element of `alarms`; options as their words.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rule, forKey: .rule)
        try container.encode(version, forKey: .version)
        try container.encode(level.rawValue, forKey: .level)
        try container.encode(firedOn.description, forKey: .firedOn)
        try container.encode(dueOn.description, forKey: .dueOn)
        try container.encode(isOpen, forKey: .isOpen)
        try container.encode(owner.rawValue, forKey: .owner)
        try container.encode(says, forKey: .says)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(missing, forKey: .missing)
        try container.encode(threshold, forKey: .threshold)
        try container.encode(source, forKey: .source)
        try container.encode(options.map(\.text), forKey: .options)
    }
}

extension Alarm.Input: Encodable {
    private enum Key: CodingKey { case at, what }

    /// Writes the day as `YYYY-MM-DD`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(at.description, forKey: .at)
        try container.encode(what, forKey: .what)
    }
}
