// SPDX-License-Identifier: Apache-2.0

import Content
import Foundation
import Testing

@testable import Web

/// Every word that a patient can meet is there in every language of the clinic.
@Suite struct LanguageTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let catalogues = (try? Catalogues(folder: root.appendingPathComponent("Content/locales")))?.all ?? []
    /// What only staff see stays in English, the language in which the desk works.
    static let staffTemplates = [
        "desk", "owner", "calendar", "practice-mail", "staff", "cash", "webhook", "billing", "document",
    ]

    static func templates() throws -> [(name: String, text: String)] {
        let folder = root.appendingPathComponent("Sources/Web/Templates")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "mustache" }
            .map { ($0.deletingPathExtension().lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
            .filter { name, _ in !staffTemplates.contains { name.hasPrefix($0) } }.sorted { $0.0 < $1.0 }
    }

    /// The English texts in `said("…")` and `heard("…")` of the pages, without those that hold values.
    static func spokenTexts() throws -> [(file: String, text: String)] {
        let folder = root.appendingPathComponent("Sources")
        var found: [(String, String)] = []
        for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            ?? .init()
        where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/(?:said|heard)\(\s*"((?:[^"\\]|\\")*)"\s*[,)]/#) {
                found.append((file.lastPathComponent, String(match.output.1).replacing("\\\"", with: "\"")))
            }
        }
        return found
    }

    @Test("there is a second language, and each has a name of its own")
    func languages() {
        #expect(Self.catalogues.map(\.language).contains("es"))
        #expect(Set(Self.catalogues.map(\.name)).count == Self.catalogues.count)
    }

    @Test(
        "no template for patients says anything that a catalogue lacks", arguments: catalogues.filter { !$0.isEnglish })
    func templatesAreTranslated(_ catalogue: Catalogue) throws {
        for (name, text) in try Self.templates() {
            for message in TemplateMessages(text).messages {
                #expect(catalogue.translation(of: message) != nil, "\(name): \(message)")
            }
        }
    }

    @Test("no page says anything in Swift that a catalogue lacks", arguments: catalogues.filter { !$0.isEnglish })
    func spokenTextsAreTranslated(_ catalogue: Catalogue) throws {
        for (file, text) in try Self.spokenTexts() {
            #expect(catalogue.translation(of: text) != nil, "\(file): \(text)")
        }
    }

    @Test(
        "a translation has the same tags and values as its English text", arguments: catalogues.filter { !$0.isEnglish }
    )
    func valuesAreKept(_ catalogue: Catalogue) throws {
        let english =
            try Self.templates().flatMap { TemplateMessages($0.text).messages } + Self.spokenTexts().map(\.text)
        for text in Set(english) {
            guard let translation = catalogue.translation(of: text) else { continue }
            func tags(_ text: String) -> [String] {
                text.matches(of: #/\{+[^}]*\}+/#).map { String($0.output) }.sorted()
            }
            #expect(Set(tags(text)) == Set(tags(translation)), "\(text) → \(translation)")
        }
    }

    @Test("what a script says stands in a template")
    func scriptsSayWhatTemplatesHold() throws {
        let templates = try Self.templates().map(\.text).joined()
        let document = Self.root.appendingPathComponent("Sources/Web/Templates/document.mustache")
        let held = templates + (try String(contentsOf: document, encoding: .utf8))
        var count = 0
        for name in ["walk.js", "wait.js", "local-time.js", "widget-frame.js"] {
            let script = try String(
                contentsOf: Self.root.appendingPathComponent("Sources/Web/Assets/\(name)"), encoding: .utf8)
            for match in script.matches(of: #/\bsay([A-Z][A-Za-z]+)/#) {
                let attribute = match.output.1.reduce(into: "data-say") { name, letter in
                    name += (letter.isUppercase ? "-" : "") + letter.lowercased()
                }
                #expect(held.contains(" \(attribute)=\""), "\(name): \(attribute)")
                count += 1
            }
        }
        #expect(count > 10)
    }

    @Test("a template taken apart and put together is itself")
    func roundTrip() throws {
        for (name, text) in try Self.templates() {
            let again = TemplateMessages(text).text(in: .english)
            let folded = { (text: String) in text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            #expect(folded(again) == folded(text), "\(name)")
        }
    }

    @Test(
        "the browser's wishes are followed by their weight",
        arguments: [
            ("es", "es"), ("es-MX,en;q=0.5", "es"), ("en-GB,es;q=0.9", "en"), ("de,es;q=0.2,en;q=0.1", "es"),
            ("", "en"),
            ("fr", "en"), ("es;q=0,en", "en"), ("*", "en"), ("en;q=0.1, es;q=0.11", "es"), (";;;q=", "en"),
        ])
    func acceptLanguage(_ header: String, _ language: String) {
        #expect(Catalogues(Self.catalogues).best(for: header).language == language)
    }

    @Test("a finished sentence is found by its pattern, and its values are kept")
    func patterns() {
        let catalogue = Catalogue(
            language: "xx", name: "X", words: ["There is no {a} in {b}.": "In {b} ist kein {a}.", "cat": "Katze"])
        #expect(catalogue.hear("There is no cat in the {bag}.") == "In the {bag} ist kein Katze.")
        #expect(catalogue.hear("There is none.") == "There is none.")
        #expect(catalogue.say("There is no {a} in {b}.", ["a": "{b}", "b": "x"]) == "In x ist kein {b}.")
    }
}
