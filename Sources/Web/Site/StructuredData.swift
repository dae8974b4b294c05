// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a page is about, in the words of schema.org, for search engines. Printed as JSON-LD; browsers don't run it.
indirect enum StructuredData: Encodable, Sendable {
    case text(String)
    case list([StructuredData])
    case thing([String: StructuredData])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .thing(let properties): try container.encode(properties)
        }
    }

    /// A thing of a type, without the properties that are nil.
    static func thing(_ type: String, _ properties: [String: StructuredData?]) -> StructuredData {
        .thing(properties.compactMapValues { $0 }.merging(["@type": .text(type)]) { _, type in type })
    }

    /// The text between the tags of a script element, which it can't end.
    func script() throws -> String {
        guard case .thing(let properties) = self else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(
            StructuredData.thing(properties.merging(["@context": .text("https://schema.org")]) { _, own in own }))
        return String(decoding: data, as: UTF8.self).replacing("<", with: "\\u003c")
    }
}

// What the clinic's pages are.
extension StructuredData {
    /// The clinic itself, wherever it is named.
    static func clinic(_ card: Frame.ClinicCard, url: String) -> StructuredData {
        thing(
            "MedicalClinic",
            [
                "@id": .text("\(url)/#clinic"), "name": .text(card.name), "url": .text(url),
                "telephone": .text(card.phoneLink), "email": .text(card.email),
                "address": .text(card.addressLines.joined(separator: ", ")),
                "medicalSpecialty": .list([.text("Musculoskeletal"), .text("PhysicalTherapy")]),
            ])
    }

    static func service(
        _ service: ServiceCard, price: String, currency: String, url: String
    ) -> StructuredData {
        thing(
            "Service",
            [
                "name": .text(service.name), "description": .text(service.summary),
                "url": .text(url + service.detailURL), "provider": .thing(["@id": .text("\(url)/#clinic")]),
                "offers": thing(
                    "Offer",
                    [
                        "price": .text(price), "priceCurrency": .text(currency), "url": .text(url + service.actionURL),
                        "availability": .text("https://schema.org/InStock"),
                    ]),
            ])
    }

    static func article(
        title: String, summary: String, author: String, date: String, path: String, url: String
    ) -> StructuredData {
        thing(
            "Article",
            [
                "headline": .text(title), "description": .text(summary), "datePublished": .text(date),
                "author": thing("Person", ["name": .text(author)]), "mainEntityOfPage": .text(url + path),
                "publisher": .thing(["@id": .text("\(url)/#clinic")]),
                "image": .text("\(url)/assets/fascia-card.png"),
            ])
    }

    /// The way from the home page to a page.
    static func breadcrumbs(_ steps: [(name: String, path: String)], url: String) -> StructuredData {
        thing(
            "BreadcrumbList",
            [
                "itemListElement": .list(
                    steps.enumerated().map { index, step in
                        thing(
                            "ListItem",
                            [
                                "position": .text(String(index + 1)), "name": .text(step.name),
                                "item": .text(url + step.path),
                            ])
                    })
            ])
    }

    /// Several things about one page.
    static func graph(_ things: [StructuredData]) -> StructuredData { .thing(["@graph": .list(things)]) }
}
