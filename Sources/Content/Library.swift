// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// All texts, read once at start: English in the folder itself, other languages in folders of their name beside it
/// (`Content/es/services/…`). A text that a language lacks is there in English.
package struct Library: Sendable {
    package let catalogues: Catalogues
    private let shelves: [String: Shelf]

    /// The texts of one language.
    package struct Shelf: Sendable {
        package let articles: [Document]
        package let cases: [Document]
        package let services: [String: Document]
        package let clinicians: [Document]
        package let pages: [String: Document]

        fileprivate init(folder: URL, over english: Shelf?, language: String) throws {
            func documents(_ name: String, _ known: [Document]) throws -> [Document] {
                let files =
                    (try? FileManager.default.contentsOfDirectory(
                        at: folder.appendingPathComponent(name), includingPropertiesForKeys: nil)) ?? []
                let own = try files.filter { $0.pathExtension == "md" }
                    .sorted { $0.lastPathComponent < $1.lastPathComponent }
                    .map { try Document(file: $0, language: language) }
                return own + known.filter { text in !own.contains { $0.slug == text.slug } }
            }
            func bySlug(_ name: String, _ known: [String: Document]) throws -> [String: Document] {
                Dictionary(
                    try documents(name, Array(known.values)).map { ($0.slug, $0) },
                    uniquingKeysWith: { first, _ in first })
            }
            articles = try documents("articles", english?.articles ?? []).sorted { $0["date"] > $1["date"] }
            cases = try documents("cases", english?.cases ?? []).sorted { $0["date"] > $1["date"] }
            services = try bySlug("services", english?.services ?? [:])
            clinicians = try documents("clinicians", english?.clinicians ?? [])
                .sorted { ($0["order"], $0.slug) < ($1["order"], $1.slug) }
            pages = try bySlug("pages", english?.pages ?? [:])
        }
    }

    /// - Throws: `Document.Malformed`.
    package init(folder: URL) throws {
        catalogues = try Catalogues(folder: folder.appendingPathComponent("locales"))
        let english = try Shelf(folder: folder, over: nil, language: "en")
        var shelves = ["en": english]
        for catalogue in catalogues.all where !catalogue.isEnglish {
            shelves[catalogue.language] = try Shelf(
                folder: folder.appendingPathComponent(catalogue.language), over: english, language: catalogue.language)
        }
        self.shelves = shelves
        self.english = english
    }

    private let english: Shelf
    /// The texts in the language of what is being answered now.
    private var shelf: Shelf { shelves[Catalogue.current.language] ?? english }

    package var articles: [Document] { shelf.articles }
    package var cases: [Document] { shelf.cases }
    package var services: [String: Document] { shelf.services }
    package var clinicians: [Document] { shelf.clinicians }
    package var pages: [String: Document] { shelf.pages }

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
