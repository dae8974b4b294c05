// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The program's words in one language. A word is looked up by its English text, which stands in the source where it is
/// used; what a language lacks is said in English. Files: `Content/locales/LANGUAGE.json`, one object of English → translated.
package struct Catalogue: Sendable {
    /// An IETF language tag (BCP 47): "en", "es".
    package let language: String
    /// What its speakers call it: "Español".
    package let name: String
    private let words: [String: String]
    /// Texts with values in them, cut at these, so that a finished sentence is found, too.
    private let patterns: [Pattern]

    package static let english = Catalogue(language: "en", name: "English", words: [:])
    /// The language of what is being answered or written now.
    @TaskLocal package static var current = Catalogue.english

    package init(language: String, name: String, words: [String: String]) {
        self.language = language
        self.name = name
        self.words = words
        patterns = words.keys.filter { $0.contains("{") && !$0.contains("{{") }.map(Pattern.init)
            .sorted { $0.weight > $1.weight }
    }

    /// - Throws: `Document.Malformed`, naming the file.
    package init(file: URL) throws {
        let language = file.deletingPathExtension().lastPathComponent
        do {
            let words = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
            self.init(language: language, name: words["English"] ?? language, words: words)
        } catch {
            throw Document.Malformed(
                description: "locales/\(file.lastPathComponent) is no JSON object of texts by their English text")
        }
    }

    package var isEnglish: Bool { language == "en" }

    /// The translation of an English text; nil where there is none.
    package func translation(of english: String) -> String? { isEnglish ? english : words[english] }

    /// The text in this language with its values put in, each for its name in braces; values are not read again.
    package func say(_ english: String, _ values: KeyValuePairs<String, String> = [:]) -> String {
        let text = translation(of: english) ?? english
        guard !values.isEmpty else { return text }
        var said = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            said += rest[..<open]
            said += values.first { $0.key == name }?.value ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return said + rest
    }
}

extension Catalogue {
    /// An English sentence that was finished elsewhere, with its values in it: "There is no service "x"." is found under
    /// "There is no service "{name}".". What is not found stays as it is.
    package func hear(_ sentence: String) -> String {
        if isEnglish { return sentence }
        if let words = words[sentence] { return words }
        for pattern in patterns {
            guard let values = pattern.values(in: sentence), let text = words[pattern.english] else { continue }
            return values.reduce(text) { $0.replacing("{\($1.name)}", with: words[$1.value] ?? $1.value) }
        }
        return sentence
    }

    struct Pattern: Sendable {
        let english: String
        private let literals: [String]
        private let names: [String]
        /// The more is fixed in it, the sooner it is tried.
        var weight: Int { literals.reduce(0) { $0 + $1.count } }

        init(_ english: String) {
            self.english = english
            var literals = [""]
            var names: [String] = []
            var rest = english[...]
            while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
                literals[literals.count - 1] += rest[..<open]
                names.append(String(rest[rest.index(after: open)..<close]))
                literals.append("")
                rest = rest[rest.index(after: close)...]
            }
            literals[literals.count - 1] += rest
            self.literals = literals
            self.names = names
        }

        func values(in sentence: String) -> [(name: String, value: String)]? {
            guard sentence.hasPrefix(literals[0]) else { return nil }
            var rest = sentence.dropFirst(literals[0].count)
            var values: [(name: String, value: String)] = []
            for (index, name) in names.enumerated() {
                let next = literals[index + 1]
                if index == names.count - 1 {
                    guard rest.hasSuffix(next), rest.count > next.count else { return nil }
                    values.append((name, String(rest.dropLast(next.count))))
                    return values
                }
                guard !next.isEmpty, let found = rest.range(of: next), found.lowerBound > rest.startIndex else {
                    return nil
                }
                values.append((name, String(rest[..<found.lowerBound])))
                rest = rest[found.upperBound...]
            }
            return values
        }
    }
}

/// A finished English sentence in the language of what is being answered or written now.
package func heard(_ sentence: String) -> String { Catalogue.current.hear(sentence) }

/// An English text in the language of what is being answered or written now.
package func said(_ english: String, _ values: KeyValuePairs<String, String> = [:]) -> String {
    Catalogue.current.say(english, values)
}

/// The languages that the clinic speaks.
package struct Catalogues: Sendable {
    /// English first.
    package let all: [Catalogue]

    package init(folder: URL) throws {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        all =
            try [.english]
            + files.filter { $0.pathExtension == "json" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map(Catalogue.init(file:))
    }

    package init(_ all: [Catalogue]) { self.all = all }

    package func find(_ language: String) -> Catalogue? { all.first { $0.language == language } }

    /// English for what nobody here speaks.
    package subscript(_ language: String) -> Catalogue { find(language) ?? .english }

    /// The best for a browser's `Accept-Language` (RFC 9110 §12.5.4): highest weight first, "es-MX" is content with "es".
    package func best(for header: String) -> Catalogue {
        var wishes: [(tag: String, weight: Double)] = []
        for part in header.split(separator: ",").prefix(20) {
            let fields = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let tag = fields.first?.lowercased(), !tag.isEmpty else { continue }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            wishes.append((tag, weight))
        }
        for wish in wishes.enumerated().sorted(by: {
            ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
        }).map(\.element) where wish.weight > 0 {
            let primary = String(wish.tag.prefix { $0 != "-" })
            if let found = find(wish.tag) ?? find(primary) { return found }
            if wish.tag == "*" { return .english }
        }
        return .english
    }
}
