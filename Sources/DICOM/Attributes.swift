// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A data set in the DICOM JSON model (PS3.18 annex F), without its bulk of pixels.
///
///     attributes.text(.patientID)
///     attributes.items(.ultrasoundRegions).first?.numbers(DICOMTag(0x0018_602C))
package struct Attributes: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case text(String)
        case number(Double)
        /// A name in up to three writings.
        case person(alphabetic: String, ideographic: String?, phonetic: String?)
        case item(Attributes)
        case nothing
    }

    package struct Element: Sendable, Hashable {
        package var vr: String
        package var values: [Value]
        /// A short piece of bytes, in base 64.
        package var inlineBinary: String?
        package var bulkURI: String?

        package init(_ vr: String, _ values: [Value], inlineBinary: String? = nil, bulkURI: String? = nil) {
            self.vr = vr
            self.values = values
            self.inlineBinary = inlineBinary
            self.bulkURI = bulkURI
        }
    }

    package var elements: [DICOMTag: Element] = [:]

    package init() {}

    package subscript(_ tag: DICOMTag) -> Element? {
        get { elements[tag] }
        set { elements[tag] = newValue }
    }

    package func contains(_ tag: DICOMTag) -> Bool { elements[tag] != nil }

    /// The first value as text; a name in its first writing.
    package func text(_ tag: DICOMTag) -> String? { elements[tag]?.values.first.flatMap(Self.text) }

    package func texts(_ tag: DICOMTag) -> [String] { elements[tag]?.values.compactMap(Self.text) ?? [] }

    package func numbers(_ tag: DICOMTag) -> [Double] {
        elements[tag]?.values.compactMap {
            switch $0 {
            case .number(let number): number
            case .text(let text): Double(text)
            default: nil
            }
        } ?? []
    }

    package func number(_ tag: DICOMTag) -> Double? { numbers(tag).first }

    package func items(_ tag: DICOMTag) -> [Attributes] {
        elements[tag]?.values.compactMap { if case .item(let item) = $0 { item } else { nil } } ?? []
    }

    package static func text(_ value: Value) -> String? {
        switch value {
        case .text(let text): text
        case .number(let number): number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
        case .person(let alphabetic, _, _): alphabetic
        case .item, .nothing: nil
        }
    }

    /// Sets a text, or an empty element.
    package mutating func set(_ tag: DICOMTag, _ vr: String, _ text: String?) {
        let text = text ?? ""
        elements[tag] = Element(
            vr,
            text.isEmpty
                ? [] : [vr == "PN" ? .person(alphabetic: text, ideographic: nil, phonetic: nil) : .text(text)])
    }

    package mutating func set(_ tag: DICOMTag, items: [Attributes]) {
        elements[tag] = Element("SQ", items.map { .item($0) })
    }

    package mutating func set(_ tag: DICOMTag, _ vr: String, number: Double) {
        elements[tag] = Element(vr, [.number(number)])
    }
}

extension Attributes: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
            guard let tag = DICOMTag(hexadecimal: key.stringValue) else { continue }
            elements[tag] = try container.decode(Element.self, forKey: key)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for tag in elements.keys.sorted() {
            if let element = elements[tag] { try container.encode(element, forKey: Key(stringValue: tag.description)) }
        }
    }
}

extension Attributes.Element: Codable {
    private enum CodingKeys: String, CodingKey {
        case vr
        case values = "Value"
        case inlineBinary = "InlineBinary"
        case bulkURI = "BulkDataURI"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        vr = try container.decode(String.self, forKey: .vr)
        values = try container.decodeIfPresent([Attributes.Value].self, forKey: .values) ?? []
        inlineBinary = try container.decodeIfPresent(String.self, forKey: .inlineBinary)
        bulkURI = try container.decodeIfPresent(String.self, forKey: .bulkURI)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(vr, forKey: .vr)
        if !values.isEmpty { try container.encode(values, forKey: .values) }
        try container.encodeIfPresent(inlineBinary, forKey: .inlineBinary)
        try container.encodeIfPresent(bulkURI, forKey: .bulkURI)
    }
}

extension Attributes.Value: Codable {
    private enum CodingKeys: String, CodingKey {
        case alphabetic = "Alphabetic"
        case ideographic = "Ideographic"
        case phonetic = "Phonetic"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .nothing
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let keyed = try? decoder.container(keyedBy: CodingKeys.self), !keyed.allKeys.isEmpty {
            self = .person(
                alphabetic: try keyed.decodeIfPresent(String.self, forKey: .alphabetic) ?? "",
                ideographic: try keyed.decodeIfPresent(String.self, forKey: .ideographic),
                phonetic: try keyed.decodeIfPresent(String.self, forKey: .phonetic))
        } else {
            self = .item(try container.decode(Attributes.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .number(let number):
            var container = encoder.singleValueContainer()
            if number == number.rounded(), abs(number) < 9e15 {
                try container.encode(Int64(number))
            } else {
                try container.encode(number)
            }
        case .person(let alphabetic, let ideographic, let phonetic):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(alphabetic, forKey: .alphabetic)
            try container.encodeIfPresent(ideographic, forKey: .ideographic)
            try container.encodeIfPresent(phonetic, forKey: .phonetic)
        case .item(let item): try item.encode(to: encoder)
        case .nothing:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        }
    }
}
