// SPDX-License-Identifier: Apache-2.0

extension Questionnaire {
    /// The extension that holds the scoring; FHIR R4 has no element for it. docs/questionnaires.md describes it.
    public static let scoringExtension = "urn:fascia:scoring"
    private static let ordinalValue = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    private static let smallest = "http://hl7.org/fhir/StructureDefinition/minValue"
    private static let largest = "http://hl7.org/fhir/StructureDefinition/maxValue"

    /// Reads a FHIR R4 `Questionnaire` in JSON, as a clinic imports it from a file.
    ///
    /// Elements that are neither asked nor counted are left out. What would change the score and is not understood is refused, never ignored.
    ///
    /// - Throws: the line, the field and what is expected there, for the first mistake.
    public init(reading bytes: [UInt8]) throws(DocumentError) {
        let root = LocatedField(json: try LocatedJSON.parse(bytes), path: "")
        let type = try root.required("resourceType")
        guard try type.text() == "Questionnaire" else { throw type.fault("a FHIR R4 Questionnaire is expected") }
        url = try root.required("url").text()
        version = try root.required("version").text()
        title = try root.required("title").text()
        copyright = try root.optional("copyright")?.text() ?? ""
        var items: [Item] = []
        for field in try root.elements("item") { try Self.read(field, into: &items, depth: 0) }
        guard !items.isEmpty else { throw root.fault("has no item") }
        var names: Set<String> = []
        for item in items where !names.insert(item.linkId).inserted {
            throw try root.required("item").fault("has two items \(item.linkId)")
        }
        self.items = items
        let extensions = try root.elements("extension")
        var scoring: Scoring?
        for field in extensions where try field.required("url").text() == Self.scoringExtension {
            guard scoring == nil else { throw field.fault("there are two scorings; one is expected") }
            scoring = try Scoring(field, items)
        }
        self.scoring = scoring
    }

    private static func read(_ field: LocatedField, into items: inout [Item], depth: Int) throws(DocumentError) {
        let type = try field.required("type"), name = try type.text()
        if name == "group" {
            for inner in try field.elements("item") { try read(inner, into: &items, depth: depth + 1) }
            return
        }
        let kind: Kind
        switch name {
        case "boolean": kind = .boolean
        case "integer": kind = .integer
        case "decimal": kind = .decimal
        case "choice": kind = .choice
        case "string", "text", "date": kind = .text
        case "display": kind = .display
        default:
            throw type.fault(
                "is “\(name)”; group, boolean, integer, decimal, choice, string, text, date or display is expected")
        }
        var options: [Option] = []
        for option in try field.elements("answerOption") { options.append(try read(option)) }
        if kind == .choice, options.isEmpty { throw field.fault("a choice without answerOption") }
        let least = try number(field, smallest), most = try number(field, largest)
        var range: ClosedRange<Double>?
        if let least, let most {
            guard least <= most else { throw field.fault("minValue lies above maxValue") }
            range = least...most
        }
        items.append(
            Item(
                linkId: try field.required("linkId").text(), text: try field.optional("text")?.text() ?? "", kind: kind,
                isRequired: try field.optional("required")?.boolean() ?? false, range: range, options: options))
        for inner in try field.elements("item") { try read(inner, into: &items, depth: depth + 1) }
    }

    private static func read(_ option: LocatedField) throws(DocumentError) -> Option {
        if let number = try option.optional("valueInteger") {
            let value = try number.number(in: -1_000_000...1_000_000)
            return Option(code: plain(value), text: plain(value), value: value)
        }
        if let text = try option.optional("valueString") {
            return Option(code: try text.text(), text: try text.text(), value: nil)
        }
        let coding = try option.required("valueCoding")
        let code = try coding.required("code").text()
        var value = try number(coding, ordinalValue)
        if value == nil { value = try number(option, ordinalValue) }
        return Option(code: code, text: try coding.optional("display")?.text() ?? code, value: value)
    }

    private static func number(_ field: LocatedField, _ url: String) throws(DocumentError) -> Double? {
        for entry in try field.elements("extension") where try entry.required("url").text() == url {
            for name in ["valueDecimal", "valueInteger"] {
                if let value = try entry.optional(name) { return try value.number(in: -1_000_000...1_000_000) }
            }
            throw entry.fault("valueDecimal or valueInteger is expected")
        }
        return nil
    }
}

private enum MethodName: String, CaseIterable { case sum, mean, prorated, lookup }
private enum DirectionName: String, CaseIterable { case higherIsBetter, lowerIsBetter }
private enum MissingName: String, CaseIterable { case refuse, asZero, leaveOut }

extension Scoring {
    private static let anyNumber = -1_000_000.0...1_000_000.0

    fileprivate init(_ field: LocatedField, _ known: [Questionnaire.Item]) throws(DocumentError) {
        var parts: [String: LocatedField] = [:], names: [String] = [], table: [Double: Double] = [:]
        for part in try field.elements("extension") {
            let url = try part.required("url"), name = try url.text()
            switch name {
            case "item":
                let value = try part.required("valueString"), linkId = try value.text()
                guard known.contains(where: { $0.linkId == linkId }) else {
                    throw value.fault("there is no item \(linkId)")
                }
                names.append(linkId)
            case "lookup":
                var ends: [String: Double] = [:]
                for end in try part.elements("extension") {
                    ends[try end.required("url").text()] = try end.required("valueDecimal").number(in: Self.anyNumber)
                }
                guard let from = ends["sum"], let to = ends["score"], table.updateValue(to, forKey: from) == nil else {
                    throw part.fault("each lookup needs a sum, once, and its score")
                }
            case "measure", "method", "direction", "missing", "mostMissing", "offset", "factor", "floor", "ceiling",
                "importantChange", "importantChangePercent":
                guard parts.updateValue(part, forKey: name) == nil else {
                    throw part.fault("\(name) stands there twice")
                }
            default: throw url.fault("is “\(name)”, which this version does not know; it could change the score")
            }
        }
        func part(_ name: String) throws(DocumentError) -> LocatedField {
            guard let part = parts[name] else { throw field.fault("\(name) is missing") }
            return part
        }
        func number(_ name: String) throws(DocumentError) -> Double? {
            guard let part = parts[name] else { return nil }
            return try part.required("valueDecimal").number(in: Self.anyNumber)
        }
        measure = Measure(try part("measure").required("valueCode").text())
        higherIsBetter = try part("direction").required("valueCode").choice(DirectionName.self) == .higherIsBetter
        items = names.isEmpty ? known.filter { $0.kind != .text && $0.kind != .display }.map(\.linkId) : names
        guard !items.isEmpty, Set(items).count == items.count else {
            throw field.fault("items to score, each once, are expected")
        }
        let method = try part("method").required("valueCode")
        switch try method.choice(MethodName.self) {
        case .sum: self.method = .sum
        case .mean: self.method = .mean
        case .prorated: self.method = .prorated
        case .lookup:
            guard !table.isEmpty else { throw method.fault("lookup without a table") }
            self.method = .lookup(table)
        }
        switch try parts["missing"]?.required("valueCode").choice(MissingName.self) ?? .refuse {
        case .refuse: missing = .refuse
        case .asZero: missing = .asZero
        case .leaveOut:
            guard let most = try parts["mostMissing"]?.required("valueInteger").number(in: 0...1000) else {
                throw field.fault("leaveOut needs mostMissing")
            }
            if self.method == .sum {
                throw method.fault("a sum with answers left out is not comparable; use prorated or mean")
            }
            if case .lookup = self.method { throw method.fault("a table needs all answers; use refuse or asZero") }
            missing = .leaveOut(most: Int(most))
        }
        offset = try number("offset") ?? 0
        factor = try number("factor") ?? 1
        guard let floor = try number("floor"), let ceiling = try number("ceiling"), floor < ceiling else {
            throw field.fault("floor and ceiling of the score are expected, the floor below")
        }
        range = floor...ceiling
        if let points = try number("importantChange") {
            importantChange = .points(points)
        } else {
            importantChange = try number("importantChangePercent").map { .fraction($0 / 100) }
        }
    }
}
