// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// Where a text stands: "articles/acupuncture-for-back-pain", in a language.
package struct ContentPlace: Sendable, Hashable {
    package enum Folder: String, Sendable, CaseIterable, Bindable {
        case pages, services, articles, cases, clinicians
    }

    package let folder: Folder
    package let slug: String
    package let language: String

    package init(folder: Folder, slug: String, language: String) {
        self.folder = folder
        self.slug = slug
        self.language = language
    }

    /// Small letters, digits and hyphens: what may stand in an address.
    package var isAddress: Bool { slug.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) != nil && slug.count <= 80 }
}

/// What the clinic wrote over the texts that came with the program. Nothing is lost: each version stays.
package struct ContentEdits: Sendable {
    package static let migrations = [
        Migration(
            "content-1",
            """
            CREATE TABLE content_text (
                id TEXT PRIMARY KEY, folder TEXT NOT NULL, slug TEXT NOT NULL, language TEXT NOT NULL, text TEXT,
                written_by TEXT NOT NULL, written_at BIGINT NOT NULL);
            CREATE INDEX content_text_place ON content_text (folder, slug, language, written_at)
            """)
    ]

    package struct Version: Sendable {
        package let place: ContentPlace
        /// Nil where the text that came with the program was put back, or a text of the clinic's own taken down.
        package let text: String?
        package let writtenBy: String
        package let writtenAt: Date
    }

    package init() {}

    /// The newest version of every text that was ever edited.
    package func current(in transaction: any Transaction) throws -> [Version] {
        var newest: [ContentPlace: Version] = [:]
        for row in try transaction.rows("SELECT * FROM content_text ORDER BY written_at, id") {
            let version = try version(row)
            newest[version.place] = version
        }
        return Array(newest.values)
    }

    /// Newest first.
    package func history(of place: ContentPlace, limit: Int, in transaction: any Transaction) throws -> [Version] {
        try transaction.rows(
            """
            SELECT * FROM content_text WHERE folder = \(place.folder) AND slug = \(place.slug)
                AND language = \(place.language)
            ORDER BY written_at DESC, id DESC LIMIT \(limit)
            """
        ).map(version)
    }

    package func write(
        _ text: String?, at place: ContentPlace, by name: String, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO content_text (id, folder, slug, language, text, written_by, written_at)
            VALUES (\(Identifier<Version>.make(at: now)), \(place.folder), \(place.slug), \(place.language), \(text),
                \(name), \(now))
            """)
    }

    private func version(_ row: Row) throws -> Version {
        Version(
            place: ContentPlace(
                folder: try row.get("folder"), slug: try row.get("slug"), language: try row.get("language")),
            text: try row.get("text"), writtenBy: try row.get("written_by"), writtenAt: try row.get("written_at"))
    }
}
