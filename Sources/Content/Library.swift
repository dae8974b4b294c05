// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// All texts: those that came with the program, under what the clinic wrote over them. English stands in the folders of
/// `Content` itself, other languages in folders of their name beside them (`Content/es/services/…`). A text that a language
/// lacks is there in English.
package struct Library: Sendable {
    package let catalogues: Catalogues
    /// The FHIR questionnaires of the house, as they came (`Content/questionnaires`).
    package let questionnaires: [Data]
    /// The texts as they came, by their places.
    private let shipped: [ContentPlace: String]
    private let edits: [ContentPlace: String]
    private let shelves: [String: Shelf]
    private let english: Shelf

    /// The texts of one language.
    private struct Shelf: Sendable {
        var articles: [Document] = []
        var cases: [Document] = []
        var services: [String: Document] = [:]
        var clinicians: [Document] = []
        var pages: [String: Document] = [:]

        init(_ documents: [(folder: ContentPlace.Folder, document: Document)]) {
            for (folder, document) in documents {
                switch folder {
                case .articles: articles.append(document)
                case .cases: cases.append(document)
                case .services: services[document.slug] = document
                case .clinicians: clinicians.append(document)
                case .pages: pages[document.slug] = document
                }
            }
            articles.sort { ($0["date"], $0.slug) > ($1["date"], $1.slug) }
            cases.sort { ($0["date"], $0.slug) > ($1["date"], $1.slug) }
            clinicians.sort { ($0["order"], $0.slug) < ($1["order"], $1.slug) }
        }
    }

    /// - Throws: `Document.Malformed`.
    package init(folder: URL) throws {
        let catalogues = try Catalogues(folder: folder.appendingPathComponent("locales"))
        var shipped: [ContentPlace: String] = [:]
        for language in catalogues.all.map(\.language) {
            let root = language == "en" ? folder : folder.appendingPathComponent(language)
            for name in ContentPlace.Folder.allCases {
                let files =
                    (try? FileManager.default.contentsOfDirectory(
                        at: root.appendingPathComponent(name.rawValue), includingPropertiesForKeys: nil)) ?? []
                for file in files where file.pathExtension == "md" {
                    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                        throw Document.Malformed(description: "\(file.lastPathComponent) can't be read as UTF-8 text")
                    }
                    let slug = file.deletingPathExtension().lastPathComponent
                    shipped[ContentPlace(folder: name, slug: slug, language: language)] = text
                }
            }
        }
        let forms = folder.appendingPathComponent("questionnaires")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: forms.path)) ?? []).sorted()
        try self.init(
            catalogues: catalogues,
            questionnaires: names.filter { $0.hasSuffix(".json") }.compactMap {
                try? Data(contentsOf: forms.appendingPathComponent($0))
            }, shipped: shipped, edits: [:])
    }

    private init(
        catalogues: Catalogues, questionnaires: [Data], shipped: [ContentPlace: String], edits: [ContentPlace: String]
    ) throws {
        self.catalogues = catalogues
        self.questionnaires = questionnaires
        self.shipped = shipped
        self.edits = edits
        var documents: [ContentPlace: Document] = [:]
        for (place, text) in shipped.merging(edits, uniquingKeysWith: { _, edited in edited }) {
            documents[place] = try Document(
                text, slug: place.slug, name: "\(place.folder.rawValue)/\(place.slug).md", language: place.language)
        }
        func shelf(_ language: String) -> Shelf {
            Shelf(
                documents.compactMap { place, document in
                    let own = ContentPlace(folder: place.folder, slug: place.slug, language: language)
                    guard place.language == language || place.language == "en" && documents[own] == nil else {
                        return nil
                    }
                    return (place.folder, document)
                })
        }
        english = shelf("en")
        shelves = Dictionary(uniqueKeysWithValues: catalogues.all.map { ($0.language, shelf($0.language)) })
    }

    /// The same library with other edits.
    /// - Throws: `Document.Malformed` for a text that can't be shown.
    package func edited(by edits: [ContentEdits.Version]) throws -> Library {
        var texts: [ContentPlace: String] = [:]
        for edit in edits { texts[edit.place] = edit.text }
        return try Library(
            catalogues: catalogues, questionnaires: questionnaires, shipped: shipped, edits: texts)
    }

    /// Every text's place, in order.
    package var places: [ContentPlace] {
        Set(shipped.keys).union(edits.keys).sorted {
            ($0.folder.rawValue, $0.slug, $0.language) < ($1.folder.rawValue, $1.slug, $1.language)
        }
    }

    /// A text with its front matter, as it stands now.
    package func source(of place: ContentPlace) -> String? { edits[place] ?? shipped[place] }
    package func isEdited(_ place: ContentPlace) -> Bool { edits[place] != nil }
    package func isShipped(_ place: ContentPlace) -> Bool { shipped[place] != nil }

    /// The texts in the language of what is being answered now.
    private var shelf: Shelf { shelves[Catalogue.current.language] ?? english }

    package var articles: [Document] { shelf.articles }
    package var cases: [Document] { shelf.cases }
    package var services: [String: Document] { shelf.services }
    package var clinicians: [Document] { shelf.clinicians }
    package var pages: [String: Document] { shelf.pages }
    /// The clinic's own card is written in English only.
    package var contact: Document? { english.pages["contact"] }

    /// The folder named in the settings, else `Content` here, else beside the program or above it, else the installed one.
    package static func folder(setting: URL?, executable: URL?) -> URL? {
        if let setting { return setting }
        var candidates = [URL(fileURLWithPath: "Content", isDirectory: true)]
        var place = executable?.resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<6 {
            guard let here = place, here.path != "/" else { break }
            candidates.append(here.appendingPathComponent("Content"))
            place = here.deletingLastPathComponent()
        }
        candidates.append(URL(fileURLWithPath: "/usr/share/fascia/Content", isDirectory: true))
        return candidates.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("pages").path)
        }
    }
}
